import type { StoreLogger } from "./store.js";

/**
 * Errors of connections and workers, logged once per kind while they last: a Redis that is away for an hour is one
 * line when it goes and one when it is back, not one per retry.
 */
export class TroubleLog {
  readonly #logger: StoreLogger;
  readonly #open = new Map<string, { readonly since: number; times: number }>();

  constructor(logger: StoreLogger) {
    this.#logger = logger;
  }

  /** Something failed. `where` says whose error it is, such as `producer` or `worker control-prod`. */
  failed(where: string, error: unknown): void {
    const kind = kindOf(error);
    const known = this.#open.get(kind);
    if (known) {
      known.times += 1;
      return;
    }
    this.#open.set(kind, { since: Date.now(), times: 1 });
    this.#logger.warn({ where, kind, said: textOf(error) }, "the queue's store fails; trying again, logged once");
  }

  /** Works again: closes what was open. */
  recovered(where: string): void {
    for (const [kind, { since, times }] of this.#open) {
      this.#logger.info({ where, kind, times, seconds: (Date.now() - since) / 1_000 }, "the queue's store is back");
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
