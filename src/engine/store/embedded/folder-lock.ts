import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { StoreError } from "../store-error.js";

/** `sun_path` of a Unix socket holds 104 (macOS) or 108 (Linux) bytes. */
const LONGEST_SOCKET_PATH = 103;

const REPLY_LIMIT_MS = 1_000;

const ATTEMPTS = 6;

const holder = z.object({
  pid: z.number(),
  host: z.string(),
  since: z.string(),
  /** `false` while it is still looking for others. */
  holding: z.boolean(),
});

type Holder = z.output<typeof holder>;

/** The right to use a folder, until released or the process ends in any way. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only user of a folder. Each process listens on a socket of its own in `<folder>/lock` and only
 * then looks for others that answer: of any two at least the later one sees the other, so never do both go on. The
 * kernel closes the socket of a killed process, so a leftover file is known by its silence and is in nobody's way; no
 * pid is ever trusted, and processes in different containers see each other.
 *
 * @throws StoreError `in_use` with who holds it, `folder` when no socket can be made there.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const directory = join(folder, "lock");
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw notLockable(folder, error);
  });
  for (let attempt = 1; ; attempt += 1) {
    const own = await announce(folder, directory);
    const { alive, silent } = await others(directory, own.file);
    if (alive.length === 0) {
      own.hold();
      await Promise.all(silent.map((file) => rm(join(directory, file), { force: true })));
      return { release: () => own.withdraw() };
    }
    await own.withdraw();
    const settled = alive.find((other) => other.holding);
    if (settled || attempt === ATTEMPTS) throw inUse(folder, settled ?? alive[0]);
    // Two that start at the same moment see each other and both step back; chance decides who comes first.
    await delay(20 + Math.random() * 200);
  }
}

interface Announced {
  readonly file: string;
  hold(): void;
  withdraw(): Promise<void>;
}

async function announce(folder: string, directory: string): Promise<Announced> {
  const file = `${process.pid}-${randomBytes(4).toString("hex")}`;
  const path = join(directory, file);
  if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
    throw notLockable(folder, new Error(`its path is too long for a lock (${path})`));
  }
  const since = new Date().toISOString();
  let holding = false;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(JSON.stringify({ pid: process.pid, host: hostname(), since, holding } satisfies Holder));
  });
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  }).catch((error: unknown) => {
    throw notLockable(folder, error);
  });
  // A failing accept (no file handles left) must not end the process; who asks sees a listener that says nothing.
  server.on("error", () => undefined);
  return {
    file,
    hold: () => {
      holding = true;
    },
    withdraw: () => closed(server),
  };
}

/** Node removes the socket's file when its server closes. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

async function others(directory: string, own: string): Promise<{ alive: Holder[]; silent: string[] }> {
  const files = (await readdir(directory)).filter((file) => file !== own);
  const answers = await Promise.all(files.map((file) => ask(directory, file)));
  return {
    alive: answers.filter((answer) => answer !== null),
    silent: files.filter((_file, index) => answers[index] === null),
  };
}

/** Who listens on that socket; `null` when nobody does. A listener that says nothing (stopped, busy) counts as one. */
function ask(directory: string, file: string): Promise<Holder | null> {
  return new Promise((resolve) => {
    const unknown: Holder = { pid: Number.parseInt(file, 10), host: "", since: "", holding: true };
    let said = "";
    const socket = connect(join(directory, file));
    const done = (answer: Holder | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(REPLY_LIMIT_MS, () => done(unknown));
    socket.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    socket.on("end", () => done(parseHolder(said) ?? unknown));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const nobody = ["ECONNREFUSED", "ENOENT", "ENOTSOCK"].includes(error.code ?? "");
      done(nobody ? null : unknown);
    });
  });
}

function parseHolder(text: string): Holder | null {
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function inUse(folder: string, by: Holder | undefined): StoreError {
  const who = by === undefined ? "another process" : `process ${by.pid}`;
  const where = by?.host ? ` on ${by.host}, since ${by.since}` : "";
  return new StoreError("in_use", {
    what: `The embedded store in ${folder} is in use by ${who}${where}.`,
    notDone: "It takes one process only, so this one did not open it and changed nothing.",
    next: "Stop the other process, give this one another DATA_DIR, or set REDIS_URL to run several.",
  });
}

function notLockable(folder: string, cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(
    "folder",
    {
      what: `The embedded store cannot lock ${folder}: ${why}.`,
      notDone: "It was not opened.",
      next: "Set DATA_DIR to a short path on a local disk that this user may write to, or set REDIS_URL.",
    },
    cause,
  );
}
