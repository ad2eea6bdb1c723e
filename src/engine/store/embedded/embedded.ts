import type { Logger } from "../../../base/logger.js";
import type { EmbeddedConfig } from "../../../config/config.js";
import { withAnswerLimit } from "../answer-limit.js";
import type { Driver } from "../driver.js";
import { embeddedBackend } from "./embedded-backend.js";
import { makeDataDir, openDatabase } from "./embedded-database.js";
import { embeddedWriteOwned } from "./embedded-owned.js";
import { lockFolder } from "./folder-lock.js";
import { keepTidy } from "./housekeeping.js";

/**
 * The embedded store: PostgreSQL in this process (PGlite) under BullMQ's PostgreSQL backend, for one process only.
 *
 * @throws StoreError `in_use`, `folder`, `damaged`.
 */
export async function openEmbedded(
  settings: EmbeddedConfig,
  logger: Logger,
  answerLimitMs: number,
): Promise<Driver> {
  const { dataDir } = settings;
  await makeDataDir(dataDir);
  const lock = await lockFolder(dataDir);
  try {
    const started = Date.now();
    const { db, pool } = await openDatabase(dataDir);
    logger.info({ dataDir, ms: Date.now() - started }, "the embedded queue store is open");
    const stopTidying = keepTidy(pool, logger);
    return {
      kind: "embedded",
      producer: (name, options) =>
        withAnswerLimit(embeddedBackend(pool, name, options), answerLimitMs, (error) => error),
      consumer: (name, options) => embeddedBackend(pool, name, options),
      writeOwned: embeddedWriteOwned(pool),
      ping: () => pool.query("SELECT 1"),
      close: async () => {
        stopTidying();
        await pool.end();
        await db.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
