import { existsSync } from "node:fs";
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { lookAtStore } from "../../src/check/store.js";
import type { Env } from "../../src/config/environment.js";
import { lockFolder } from "../../src/engine/store/embedded/folder-lock.js";
import {
  redisAvailable,
  startRedis,
  startWatchedRedis,
  type TestRedis,
  type WatchedRedis,
} from "../support/redis.js";
import { startRedisCluster } from "../support/redis-cluster.js";
import { suiteFor } from "../support/require.js";
import { configOf, lines } from "./support.js";

async function look(env: Env): Promise<readonly string[]> {
  return lines(await lookAtStore(configOf(env)));
}

async function folder(parent = tmpdir()): Promise<string> {
  const made = await mkdtemp(join(parent, "mmb-check-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

suiteFor(
  "the check of Redis",
  redisAvailable,
)(() => {
  async function redis(...args: readonly string[]): Promise<TestRedis> {
    const server = await startRedis(...args);
    onTestFinished(() => server.dispose());
    return server;
  }

  async function watched(): Promise<WatchedRedis> {
    const started = await startWatchedRedis();
    onTestFinished(() => started.dispose());
    return started;
  }

  test("a fit Redis is said to be, with its version, and nothing was written to it", async () => {
    const server = await redis();
    expect(await look({ REDIS_URL: server.url })).toEqual([
      expect.stringMatching(
        /^ok store: Redis \d+\.\d+\.\d+ at 127\.0\.0\.1:\d+ answers, keeps an append-only file and evicts nothing\.$/,
      ),
    ]);
    const admin = new Redis(server.port);
    expect(await admin.dbsize()).toBe(0);
    admin.disconnect();
  });

  test.each([
    [
      "without an append-only file",
      ["--appendonly", "no"],
      /^note store: .*append-only.* → Set `appendonly yes`\.$/,
    ],
    [
      "that would evict",
      ["--maxmemory-policy", "allkeys-lru"],
      /^note store: .* → Set `maxmemory-policy noeviction`\.$/,
    ],
    [
      "that evicts",
      ["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"],
      /^mend store: .*deletes keys.* → Set `maxmemory-policy noeviction`/,
    ],
    [
      "with a password",
      ["--requirepass", "hunter2"],
      /^mend store: .*NOAUTH.* → Check user and password in REDIS_URL\.$/,
    ],
  ])("a Redis %s is told with what to do", async (_, args, line) => {
    const server = await redis(...args);
    expect((await look({ REDIS_URL: server.url })).at(-1)).toMatch(line);
  });

  test("a Redis whose replicas need not get what is written is told with what to do, and one whose replicas do is fit", async () => {
    const { master } = await watched();
    expect(await look({ REDIS_URL: master.url })).toEqual([
      expect.stringMatching(/^ok store: /),
      expect.stringMatching(
        /^note store: Redis at 127\.0\.0\.1:\d+ takes writes that none of its replicas gets .* → Set `min-replicas-to-write 1`/,
      ),
    ]);
    const admin = master.admin();
    await admin.config("SET", "min-replicas-to-write", "1");
    admin.disconnect();
    expect(await look({ REDIS_URL: master.url })).toEqual([
      expect.stringMatching(/^ok store: .* evicts nothing\.$/),
    ]);
  });

  test("a Redis that is away is told, without the password of its address", async () => {
    const server = await redis();
    await server.kill();
    const found = await look({ REDIS_URL: `redis://bot:hunter2@127.0.0.1:${server.port}` });
    expect(found).toEqual([
      expect.stringMatching(/^mend store: .*not reachable: .*ECONNREFUSED.* → Start it/),
    ]);
    expect(found.join()).not.toContain("hunter2");
  });

  test("behind Sentinel its master is looked at, and a replica in its place is told", async () => {
    const { master, replica, sentinel } = await watched();
    const sentinels = { REDIS_SENTINELS: `127.0.0.1:${sentinel.port}`, REDIS_SENTINEL_NAME: "mesos" };
    expect(await look({ REDIS_URL: master.url, ...sentinels })).toEqual([
      expect.stringMatching(/^ok store: /),
      expect.stringMatching(/^note store: .*min-replicas-to-write/),
    ]);
    expect(await look({ REDIS_URL: replica.url })).toEqual([
      expect.stringMatching(/^mend store: .*is a replica.* → Point REDIS_URL to the master/),
    ]);
  });

  test("of a Cluster every master is looked at", async () => {
    const cluster = await startRedisCluster();
    onTestFinished(() => cluster.dispose());
    const [other] = cluster.others;
    const admin = new Redis(other?.port ?? 0);
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    await admin.config("SET", "maxmemory", "100mb");
    admin.disconnect();
    const nodes = `127.0.0.1:${other?.port}`;
    const found = await look({
      REDIS_URL: cluster.first.url,
      REDIS_CLUSTER: "true",
      REDIS_CLUSTER_NODES: nodes,
    });
    expect(found.filter((line) => line.startsWith("ok"))).toHaveLength(2);
    expect(found).toContainEqual(
      expect.stringMatching(new RegExp(`^mend store: Redis at ${nodes} deletes keys`)),
    );
  });
});

describe("the check of the embedded store", () => {
  test("a folder that is not there yet is fine, and is not made", async () => {
    const dataDir = join(await folder(), "not", "yet");
    expect(await look({ DATA_DIR: dataDir })).toEqual([
      `ok store: The embedded store in ${dataDir} can be used (it is made at the first start).`,
    ]);
    await expect(access(dataDir)).rejects.toThrow();
  });

  test("a folder with a database is told with the version of its files, and who has it open", async () => {
    const dataDir = await folder();
    await mkdir(join(dataDir, "queue"));
    await writeFile(join(dataDir, "queue", "PG_VERSION"), "17\n");
    const lock = await lockFolder(dataDir);
    onTestFinished(() => lock.release());
    expect(await look({ DATA_DIR: dataDir })).toEqual([
      `ok store: The embedded store in ${dataDir} can be used (PostgreSQL 17 files).`,
      expect.stringMatching(
        new RegExp(`^note store: It is in use by process ${process.pid} on .* → If that is this bot`),
      ),
    ]);
    expect(await readdir(join(dataDir, "lock"))).toEqual(["1"]);
  });

  test("a folder whose files are no database is told", async () => {
    const dataDir = await folder();
    await mkdir(join(dataDir, "queue"));
    expect(await look({ DATA_DIR: dataDir })).toEqual([
      expect.stringMatching(
        /^mend store: The embedded database in .* does not open: it is not there \(ENOENT\)\. → Check free space and rights; else put back/,
      ),
    ]);
  });

  test("a file in the place of the folder is told", async () => {
    const dataDir = join(await folder(), "data");
    await writeFile(dataDir, "");
    expect(await look({ DATA_DIR: join(dataDir, "bot") })).toEqual([
      expect.stringMatching(
        /^mend store: The embedded store cannot use its folder .*: a part of the path is no folder \(ENOTDIR\)\. → Set DATA_DIR/,
      ),
    ]);
  });
});

const MEMORY = "/dev/shm";

suiteFor(
  "the check of a folder in memory",
  existsSync(MEMORY) || `there is no ${MEMORY}`,
)(() => {
  test("a folder that lies in memory is told", async () => {
    const dataDir = await folder(MEMORY);
    expect((await look({ DATA_DIR: dataDir })).at(-1)).toMatch(
      /^mend store: .* lies in memory: open maintenances would be lost at the next restart\. → Set DATA_DIR to a folder on a disk/,
    );
  });
});
