import type { Logger } from "../../base/logger.js";
import { within } from "../../base/within.js";
import type { SlackFailure } from "../wire/errors.js";

/** After a failure nobody asks again for this long: a row of clicks must not use up the calls Slack allows. */
const FAILED_MS = 10_000;

/** As long as anybody waits for an answer. The look-up itself goes on and is there for the next one who asks. */
const PATIENCE_MS = 2_000;

export interface LookUpOptions<T> {
  /** Asks Slack about one id. Throws a SlackFailure and nothing else. */
  ask(id: string): Promise<T>;
  /** What the ids stand for, for the log. */
  readonly what: string;
  /** How long an answer counts. */
  readonly ttlMs: number;
  readonly logger: Logger;
  /** @defaultValue 2,000 */
  readonly patienceMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}

interface Known<T> {
  readonly answer: Promise<T>;
  /** When it is looked up again; `null` while it is under way. */
  untilMs: number | null;
}

/**
 * Asks Slack about ids and remembers the answers; callers at the same time share one question. One that failed is remembered
 * for 10 s, or for as long as Slack asks when it was asked too often; then nothing is looked up until that is over.
 *
 * @returns what is known of an id, within 2 s; `null` when that is nothing. Never throws.
 */
export function createLookUps<T>(o: LookUpOptions<T>): (id: string) => Promise<T | null> {
  const now = o.now ?? Date.now;
  const known = new Map<string, Known<T>>();
  let pause: { readonly untilMs: number; readonly failure: SlackFailure } | null = null;

  function lookUp(id: string): Known<T> {
    const answer = o.ask(id);
    const entry: Known<T> = { answer, untilMs: null };
    answer.then(
      () => {
        entry.untilMs = now() + o.ttlMs;
      },
      (failure: SlackFailure) => {
        entry.untilMs = now() + FAILED_MS;
        if (failure.retryAfterMs !== null) pause = { untilMs: now() + failure.retryAfterMs, failure };
        o.logger.warn({ [o.what]: id, code: failure.code }, failure.message);
      },
    );
    return entry;
  }

  /** Throws a SlackFailure. */
  async function answerOf(id: string): Promise<T> {
    const entry = known.get(id);
    if (entry !== undefined && (entry.untilMs === null || now() < entry.untilMs)) return await entry.answer;
    if (pause !== null && now() < pause.untilMs) throw pause.failure;
    const fresh = lookUp(id);
    known.set(id, fresh);
    return await fresh.answer;
  }

  return (id) => within(o.patienceMs ?? PATIENCE_MS, answerOf(id), () => null).catch(() => null);
}
