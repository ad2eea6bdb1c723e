import { afterEach, test } from "vitest";
import { controlQueueName, NOTIFY_QUEUE, QUERY_QUEUE } from "../../../../src/engine/lanes/jobs.js";
import {
  CONTROL_WORKER_OPTIONS,
  NOTIFY_WORKER_OPTIONS,
  QUERY_WORKER_OPTIONS,
} from "../../../../src/engine/store/lane-options.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import { ANSWER_LIMIT_MS, type Store } from "../../../../src/engine/store/store.js";
import { redisAvailable } from "../../../support/redis.js";
import { startRedisCluster } from "../../../support/redis-cluster.js";
import { suiteFor } from "../../../support/require.js";
import { keepLog, redisAt, until } from "../places.js";

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

  test.each(["dies", "falls silent"])(
    "lanes go on when the node of the Redis Cluster that REDIS_URL names %s",
    async (how) => {
      const cluster = await startRedisCluster();
      undo.push(cluster.dispose);
      const log = keepLog();
      const store = await openStore({ ...redisAt(cluster.first.url), cluster: true }, log, ANSWER_LIMIT_MS);
      undo.push(() => store.close(true));
      const lanes = runLanes(store);
      await eachRuns(store, lanes, "before");

      const goOn = async () => {
        await until(async () => (await store.tryWrite()) !== true);
        await until(async () => (await store.tryWrite()) === true);
        await eachRuns(store, lanes, "after");
        // Also what comes when they have waited for a while.
        await until(async () => {
          await store.tryWrite();
          return log.lines.some(({ text }) => text.includes("is back"));
        });
        await eachRuns(store, lanes, "later");
      };
      if (how === "falls silent") return await cluster.first.frozenWhile(goOn);
      await cluster.first.kill();
      await goOn();
    },
  );
});
