// Is there room for what the database is about to write?

import { randomUUID } from "node:crypto";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Files that a process made for itself, or for a database that is not whole yet; the next one that starts removes them. */
export const UNFINISHED = "unfinished-";

/** Two segments of the write-ahead log: a database that opens after a crash goes on in a new one. */
export const ROOM_TO_OPEN = 32 * 1024 * 1024;

/** A checkpoint writes small files of its own, and PostgreSQL ends when it finds no room for them. */
export const ROOM_TO_TIDY = 1024 * 1024;

/**
 * Looks how much room there is, and writes a little: a quota may be full where the disk is not.
 *
 * @throws Error with the code `ENOSPC`, or that of what else keeps one from writing.
 */
export async function assertRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes)
    throw Object.assign(new Error(`${bavail * bsize} bytes are free, and ${bytes} are needed`), {
      code: "ENOSPC",
    });
  const file = join(folder, `${UNFINISHED}${randomUUID()}`);
  try {
    await writeFile(file, Buffer.alloc(bsize));
  } finally {
    await rm(file, { force: true });
  }
}
