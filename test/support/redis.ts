import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../../src/rehearsal/free-port.js";
import { until } from "./until.js";

/** For `suiteFor`: whether `redis-server` is on this machine. */
export const redisAvailable: true | string =
  spawnSync("redis-server", ["--version"]).status === 0 || "redis-server is not installed";

/** A real Redis of our own on a free port of the loopback, with a folder that goes with it. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  /**
   * Ends it with SIGKILL, and starts it again on the same port and folder when `body` ends, also with an error. What was
   * written is in its append-only file.
   */
  awayWhile(body: () => Promise<void> | void): Promise<void>;
  /** Stops it with SIGSTOP while `body` runs: connections stay, nothing answers. */
  frozenWhile(body: () => Promise<void> | void): Promise<void>;
  /** Ends it with SIGKILL, for good. */
  kill(): Promise<void>;
  /** Ends it and removes its folder. */
  dispose(): Promise<void>;
}

/** Starts a Redis; `args` are added to its command line, later ones win. */
export function startRedis(...args: readonly string[]): Promise<TestRedis> {
  return start(() =>
    Promise.resolve(["--save", "", "--appendonly", "yes", "--appendfsync", "always", ...args]),
  );
}

/**
 * Starts a Sentinel that watches `master` under the name `mesos`, and makes a replica the master when it is silent for 2 s.
 * Debian's `redis-sentinel` is `redis-server --sentinel` under another name.
 */
export function startSentinel(master: TestRedis): Promise<TestRedis> {
  return start(async (folder) => {
    const file = join(folder, "sentinel.conf");
    await writeFile(
      file,
      `sentinel monitor mesos 127.0.0.1 ${master.port} 1\nsentinel down-after-milliseconds mesos 2000\n`,
    );
    return [file, "--sentinel"];
  });
}

/** A master with a replica, and a Sentinel that knows both. */
export interface WatchedRedis {
  readonly master: TestRedis;
  readonly replica: TestRedis;
  readonly sentinel: TestRedis;
  dispose(): Promise<void>;
}

/** Starts a master, a replica that has a copy, and a Sentinel. */
export async function startWatchedRedis(): Promise<WatchedRedis> {
  const started: TestRedis[] = [];
  const keep = (server: TestRedis): TestRedis => {
    started.push(server);
    return server;
  };
  const dispose = async () => {
    await Promise.all(started.map((server) => server.dispose()));
  };
  try {
    const master = keep(await startRedis());
    const replica = keep(await startRedis("--replicaof", "127.0.0.1", String(master.port)));
    const sentinel = keep(await startSentinel(master));
    const [copy, watch] = [new Redis(replica.port), new Redis(sentinel.port)];
    await until("the copy", async () => (await copy.info("replication")).includes("master_link_status:up"));
    await until("the replica at Sentinel", async () => (await watch.info("sentinel")).includes("slaves=1"));
    for (const client of [copy, watch]) client.disconnect();
    return { master, replica, sentinel, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function start(commandLine: (folder: string) => Promise<readonly string[]>): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-redis-"));
  const port = await freePort();
  const [first = "", ...rest] = await commandLine(folder);
  let server: ChildProcess | null = null;

  const up = async (): Promise<void> => {
    // A configuration file has to be the first argument.
    const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    const line = first.startsWith("--") ? [...own, first, ...rest] : [first, ...own, ...rest];
    server = spawn("redis-server", line, { stdio: "ignore" });
    await untilLoaded(port, server);
  };
  const kill = async (): Promise<void> => {
    const running = server;
    server = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGKILL");
    await gone;
  };
  const dispose = async (): Promise<void> => {
    process.off("exit", killNow);
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  // A test run that ends in the middle leaves no server behind.
  const killNow = (): void => void server?.kill("SIGKILL");
  process.once("exit", killNow);
  try {
    await up();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async awayWhile(body) {
      await kill();
      try {
        await body();
      } finally {
        await up();
      }
    },
    async frozenWhile(body) {
      server?.kill("SIGSTOP");
      try {
        await body();
      } finally {
        server?.kill("SIGCONT");
      }
    },
    kill,
    dispose,
  };
}

/** Waits until it has loaded its data; an answer that refuses, such as NOAUTH, shows that as well. */
async function untilLoaded(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
    const said: string[] = [];
    const client = new Redis({ port, host: "127.0.0.1", lazyConnect: true, retryStrategy: null });
    client.on("error", (error) => said.push(error.message));
    try {
      await client.connect();
      await client.ping();
      return;
    } catch {
      if (said.some((message) => message.startsWith("NOAUTH"))) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      client.disconnect();
    }
  }
  throw new Error(`the redis-server on port ${port} does not answer`);
}
