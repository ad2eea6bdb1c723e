import type { Logger } from "../../base/logger.js";
import { StoreError } from "./store-error.js";

const SAID_AGAIN_AFTER_MS = 60_000;

/** What has not failed for so long is over once a write works. Workers that still fail do so more often. */
const OVER_AFTER_MS = 10_000;

interface Trouble {
  readonly sinceMs: number;
  lastMs: number;
  saidMs: number;
  times: number;
}

/**
 * Errors of connections, workers and writes, each kind at most once a minute: a Redis that is away is a line when it goes,
 * one a minute and one when it is back, not one per retry of every worker.
 */
export class TroubleLog {
  readonly #logger: Logger;
  readonly #elapsed: () => number;
  readonly #open = new Map<string, Trouble>();

  /** @param elapsed milliseconds by a clock that is never set back. */
  constructor(logger: Logger, elapsed: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#elapsed = elapsed;
  }

  /** Something failed. `where` says whose error it is, such as `redis` or `worker control-prod`. */
  failed(where: string, error: unknown): void {
    const now = this.#elapsed();
    const kind = kindOf(error);
    const known = this.#open.get(kind);
    const trouble = known ?? { sinceMs: now, lastMs: now, saidMs: now, times: 0 };
    this.#open.set(kind, trouble);
    trouble.lastMs = now;
    trouble.times += 1;
    if (known !== undefined && now - trouble.saidMs < SAID_AGAIN_AFTER_MS) return;
    trouble.saidMs = now;
    const next = error instanceof StoreError ? { next: error.next, ...rawOf(error) } : {};
    this.#logger.warn(
      { where, kind, times: trouble.times, said: textOf(error), ...next },
      "the queue's store fails; trying again",
    );
  }

  /** A write worked. An answer to anything less is no sign of it: a store that is full answers as well. */
  recovered(): void {
    const now = this.#elapsed();
    for (const [kind, { sinceMs, lastMs, times }] of this.#open) {
      if (now - lastMs < OVER_AFTER_MS) continue;
      this.#open.delete(kind);
      this.#logger.info({ kind, times, seconds: (lastMs - sinceMs) / 1_000 }, "the queue's store is back");
    }
  }
}

/** The words of whoever failed, which people are not told. */
function rawOf({ cause }: StoreError): { readonly raw?: string } {
  return cause instanceof Error ? { raw: cause.message } : {};
}

function kindOf(error: unknown): string {
  if (error instanceof StoreError) return withoutNumbers(error.what);
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return withoutNumbers(textOf(error));
}

/** Ids and numbers differ from one line of a storm to the next. */
function withoutNumbers(text: string): string {
  return text.replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b\S*\d\S*\b/g, "…");
}

function textOf(error: unknown): string {
  if (error instanceof StoreError) return error.what;
  // AggregateError of a failed connection has an empty message of its own.
  if (error instanceof AggregateError && error.message === "") return error.errors.map(textOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
