import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { inWords } from "../../../base/in-words.js";
import { StoreError } from "../store-error.js";

/** `sun_path` of a Unix socket holds 104 (macOS) or 108 (Linux) bytes. */
const LONGEST_SOCKET_PATH = 103;

const REPLY_LIMIT_MS = 1_000;

const LOCKS = "lock";

/** The right to use a folder, until released or the process ends in any way. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only user of a folder. A process takes the next number by listening on the socket
 * `<folder>/lock/<number>`, which the kernel gives to one only, and looks for others that answer before and after: of
 * any two at least the later one sees the other, so never do both go on. The kernel closes the socket of a killed
 * process, so a leftover file is known by its silence and is in nobody's way; no pid is ever trusted, and processes in
 * different containers see each other.
 *
 * @throws StoreError `in_use` with who holds it, `folder` when no socket can be made there.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const directory = join(folder, LOCKS);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (;;) {
      const numbers = (await refuseIfHeld(folder, directory)).map((file) => Number.parseInt(file, 10) || 0);
      const own = String(Math.max(0, ...numbers) + 1);
      const server = await listenOn(join(directory, own));
      if (server === null) continue;
      const release = () => new Promise<void>((resolve) => void server.close(() => resolve()));
      try {
        const files = await refuseIfHeld(folder, directory, own);
        await Promise.all(files.map((file) => file === own || rm(join(directory, file), { force: true })));
        // Without its file, removed by one who looked just before it was listened on, nobody would see this process.
        if (files.includes(own)) return { release };
      } catch (error) {
        await release();
        throw error;
      }
      await release();
    }
  } catch (error) {
    throw error instanceof StoreError ? error : notLockable(folder, error);
  }
}

/** Which process uses a folder, as it says itself, without taking part: `null` when none does. */
export async function holderOf(folder: string): Promise<string | null> {
  const directory = join(folder, LOCKS);
  return existsSync(directory) ? await holderAmong(directory, await readdir(directory)) : null;
}

async function holderAmong(directory: string, files: readonly string[]): Promise<string | null> {
  const answers = await Promise.all(files.map((file) => ask(join(directory, file))));
  return answers.find((answer) => answer !== null) ?? null;
}

/** The files in the folder of locks, if nobody but ourselves listens behind one. */
async function refuseIfHeld(folder: string, directory: string, own?: string): Promise<readonly string[]> {
  const files = await readdir(directory);
  const others = files.filter((file) => file !== own);
  const holder = await holderAmong(directory, others);
  if (holder === null) return files;
  throw new StoreError("in_use", {
    what: `The embedded store in ${folder} is in use by ${holder}.`,
    notDone: "It takes one process only, so this one did not open it and changed nothing.",
    next: "Stop the other process, give this one another DATA_DIR, or set REDIS_URL to run several.",
  });
}

/** A listener that says who it is; `null` when the path is taken. Node removes the file when the server closes. */
async function listenOn(path: string): Promise<Server | null> {
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH)
    throw new Error(`its path is too long for a lock (${path})`);
  const self = `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}`;
  const server = createServer((socket) => socket.on("error", () => socket.destroy()).end(self)).unref();
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    // A later failure, of an accept when no file handles are left, must not end the process either.
    server.on("error", resolve).listen(path, () => resolve(null));
  });
  if (error === null) return server;
  if (error.code === "EADDRINUSE") return null;
  throw error;
}

/** Who listens on that socket; `null` when nobody does. A listener that says nothing (stopped, busy) counts as one. */
function ask(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(path);
    const done = (nobody: boolean): void => {
      socket.destroy();
      resolve(nobody ? null : said || "another process");
    };
    socket.setTimeout(REPLY_LIMIT_MS, () => done(false));
    socket.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    socket.on("end", () => done(false));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      done(["ECONNREFUSED", "ENOENT", "ENOTSOCK"].includes(error.code ?? ""));
    });
  });
}

function notLockable(folder: string, cause: unknown): StoreError {
  return new StoreError(
    "folder",
    {
      what: `The embedded store cannot lock ${folder}: ${inWords(cause)}.`,
      notDone: "It was not opened.",
      next: "Set DATA_DIR to a short path on a local disk that this user may write to, or set REDIS_URL.",
    },
    cause,
  );
}
