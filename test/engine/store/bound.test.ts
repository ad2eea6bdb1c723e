import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UnrecoverableError } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MOST_BYTES, notReadOf, TooLargeError } from "../../../src/engine/store/bound.js";
import { boundedStatement } from "../../../src/engine/store/embedded/embedded-bound.js";
import { CONTROL_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { updateOwned } from "../../../src/engine/store/owned.js";
import { boundedScript } from "../../../src/engine/store/redis/redis-bound.js";
import type { Store, StoreJob } from "../../../src/engine/store/store.js";
import { redisAvailable } from "../../support/redis.js";
import { suiteFor } from "../../support/require.js";
import { keepLog, PLACES, type Place, redisAt, redisPlace, UNHURRIED_MS, until } from "./places.js";

const HUGE = 52_000_000;

const HOUR = 3_600_000;

for (const { name, available, make } of PLACES) {
  suiteFor(
    `what is read of a job on ${name}`,
    available,
  )(() => {
    let place: Place;
    let store: Store;
    const workers: { close(): Promise<void> }[] = [];

    beforeAll(async () => {
      place = await make();
      store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    });
    afterEach(async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close()));
    });
    afterAll(async () => {
      await store?.close();
      await place?.dispose();
    });

    async function added(queue: string, id: string, bytes: number): Promise<void> {
      const one = store.queue<unknown>(queue);
      await one.add("work", {}, { jobId: id, delay: HOUR });
      await (await one.getJob(id))?.updateData({ text: "x".repeat(bytes) });
    }

    test("a job of 52 MB is not read, and says how large it is", async () => {
      await added("large", "j-large", HUGE);
      await added("large", "j-small", 10);
      const queue = store.queue("large");
      const job = await queue.getJob("j-large");
      expect(notReadOf(job?.data)).toEqual({ why: "too_large", bytes: expect.any(Number) });
      expect({ id: job?.id, name: job?.name, delay: job?.delay }).toEqual({
        id: "j-large",
        name: "work",
        delay: HOUR,
      });
      const all = await queue.getJobs(["delayed", "waiting"]);
      const notRead = all.map((one): [string, boolean] => [one.id ?? "", notReadOf(one.data) !== null]);
      expect(new Map(notRead)).toEqual(
        new Map([
          ["j-large", true],
          ["j-small", false],
        ]),
      );
    });

    test("a job as large as the bound is read", async () => {
      await added("bound", "j", MOST_BYTES - 2_000);
      expect(notReadOf((await store.queue("bound").getJob("j"))?.data)).toBeNull();
      await added("bound", "more", MOST_BYTES);
      expect(notReadOf((await store.queue("bound").getJob("more"))?.data)).not.toBeNull();
    });

    test("nothing is stored that could not be read again, and what was stored stays", async () => {
      const queue = store.queue<unknown>("written");
      const large = { text: "ä".repeat(MOST_BYTES / 2) };
      await expect(queue.add("work", large, { jobId: "j-new" })).rejects.toThrow(TooLargeError);
      expect(await queue.getJob("j-new")).toBeUndefined();
      await queue.add("work", { old: "data" }, { jobId: "j" });
      const refused: unknown[] = [];
      const worker = store.worker(
        "written",
        async (job, token) => {
          await updateOwned(job, token, large).catch((error: unknown) => refused.push(error));
        },
        CONTROL_WORKER_OPTIONS,
      );
      workers.push(worker);
      void worker.run();
      await until(() => refused.length === 1);
      expect(refused).toEqual([expect.any(TooLargeError)]);
      expect(String(refused[0])).toMatch(
        /j has grown to 8\.4 MB, more than could be read again\. It was not stored/,
      );
      expect((await queue.getJob("j"))?.data).toEqual({ old: "data" });
    });

    test("a worker is given a job of 52 MB without its data, also as the next one", async () => {
      const queue = store.queue("worked");
      await added("worked", "j-1", HUGE);
      await added("worked", "j-2", HUGE);
      await added("worked", "j-3", 10);
      const seen: StoreJob[] = [];
      const worker = store.worker("worked", async (job) => void seen.push(job), {
        ...CONTROL_WORKER_OPTIONS,
        lockDuration: 60_000,
      });
      workers.push(worker);
      for (const id of ["j-1", "j-2", "j-3"]) await (await queue.getJob(id))?.promote();
      void worker.run();
      await until(() => seen.length === 3);
      expect(new Map(seen.map((job) => [job.id, notReadOf(job.data)?.why]))).toEqual(
        new Map([
          ["j-1", "too_large"],
          ["j-2", "too_large"],
          ["j-3", undefined],
        ]),
      );
    });
  });
}

suiteFor(
  "what is read of a job on Redis that somebody has changed by hand",
  redisAvailable,
)(() => {
  let place: Place;
  let store: Store;
  let redis: Redis;

  beforeAll(async () => {
    place = await redisPlace();
    if (place.settings.kind !== "redis") throw new Error("not Redis");
    redis = new Redis(place.settings.url.reveal());
    store = await openStore(redisAt(place.settings.url.reveal()), keepLog(), UNHURRIED_MS);
  });
  afterAll(async () => {
    redis?.disconnect();
    await store?.close();
    await place?.dispose();
  });

  const CHANGES: readonly (readonly [what: string, change: (key: string) => Promise<unknown>])[] = [
    ["data that are no JSON", (key) => redis.hset(key, "data", "{broken")],
    ["options that are no JSON", (key) => redis.hset(key, "opts", "{broken")],
    ["a progress that is no JSON", (key) => redis.hset(key, "progress", "{broken")],
    [
      "thousands of fields",
      (key) => redis.hset(key, Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`f${at}`, at]))),
    ],
    [
      "a string in place of the hash",
      async (key) => {
        await redis.del(key);
        await redis.set(key, "hello");
      },
    ],
    [
      "a list in place of the hash",
      async (key) => {
        await redis.del(key);
        await redis.rpush(key, "a", "b");
      },
    ],
  ];

  test.for(CHANGES.map(([what, change], at) => ({ what, change, at })))(
    "$what make one job unreadable and no other",
    async ({ change, at }) => {
      const queue = store.queue(`hand-${at}`);
      await queue.add("work", { a: 1 }, { jobId: "j-whole", delay: HOUR });
      await queue.add("work", { a: 2 }, { jobId: "j-broken", delay: HOUR });
      await change(`{mesos}:hand-${at}:j-broken`);
      const jobs = await queue.getJobs(["delayed"]);
      const found = new Map(jobs.map((job) => [job.id ?? "", notReadOf(job.data)?.why ?? "read"]));
      expect(found).toEqual(
        new Map([
          ["j-whole", "read"],
          ["j-broken", "broken"],
        ]),
      );
      expect(notReadOf((await queue.getJob("j-broken"))?.data)).toEqual({ why: "broken", bytes: null });
    },
  );

  test.for(CHANGES.map(([what, change], at) => ({ what, change, at })))(
    "$what keep no other job from being run, and it stays in the queue (invariant 11)",
    async ({ change, at }) => {
      const name = `run-${at}`;
      const queue = store.queue(name, { oneAtATime: true });
      const ids = ["j-1", "j-broken", "j-2", "j-3"];
      for (const jobId of ids) await queue.add("work", { jobId }, { jobId, delay: 500, priority: 5 });
      await change(`{mesos}:${name}:j-broken`);
      const seen = new Map<string, string>();
      const run = async (job: StoreJob) => {
        seen.set(job.id ?? "", notReadOf(job.data)?.why ?? "read");
        if (notReadOf(job.data) !== null) throw new UnrecoverableError("not read");
      };
      const worker = store.worker(name, run, { ...CONTROL_WORKER_OPTIONS, removeOnComplete: { count: 0 } });
      void worker.run();
      await until(() => seen.size === ids.length);
      expect(Object.fromEntries(seen)).toEqual({
        "j-1": "read",
        "j-2": "read",
        "j-3": "read",
        "j-broken": "broken",
      });
      const failed = await until(async () => (await queue.getJobs(["failed"]))[0]);
      expect(failed.id).toBe("j-broken");
      await worker.close();
    },
  );

  test("nothing of a job of 52 MB goes over the wire when jobs are listed", async () => {
    const queue = store.queue<unknown>("wire");
    await queue.add("work", {}, { jobId: "j", delay: HOUR });
    await redis.hset("{mesos}:wire:j", "data", JSON.stringify("x".repeat(HUGE)));
    const sent = async () => Number(/total_net_output_bytes:(\d+)/.exec(await redis.info("stats"))?.[1]);
    const before = await sent();
    expect(await queue.getJobs(["delayed", "waiting", "active", "prioritized", "failed"])).toHaveLength(1);
    expect((await sent()) - before).toBeLessThan(100_000);
  });
});

describe("BullMQ's own statements", () => {
  const BULLMQ = join(import.meta.dirname, "../../../node_modules/bullmq/dist/esm");

  /** What reads a hash that is no job's data, in scripts that BullMQ (6.7) has. */
  const OF_OTHERS = /HGETALL", (?:jobSchedulerKey|members\[i\]|jobKey \.\. ":\w+")\)/;

  test("no script of BullMQ reads a job whole", () => {
    const folder = join(BULLMQ, "scripts");
    const files = readdirSync(folder).filter((file) => /-\d+\.js$/.test(file));
    const texts = files.map((file) => readFileSync(join(folder, file), "utf8"));
    const bounded = texts.map(boundedScript);
    const left = bounded.flatMap((text) => text.split("\n").filter((line) => line.includes('"HGETALL"')));
    const whole = left.filter(
      (line) => !OF_OTHERS.test(line) && !line.includes('return redis.call("HGETALL", key)'),
    );
    expect(whole).toEqual([]);
    expect(bounded.filter((text) => text.includes("readJob(jobKey)"))).toHaveLength(3);
    expect(bounded.filter((text) => /local rcall = redis\.call\b/.test(text))).toEqual([]);
  });

  test("no statement of BullMQ reads a job whole", () => {
    const text = readFileSync(join(BULLMQ, "postgres/sql-scripts.js"), "utf8");
    const statements = [...text.matchAll(/"(\w+\.sql)": ("(?:[^"\\]|\\.)*")/g)].map(
      ([, file, quoted]): [string, string] => [file ?? "", JSON.parse(quoted ?? '""') as string],
    );
    const ours = statements.filter(([file]) => !/^\d/.test(file));
    const bounded = ours.filter(([, sql]) => boundedStatement(sql) !== sql).map(([file]) => file);
    expect(bounded.sort()).toEqual([
      "get_job_data.sql",
      "move_to_active.sql",
      "move_to_completed_fetch.sql",
      "move_to_failed_fetch.sql",
    ]);
    const left = ours.filter(([, sql]) => /SELECT \* FROM (?:job\b|move_)/.test(boundedStatement(sql)));
    expect(left.map(([file]) => file)).toEqual([]);
  });
});
