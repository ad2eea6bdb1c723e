import { constants, existsSync } from "node:fs";
import { access, readFile, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { EmbeddedConfig } from "../../../config/config.js";
import { DATABASE_FOLDER, damaged, folderTrouble } from "./embedded-database.js";
import { holderOf } from "./folder-lock.js";

/** What is known of the folder of the embedded store. */
export interface EmbeddedLook {
  /** Of the PostgreSQL whose files are in it; `null` when there are none yet. */
  readonly version: string | null;
  /** The process that has it open, as it says itself; `null` when none has. */
  readonly holder: string | null;
  /** Whether it lies in memory, so that nothing is left when the machine or the container starts again. */
  readonly isInMemory: boolean;
}

/** `f_type` of `statfs` for a tmpfs (Linux: `linux/magic.h`). */
const TMPFS_MAGIC = 0x01021994;

/**
 * Looks at the folder of the embedded store, and makes, opens and locks nothing.
 *
 * @throws StoreError `folder` when it could not be made or used, `damaged` when the files in it are no database.
 */
export async function lookAtEmbedded({ dataDir }: EmbeddedConfig): Promise<EmbeddedLook> {
  const ground = await usableGround(dataDir);
  const database = join(dataDir, DATABASE_FOLDER);
  return {
    version: existsSync(database) ? await versionIn(database) : null,
    holder: await holderOf(dataDir),
    isInMemory: (await statfs(ground)).type === TMPFS_MAGIC,
  };
}

/** The folder itself, or the nearest one above it that is there, if the store could be made in it. */
async function usableGround(dataDir: string): Promise<string> {
  let ground = resolve(dataDir);
  while (!existsSync(ground)) ground = dirname(ground);
  try {
    if (!(await stat(ground)).isDirectory()) throw Object.assign(new Error(ground), { code: "ENOTDIR" });
    await access(ground, constants.R_OK | constants.W_OK | constants.X_OK);
    return ground;
  } catch (error) {
    throw folderTrouble(`The embedded store cannot use its folder ${dataDir}`, error);
  }
}

async function versionIn(database: string): Promise<string> {
  try {
    return (await readFile(join(database, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    throw damaged(database, error);
  }
}
