import type { Logger } from "../../base/logger.js";

const SAID_AGAIN_AFTER_MS = 60_000;

/**
 * Errors of connections and workers, each kind at most once a minute: a Redis that is away is a line when it goes, one
 * a minute and one when it is back, not one per retry of every worker.
 */
export class TroubleLog {
  readonly #logger: Logger;
  readonly #open = new Map<string, { readonly since: number; saidAt: number; times: number }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Something failed. `where` says whose error it is, such as `redis` or `worker control-prod`. */
  failed(where: string, error: unknown): void {
    const now = Date.now();
    const kind = kindOf(error);
    const known = this.#open.get(kind);
    const times = (known?.times ?? 0) + 1;
    const saidNow = known === undefined || now - known.saidAt >= SAID_AGAIN_AFTER_MS;
    this.#open.set(kind, { since: known?.since ?? now, saidAt: saidNow ? now : known.saidAt, times });
    if (saidNow)
      this.#logger.warn({ where, kind, times, said: textOf(error) }, "the queue's store fails; trying again");
  }

  /** Works again: closes what was open. */
  recovered(where: string): void {
    for (const [kind, { since, times }] of this.#open) {
      this.#logger.info(
        { where, kind, times, seconds: (Date.now() - since) / 1_000 },
        "the queue's store is back",
      );
    }
    this.#open.clear();
  }
}

function kindOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  // Ids and numbers differ from one line of a storm to the next.
  return textOf(error).replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b\S*\d\S*\b/g, "…");
}

function textOf(error: unknown): string {
  // AggregateError of a failed connection has an empty message of its own.
  if (error instanceof AggregateError && error.message === "") return error.errors.map(textOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
