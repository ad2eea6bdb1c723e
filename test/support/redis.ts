import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis, type RedisOptions } from "ioredis";
import { freePort } from "../../src/rehearsal/free-port.js";
import { type Certificate, opensslAvailable } from "./certificates.js";
import { until } from "./until.js";

/** For `suiteFor`: whether `redis-server` is on this machine. */
export const redisAvailable: true | string =
  spawnSync("redis-server", ["--version"]).status === 0 || "redis-server is not installed";

/** For `suiteFor`: whether a Redis that speaks TLS can be had on this machine. */
export const tlsAvailable: true | string = redisAvailable === true ? opensslAvailable : redisAvailable;

/** Where a server of ours listens, and how. */
export interface Wire {
  /** An address of the loopback. @defaultValue 127.0.0.1 */
  readonly host?: string;
  /** With it, it speaks TLS and nothing else, to other servers as well. */
  readonly certificate?: Certificate;
  /** With TLS: what others call it. @defaultValue its host */
  readonly name?: string;
}

/** A real Redis of our own on a free port of the loopback, with a folder that goes with it. */
export interface TestRedis {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** A client for what a person would do there by hand. */
  admin(): Redis;
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
  return startRedisOn({}, ...args);
}

/** The same, on a wire. */
export function startRedisOn(wire: Wire, ...args: readonly string[]): Promise<TestRedis> {
  const kept = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  return start(wire, () =>
    Promise.resolve([...kept, ...(wire.certificate ? ["--tls-replication", "yes"] : []), ...args]),
  );
}

/**
 * Starts a Sentinel that watches `master` under the name `mesos`, and makes a replica the master when it is silent for 2 s.
 * Debian's `redis-sentinel` is `redis-server --sentinel` under another name.
 */
export function startSentinel(
  master: TestRedis,
  { wire = {}, watches }: SentinelWires = {},
): Promise<TestRedis> {
  return start(wire, async (folder) => {
    const file = join(folder, "sentinel.conf");
    const name = watches?.name;
    const lines = [
      ...(name === undefined ? [] : ["sentinel resolve-hostnames yes", "sentinel announce-hostnames yes"]),
      `sentinel monitor mesos ${name ?? master.host} ${master.port} 1`,
      "sentinel down-after-milliseconds mesos 2000",
    ];
    await writeFile(file, lines.map((line) => `${line}\n`).join(""));
    const certificate = watches?.certificate;
    return [
      file,
      "--sentinel",
      ...(certificate ? ["--tls-replication", "yes", ...filesOf(certificate)] : []),
    ];
  });
}

interface SentinelWires {
  /** Its own. */
  readonly wire?: Wire;
  /** That of the Redis that it watches. */
  readonly watches?: Wire;
}

function filesOf({ cert, key, authority }: Certificate): readonly string[] {
  const files = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", authority];
  return [...files, "--tls-auth-clients", "no"];
}

/** A master with a replica, and a Sentinel that knows both. */
export interface WatchedRedis {
  readonly master: TestRedis;
  readonly replica: TestRedis;
  readonly sentinel: TestRedis;
  dispose(): Promise<void>;
}

/** The wires of a `WatchedRedis`; all plain unless told otherwise. */
export interface WatchedWires {
  readonly master?: Wire;
  readonly replica?: Wire;
  readonly sentinel?: Wire;
}

/** Starts a master, a replica that has a copy, and a Sentinel. */
export async function startWatchedRedis(wires: WatchedWires = {}): Promise<WatchedRedis> {
  const started: TestRedis[] = [];
  const keep = (server: TestRedis): TestRedis => {
    started.push(server);
    return server;
  };
  const dispose = async () => {
    await Promise.all(started.map((server) => server.dispose()));
  };
  try {
    const { master: one = {}, replica: other = {}, sentinel: watching = {} } = wires;
    const master = keep(await startRedisOn(one, "--replica-announce-ip", one.name ?? one.host ?? LOOPBACK));
    const replica = keep(
      await startRedisOn(
        other,
        ...["--replicaof", one.name ?? master.host, String(master.port)],
        ...["--replica-announce-ip", other.name ?? other.host ?? LOOPBACK],
      ),
    );
    const sentinel = keep(await startSentinel(master, { wire: watching, watches: one }));
    const [copy, watch] = [replica.admin(), sentinel.admin()];
    await until("the copy", async () => (await copy.info("replication")).includes("master_link_status:up"));
    await until("the replica at Sentinel", async () => (await watch.info("sentinel")).includes("slaves=1"));
    for (const client of [copy, watch]) client.disconnect();
    return { master, replica, sentinel, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

const LOOPBACK = "127.0.0.1";

async function start(
  { host = LOOPBACK, certificate, name = host }: Wire,
  commandLine: (folder: string) => Promise<readonly string[]>,
): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-redis-"));
  const port = await freePort();
  const [first = "", ...rest] = await commandLine(folder);
  let server: ChildProcess | null = null;
  const client = (options: Omit<RedisOptions, "replyMapping"> = {}) =>
    // Who starts it trusts it, whatever its certificate is.
    new Redis({ host, port, ...(certificate ? { tls: { rejectUnauthorized: false } } : {}), ...options });

  const up = async (): Promise<void> => {
    // A configuration file has to be the first argument.
    const wire = certificate
      ? ["--port", "0", "--tls-port", String(port), ...filesOf(certificate)]
      : ["--port", String(port)];
    const own = [...wire, "--bind", host, "--dir", folder];
    const line = first.startsWith("--") ? [...own, first, ...rest] : [first, ...own, ...rest];
    server = spawn("redis-server", line, { stdio: "ignore" });
    await untilLoaded(client, server);
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
    host,
    port,
    url: certificate ? `rediss://${name}:${port}` : `redis://${host}:${port}`,
    admin: () => client(),
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
async function untilLoaded(
  connect: (options: Omit<RedisOptions, "replyMapping">) => Redis,
  server: ChildProcess,
): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
    const said: string[] = [];
    const client = connect({ lazyConnect: true, retryStrategy: null });
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
  throw new Error("a redis-server does not answer");
}
