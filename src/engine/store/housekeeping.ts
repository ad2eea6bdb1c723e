import type { PglitePool } from "./pglite-pool.js";
import type { StoreLogger } from "./store.js";

const EVERY_MS = 60_000;
/** About 5 MB of dead rows: a record of 5 kB is written anew by every tick. */
const WRITES = 2_000;

/**
 * PGlite runs no autovacuum, and every tick leaves a dead copy of its record behind: without this the tables of a bot
 * that runs for months would grow with every tick. A table of this size takes some 10 ms.
 */
export class Housekeeping {
  readonly #timer: NodeJS.Timeout;
  #seen = 0;

  constructor(pool: PglitePool, logger: StoreLogger) {
    this.#timer = setInterval(() => {
      if (pool.queries - this.#seen < WRITES) return;
      this.#seen = pool.queries;
      pool.query("VACUUM").catch((error: unknown) => {
        logger.warn(
          { said: String(error) },
          "the embedded store could not be tidied up; it goes on and tries again",
        );
      });
    }, EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
