import { afterEach, test } from "vitest";
import { controlQueueName, NOTIFY_QUEUE, QUERY_QUEUE } from "../../../../src/engine/lanes/jobs.js";
import {
  CONTROL_WORKER_OPTIONS,
  NOTIFY_WORKER_OPTIONS,
  QUERY_WORKER_OPTIONS,
} from "../../../../src/engine/store/lane-options.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import { ANSWER_LIMIT_MS, type Store } from "../../../../src/engine/store/store.js";
import { redisAvailable, startWatchedRedis, type TestRedis } from "../../../support/redis.js";
import { startRedisCluster } from "../../../support/redis-cluster.js";
import { suiteFor } from "../../../support/require.js";
import { keepLog, redisAt, sentinelAt, UNHURRIED_MS, until } from "../places.js";

type KeptLog = ReturnType<typeof keepLog>;

const LANES = [
  [controlQueueName("prod"), CONTROL_WORKER_OPTIONS],
  [QUERY_QUEUE, QUERY_WORKER_OPTIONS],
  [NOTIFY_QUEUE, NOTIFY_WORKER_OPTIONS],
] as const;

suiteFor(
  "a Redis that fails over",
  redisAvailable,
)(() => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  /** The lanes of a process, and the ids of the jobs that they ran. */
  function runLanes(store: Store): ReadonlyMap<string, Set<string>> {
    return new Map(
      LANES.map(([name, options]) => {
        const ran = new Set<string>();
        const worker = store.worker(name, async (job) => void ran.add(job.id ?? ""), options);
        void worker.run();
        return [name, ran];
      }),
    );
  }

  /** Waits until each lane has run a job that was added now. */
  async function eachRuns(
    store: Store,
    lanes: ReadonlyMap<string, Set<string>>,
    jobId: string,
  ): Promise<void> {
    for (const [name, ran] of lanes) {
      const queue = store.queue(name);
      await until(() =>
        queue.add("work", {}, { jobId }).then(
          () => true,
          () => false,
        ),
      );
      await until(() => ran.has(jobId));
    }
  }

  /** Waits until the store fails and works again by itself, and then each lane runs what comes. */
  async function goesOn(store: Store, lanes: ReadonlyMap<string, Set<string>>, log: KeptLog): Promise<void> {
    await until(async () => (await store.tryWrite()) !== true);
    await until(async () => (await store.tryWrite()) === true);
    await eachRuns(store, lanes, "after");
    // Also what comes when they have waited for a while.
    await until(async () => {
      await store.tryWrite();
      return log.lines.some(({ text }) => text.includes("is back"));
    });
    await eachRuns(store, lanes, "later");
  }

  /** Takes a server away while `body` runs. */
  async function without(server: TestRedis, how: string, body: () => Promise<void>): Promise<void> {
    if (how === "falls silent") return await server.frozenWhile(body);
    await server.kill();
    await body();
  }

  const GONE = ["dies", "falls silent"];

  test.each(GONE)("lanes go on when the node of the Redis Cluster that REDIS_URL names %s", async (how) => {
    const cluster = await startRedisCluster();
    undo.push(cluster.dispose);
    const log = keepLog();
    const store = await openStore({ ...redisAt(cluster.first.url), cluster: [] }, log, ANSWER_LIMIT_MS);
    undo.push(() => store.close(true));
    const lanes = runLanes(store);
    await eachRuns(store, lanes, "before");
    await without(cluster.first, how, () => goesOn(store, lanes, log));
  });

  test.each(GONE)(
    "a process that starts finds the Redis Cluster while the node that REDIS_URL names %s",
    async (how) => {
      const cluster = await startRedisCluster();
      undo.push(cluster.dispose);
      const nodes = cluster.others.map(({ port }) => ({ host: "127.0.0.1", port }));
      await without(cluster.first, how, async () => {
        const store = await until(() =>
          openStore({ ...redisAt(cluster.first.url), cluster: nodes }, keepLog(), ANSWER_LIMIT_MS).catch(
            () => undefined,
          ),
        );
        undo.push(() => store.close(true));
        await eachRuns(store, runLanes(store), "anew");
      });
    },
  );

  test("a process that starts finds the Redis Cluster while the name in REDIS_URL has no address", async () => {
    const cluster = await startRedisCluster();
    undo.push(cluster.dispose);
    const nodes = [{ host: "127.0.0.1", port: cluster.first.port }];
    const settings = { ...redisAt("redis://no-such-host.invalid:6379"), cluster: nodes };
    const store = await openStore(settings, keepLog(), UNHURRIED_MS);
    undo.push(() => store.close(true));
    await eachRuns(store, runLanes(store), "anew");
  });

  test.each(GONE)("lanes go on when the master behind Sentinel %s", async (how) => {
    const { master, sentinel, dispose } = await startWatchedRedis();
    undo.push(dispose);
    const log = keepLog();
    const store = await openStore(sentinelAt(sentinel), log, ANSWER_LIMIT_MS);
    undo.push(() => store.close(true));
    const lanes = runLanes(store);
    await eachRuns(store, lanes, "before");
    await without(master, how, () => goesOn(store, lanes, log));
  });
});
