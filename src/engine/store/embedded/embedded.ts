import type { Logger } from "../../../base/logger.js";
import type { EmbeddedConfig } from "../../../config/config.js";
import type { Driver } from "../driver.js";
import { embeddedBackend } from "./embedded-backend.js";
import { CLAIM, makeDataDir, openDatabase, WRITE_OF_OUR_OWN } from "./embedded-database.js";
import { embeddedError } from "./embedded-errors.js";
import { embeddedWriteOwned } from "./embedded-owned.js";
import { lockFolder } from "./folder-lock.js";
import { keepTidy } from "./housekeeping.js";
import { assertRoom, ROOM_TO_OPEN } from "./room.js";

/**
 * The embedded store: PostgreSQL in this process (PGlite) under BullMQ's PostgreSQL backend, for one process only.
 *
 * @throws StoreError `in_use`, `folder`, `damaged`.
 */
export async function openEmbedded(settings: EmbeddedConfig, logger: Logger): Promise<Driver> {
  const { dataDir } = settings;
  await makeDataDir(dataDir);
  const lock = await lockFolder(dataDir);
  try {
    const started = Date.now();
    const { db, pool } = await openDatabase(dataDir);
    logger.info({ dataDir, ms: Date.now() - started }, "the embedded queue store is open");
    /** Nobody else has the store as long as this process has it. */
    const turns = new Map<string, string>();
    const stopTidying = keepTidy(pool, dataDir, logger);
    return {
      kind: "embedded",
      producer: (name, options) => embeddedBackend(pool, name, options),
      consumer: (name, options) => embeddedBackend(pool, name, options),
      writeOwned: embeddedWriteOwned(pool),
      explain: (error) => embeddedError(error, dataDir),
      write: () => pool.query(WRITE_OF_OUR_OWN),
      claim: async (name, forMs) => (await pool.query(CLAIM, [name, forMs])).rows.length === 1,
      async takeTurn(name, who) {
        const before = turns.get(name) ?? null;
        turns.set(name, who);
        return before;
      },
      // One that has ended is opened by the next process, as soon as there is room.
      writeAnew: () => (pool.isDead ? assertRoom(dataDir, ROOM_TO_OPEN) : pool.query(WRITE_OF_OUR_OWN)),
      close: async () => {
        stopTidying();
        await pool.end();
        if (!pool.isDead) await db.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
