import type { Logger } from "../../../base/logger.js";
import type { PglitePool } from "./pglite-pool.js";
import { assertRoom, ROOM_TO_TIDY } from "./room.js";

const EVERY_MS = 60_000;

/** About 10 MB: a tick writes a record of some kB, and its old copy stays. */
const QUERIES = 2_000;

/**
 * Does what PostgreSQL's background processes do: PGlite has none, so nothing else frees the old copy that each write
 * of a row leaves, nor the write-ahead log. Without this a bot that runs for months would fill its disk.
 *
 * @returns what stops it.
 */
export function keepTidy(pool: PglitePool, dataDir: string, logger: Logger): () => void {
  let seen = 0;
  const timer = setInterval(() => {
    if (pool.queries - seen < QUERIES) return;
    seen = pool.queries;
    tidy(pool, dataDir).catch((error: unknown) => {
      logger.warn(
        { said: String(error) },
        "the embedded store could not be tidied up; it goes on and tries again",
      );
    });
  }, EVERY_MS).unref();
  return () => clearInterval(timer);
}

/**
 * Frees dead rows and the write-ahead log behind them. Takes about 0.1 s after some thousand writes.
 *
 * @throws Error when there is no room for it; then nothing was done.
 */
export async function tidy(pool: PglitePool, dataDir: string): Promise<void> {
  await assertRoom(dataDir, ROOM_TO_TIDY);
  await pool.query("VACUUM");
  await pool.query("CHECKPOINT");
}
