import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { DEFAULT_SCHEMA, quoteSchemaName, runMigrations } from "bullmq";
import { inWords } from "../../../base/in-words.js";
import { StoreError } from "../store-error.js";
import { BOUNDED_JOB } from "./embedded-bound.js";
import { PglitePool } from "./pglite-pool.js";
import { assertRoom, ROOM_TO_OPEN, UNFINISHED } from "./room.js";

/** Of the database, inside of the data folder. */
export const DATABASE_FOLDER = "queue";

/** One row of our own for `Store.tryWrite`, and one a name for `Store.claim`. */
const OWN_TABLES = `
  DO $$ BEGIN
    CREATE TABLE IF NOT EXISTS mesos_bot_written (at timestamptz NOT NULL);
    CREATE TABLE IF NOT EXISTS mesos_bot_claimed (name text PRIMARY KEY, until timestamptz NOT NULL);
  END $$`;

/**
 * Replaces that row in a file of its own: overwriting it where it is takes no room, and would work on a disk that is too
 * full for a job.
 */
export const WRITE_OF_OUR_OWN = `
  DO $$ BEGIN TRUNCATE mesos_bot_written; INSERT INTO mesos_bot_written VALUES (now()); END $$`;

/** A row comes back when the name was free, or is free again; other names whose time is over go. */
export const CLAIM = `
  WITH over AS (DELETE FROM mesos_bot_claimed WHERE until <= now() AND name <> $1)
  INSERT INTO mesos_bot_claimed AS claimed VALUES ($1, now() + $2 * interval '1 millisecond')
  ON CONFLICT (name) DO UPDATE SET until = excluded.until WHERE claimed.until <= now()
  RETURNING name`;

/** A PGlite with BullMQ's tables and ours. Close the pool first: it waits for the query that is running. */
export interface EmbeddedDatabase {
  readonly db: PGlite;
  readonly pool: PglitePool;
}

/** Makes the folder if it is missing: only its owner may look into it. */
export async function makeDataDir(dataDir: string): Promise<void> {
  try {
    const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (made !== undefined) await chmod(dataDir, 0o700);
  } catch (error) {
    throw folderTrouble(`The embedded store cannot make its folder ${dataDir}`, error);
  }
}

/** @param what what cannot be done with the folder, a sentence without its end. */
export function folderTrouble(what: string, error: unknown): StoreError {
  return new StoreError(
    "folder",
    {
      what: `${what}: ${inWords(error)}.`,
      notDone: "It was not opened.",
      next: "Set DATA_DIR to a folder that this user may write to, or set REDIS_URL.",
    },
    error,
  );
}

/**
 * Opens the database in `<dataDir>/queue`. The caller holds the folder's lock. The first start builds it beside its
 * place and moves it there when it is whole: a process killed meanwhile leaves nothing that looks like a database.
 */
export async function openDatabase(dataDir: string): Promise<EmbeddedDatabase> {
  const folder = join(dataDir, DATABASE_FOLDER);
  try {
    await removeUnfinished(dataDir);
    if (!existsSync(folder)) {
      const unfinished = join(dataDir, `${UNFINISHED}${process.pid}`);
      const { db } = await openAt(unfinished);
      await db.close();
      await rename(unfinished, folder);
    }
    return await openAt(folder);
  } catch (error) {
    await assertRoom(dataDir, ROOM_TO_OPEN).catch((full: unknown) => {
      throw noRoom(folder, full);
    });
    throw damaged(folder, error);
  }
}

function noRoom(folder: string, error: unknown): StoreError {
  return new StoreError(
    "folder",
    {
      what: `The embedded database in ${folder} does not open: ${inWords(error)}.`,
      notDone: "Nothing was read or changed.",
      next: "Free 100 MB there and start again: nothing that is stored is lost.",
    },
    error,
  );
}

/** @param folder of the database. */
export function damaged(folder: string, error: unknown): StoreError {
  return new StoreError(
    "damaged",
    {
      what: `The embedded database in ${folder} does not open: ${inWords(error)}.`,
      notDone: "Nothing was read or changed.",
      next: "Check free space and rights; else put back a copy of the folder, or move it away to start empty.",
    },
    error,
  );
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(UNFINISHED)) await rm(join(dataDir, name), { recursive: true });
  }
}

async function openAt(folder: string): Promise<EmbeddedDatabase> {
  const db = await PGlite.create({
    dataDir: folder,
    startParams: [
      ...PGlite.defaultStartParams,
      // 8 MB of buffers instead of 128: the tables are small, and the process takes half the memory.
      ...["-B", "1024"],
      // What a checkpoint leaves of the write-ahead log; see `keepTidy` for who makes them.
      ...["-c", "max_wal_size=32MB", "-c", "min_wal_size=32MB"],
    ],
    // node-postgres gives int8 as text, and BullMQ's backend counts on it.
    parsers: { 20: (text) => text },
  });
  const pool = new PglitePool(db);
  const client = await pool.connect();
  try {
    await runMigrations(client);
    // There is one session, so this holds for every query to come.
    await client.query(`SET search_path TO ${quoteSchemaName(DEFAULT_SCHEMA)}`);
    await client.query(OWN_TABLES);
    await client.query(BOUNDED_JOB);
  } finally {
    client.release();
  }
  return { db, pool };
}
