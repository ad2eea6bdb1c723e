import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "../../../src/base/logger.js";
import { Secret } from "../../../src/base/secret.js";
import type { StoreConfig } from "../../../src/config/config.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { redisAvailable, startRedis, type TestRedis } from "../../support/redis.js";

const MODULES = join(import.meta.dirname, "../../../node_modules");

const CACHE = join(MODULES, ".cache");

/**
 * How long a producer waits where that is not what is tested: a machine that runs many tests at once is slower than the
 * bot lets its queue be.
 */
export const UNHURRIED_MS = 60_000;

/** Ends what hangs, and says what was waited for. */
const HANGS_MS = 150_000;

/** A place for a queue that a test has to itself. */
export interface Place {
  readonly settings: StoreConfig;
  /** The same as text, for a child process. */
  readonly argument: string;
  dispose(): Promise<void>;
}

/** A kind of store. */
export interface Kind {
  readonly name: string;
  readonly available: true | string;
  make(): Promise<Place>;
}

export const embeddedStore: Kind = { name: "embedded store", available: true, make: () => embeddedPlace() };

export const redisStore: Kind = { name: "Redis", available: redisAvailable, make: redisPlace };

/** Both, for suites that must hold on either. */
export const PLACES: readonly Kind[] = [embeddedStore, redisStore];

/** Starts from a copy of an empty store: the first start of each would take seconds. */
export async function embeddedPlace(beside = tmpdir()): Promise<Place> {
  const dataDir = await mkdtemp(join(beside, "mmb-store-"));
  await cp(await emptyStore(), dataDir, { recursive: true });
  return {
    settings: { kind: "embedded", dataDir },
    argument: `embedded ${dataDir}`,
    dispose: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** The folder of a place that is an embedded one. */
export function dataDirOf({ settings }: Place): string {
  if (settings.kind !== "embedded") throw new Error("This place is no folder.");
  return settings.dataDir;
}

let made: Promise<string> | null = null;

/** The folder of an empty embedded store, made once for these versions of what makes it. */
function emptyStore(): Promise<string> {
  made ??= (async () => {
    const folder = join(CACHE, `empty-store-${versionOf("@electric-sql/pglite")}-${versionOf("bullmq")}`);
    if (existsSync(folder)) return folder;
    await mkdir(CACHE, { recursive: true });
    const own = await mkdtemp(join(CACHE, "making-"));
    await (await openStore({ kind: "embedded", dataDir: own }, keepLog())).close();
    // Another test process may have been faster.
    await rename(own, folder).catch(() => rm(own, { recursive: true }));
    return folder;
  })();
  return made;
}

function versionOf(name: string): string {
  const text = readFileSync(join(MODULES, name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

export async function redisPlace(): Promise<Place> {
  const server = await startRedis();
  return { settings: redisAt(server.url), argument: `redis ${server.url}`, dispose: () => server.dispose() };
}

export function redisAt(url: string): Extract<StoreConfig, { kind: "redis" }> {
  return { kind: "redis", url: new Secret(url), sentinel: null, cluster: null, ca: null, prefix: "mesos" };
}

/** Redis behind a Sentinel of `startSentinel`. */
export function sentinelAt({ port }: Pick<TestRedis, "port">): Extract<StoreConfig, { kind: "redis" }> {
  const addresses = [{ host: "127.0.0.1", port }];
  return {
    ...redisAt("redis://ignored"),
    sentinel: { name: "mesos", addresses, password: null, tls: false },
  };
}

/** A logger that keeps its lines. */
export function keepLog(): Logger & {
  readonly lines: { level: string; fields: object; text: string }[];
} {
  const lines: { level: string; fields: object; text: string }[] = [];
  const keep = (level: string) => (fields: object, text: string) => void lines.push({ level, fields, text });
  return { lines, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}

/** Waits until `check` gives something other than `undefined` or `false`. The test's own time limit ends the wait. */
export async function until<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const hangsAtMs = Date.now() + HANGS_MS;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > hangsAtMs) throw new Error(`Not seen within ${HANGS_MS / 1_000} s: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
