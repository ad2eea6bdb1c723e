import { DelayedError, RateLimitError, UnrecoverableError } from "bullmq";
import { describe, expect, onTestFinished, test } from "vitest";
import { MAINTENANCE_JOB_OPTIONS, SHORT_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { NOTIFY_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { proveOwned, updateOwned } from "../../../src/engine/store/owned.js";
import {
  keepWhenDone,
  type Store,
  type StoreJob,
  type StoreProcessor,
  wake,
} from "../../../src/engine/store/store.js";
import { embeddedPlace, keepLog, UNHURRIED_MS } from "../store/places.js";
import { type Course, REAL_TIME, StepByStep } from "./course.js";
import { MemoryStore } from "./memory-store.js";
import { TestClock } from "./test-clock.js";

const HOUR = 3_600_000;

interface Bench {
  readonly store: Store;
  readonly course: Course;
  now(): number;
}

const BENCHES: readonly { readonly name: string; make(): Promise<Bench> }[] = [
  {
    name: "the store in memory",
    async make() {
      const clock = new TestClock();
      const store = new MemoryStore(clock.now);
      return { store, course: new StepByStep(store, clock), now: clock.now };
    },
  },
  {
    name: "the embedded store",
    async make() {
      const place = await embeddedPlace();
      onTestFinished(() => place.dispose());
      const store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
      onTestFinished(() => store.close());
      return { store, course: REAL_TIME, now: Date.now };
    },
  },
];

/** Runs a lane; tells which jobs were run, in their order, and which runs failed. */
function run({ store }: Bench, queue: string, processor: StoreProcessor<unknown, unknown>, options = {}) {
  const ran: string[] = [];
  const failed: { id: string; isOver: boolean }[] = [];
  const worker = store.worker<unknown, unknown>(
    queue,
    async (job, token, signal) => {
      ran.push(job.id ?? "");
      return await processor(job, token, signal);
    },
    options,
  );
  worker.on("failed", (job) => failed.push({ id: job?.id ?? "", isOver: job?.finishedOn !== undefined }));
  void worker.run();
  onTestFinished(() => worker.close());
  return { ran, failed };
}

const nothing = async () => undefined;

test("a name is taken in memory until its time is over, as in the stores (claim.test.ts)", async () => {
  const clock = new TestClock();
  const store = new MemoryStore(clock.now);
  expect(await store.claim("one", 1_000)).toBe(true);
  clock.moveOn(999);
  expect(await store.claim("one", 1_000)).toBe(false);
  clock.moveOn(1);
  expect(await store.claim("one", 1_000)).toBe(true);
});

/** Each of these is what the engine relies on, and is the same with a clock of the test's as with a database. */
describe.each(BENCHES)("$name", ({ make }) => {
  test("runs what has no priority first, and what came first before what came later", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane", { oneAtATime: true });
    for (const jobId of ["m-1", "m-2"]) await queue.add("maintenance", {}, { jobId, priority: 10 });
    for (const jobId of ["d-1", "d-2"]) await queue.add("decision", {}, { jobId });
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 2, prioritized: 2, delayed: 0 });
    const { ran } = run(bench, "lane", nothing);
    await bench.course.until("all have run", () => ran.length === 4);
    expect(ran).toEqual(["d-1", "d-2", "m-1", "m-2"]);
  });

  test("keeps the priority that a job was given while it ran, also when it waits again", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane", { oneAtATime: true });
    let jobs: readonly (StoreJob | undefined)[] = [];
    const { ran } = run(bench, "lane", async (job, token) => {
      // It holds the lane until both wait for their turn.
      if (job.id === "d-1") for (const one of jobs) await wake(one as StoreJob);
      if (ran.length > 2) return;
      if (job.id === "m-1") await job.changePriority({ priority: 10 });
      await job.moveToDelayed(bench.now() + HOUR, token);
      throw new DelayedError();
    });
    for (const jobId of ["m-1", "m-2"]) await queue.add("maintenance", {}, { jobId, priority: 5 });
    await bench.course.until("both wait", async () => (await queue.getJobCounts()).delayed === 2);
    jobs = await Promise.all(["m-1", "m-2"].map((id) => queue.getJob(id)));
    expect(jobs.map((job) => job?.priority)).toEqual([10, 5]);
    await queue.add("decision", {}, { jobId: "d-1" });
    await bench.course.until("all have run", () => ran.length === 5);
    expect(ran.slice(2)).toEqual(["d-1", "m-2", "m-1"]);
  });

  test("takes the same id twice as one job, keeps what is done or forgets it as it was told, and frees the id", async () => {
    const bench = await make();
    const queue = bench.store.queue<{ n: number }>("lane");
    await queue.add("kept", { n: 1 }, { ...MAINTENANCE_JOB_OPTIONS, jobId: "kept" });
    await queue.add("kept", { n: 2 }, { ...MAINTENANCE_JOB_OPTIONS, jobId: "kept" });
    await queue.add("short", { n: 1 }, { ...SHORT_JOB_OPTIONS, jobId: "short" });
    const { ran } = run(bench, "lane", nothing);
    await bench.course.until("both are done", async () => {
      const kept = await queue.getJob("kept");
      return (await kept?.isCompleted()) && (await queue.getJob("short")) === undefined;
    });
    expect((await queue.getJob("kept"))?.data).toEqual({ n: 1 });
    expect((await queue.getJobs(["completed"], 0, 9, false)).map(({ id }) => id)).toEqual(["kept"]);
    await queue.add("short", { n: 2 }, { ...SHORT_JOB_OPTIONS, jobId: "short" });
    await bench.course.until("the free id runs again", () => ran.length === 3);
    expect(ran.filter((id) => id === "short")).toHaveLength(2);
  });

  test("keeps of a completed job what its run says, and gives up completed jobs by the age it says", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane");
    run(bench, "lane", async (job) =>
      keepWhenDone(job, job.name === "none" ? "nothing" : { forMs: job.name === "long" ? 100 * HOUR : 0 }),
    );
    const end = async (name: string) => {
      await queue.add(name, {}, { ...MAINTENANCE_JOB_OPTIONS, jobId: name });
      await bench.course.until(`${name} is done`, async () => {
        const { prioritized, active } = await queue.getJobCounts();
        return prioritized === 0 && active === 0;
      });
      return (await queue.getJobs(["completed"], 0, -1, true)).map(({ id }) => id);
    };
    expect(await end("long")).toEqual(["long"]);
    expect(await end("none")).toEqual(["long"]);
    expect(await end("short")).toEqual([]);
  });

  test("gives a page of what waits from the newest on, and forgets what is removed", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane");
    for (const jobId of ["a", "b", "c", "d"]) await queue.add("kept", {}, { jobId });
    const page = async (from: number, to: number) =>
      (await queue.getJobs(["waiting"], from, to, false)).map(({ id }) => id);
    expect(await page(0, 1)).toEqual(["d", "c"]);
    expect(await page(2, -1)).toEqual(["b", "a"]);
    await (await queue.getJob("c"))?.remove();
    expect(await page(0, -1)).toEqual(["d", "b", "a"]);
  });

  test("runs a delayed job at its time and not before, and at once when it is woken", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane");
    const due = bench.now() + 400;
    const at: number[] = [];
    const { ran } = run(bench, "lane", async (job, token) => {
      at.push(bench.now());
      if (at.length === 3) return;
      await job.moveToDelayed(at.length === 1 ? due : bench.now() + HOUR, token);
      throw new DelayedError();
    });
    await queue.add("tick", {}, { jobId: "m-1" });
    await bench.course.until("it has run again", async () => {
      return ran.length === 2 && (await (await queue.getJob("m-1"))?.isDelayed());
    });
    expect(at[1]).toBeGreaterThanOrEqual(due - 1);
    const job = (await queue.getJob("m-1")) as StoreJob;
    expect(job.attemptsStarted).toBe(2);
    const before = bench.now();
    expect(await wake(job)).toBe(true);
    await bench.course.until("it is done", async () => (await queue.getJob("m-1"))?.finishedOn);
    expect((at[2] ?? 0) - before).toBeLessThan(HOUR);
    expect(await wake(job)).toBe(false);
  });

  test("tries what failed again as often as it was told, and gives up at once what cannot be mended", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane");
    const { ran, failed } = run(bench, "lane", async (job) => {
      throw job.id === "never" ? new UnrecoverableError("never") : new Error("not now");
    });
    const backoff = { type: "exponential", delay: 1 };
    await queue.add("work", {}, { jobId: "never", attempts: 5, backoff });
    await queue.add("work", {}, { jobId: "tried", attempts: 3, backoff, removeOnFail: true });
    await bench.course.until("both are given up", () => failed.filter(({ isOver }) => isOver).length === 2);
    expect(ran.filter((id) => id === "tried")).toHaveLength(3);
    expect(ran.filter((id) => id === "never")).toHaveLength(1);
    expect(failed.filter(({ id }) => id === "tried").map(({ isOver }) => isOver)).toEqual([
      false,
      false,
      true,
    ]);
    const never = (await queue.getJobs(["failed"])).find(({ id }) => id === "never");
    await bench.course.until(
      "the other is forgotten",
      async () => (await queue.getJob("tried")) === undefined,
    );
    await never?.retry("failed");
    await bench.course.until("it is tried again", () => ran.filter((id) => id === "never").length === 2);
  });

  test("writes for the job that runs, as JSON, and for none whose lock is gone (invariant 8)", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane");
    const refused: string[] = [];
    const seen: unknown[] = [];
    run(bench, "lane", async (job, token, signal) => {
      const prove = () => proveOwned(job, token, signal, bench.now);
      if (job.id === "d-1") {
        const record = (await queue.getJob("m-1")) as StoreJob;
        await updateOwned(job, token, { by: "the decision", left: undefined }, record);
        return;
      }
      await prove();
      await updateOwned(job, token, { by: "the tick" });
      seen.push((await queue.getJob("m-1"))?.data);
      await job.moveToDelayed(bench.now() + HOUR, token);
      for (const late of [updateOwned(job, token, { by: "too late" }), prove()])
        await late.catch((error: Error) => refused.push(error.name));
      throw new DelayedError();
    });
    await queue.add("maintenance", { by: "nobody" }, { jobId: "m-1" });
    const before = (await queue.getJob("m-1")) as StoreJob;
    await bench.course.until("the tick is over", async () => refused.length === 2);
    expect(refused).toEqual(["LockLostError", "LockLostError"]);
    expect(seen).toEqual([{ by: "the tick" }]);
    // A job is what it was when it was asked for.
    expect(before.data).toEqual({ by: "nobody" });
    await queue.add("decision", {}, { jobId: "d-1" });
    await bench.course.until("the decision is done", async () => (await queue.getJob("d-1"))?.finishedOn);
    expect((await queue.getJob("m-1"))?.data).toEqual({ by: "the decision" });
  });

  test("holds a whole lane up as long as it was told, and the job that met the limit stays in line", async () => {
    const bench = await make();
    const queue = bench.store.queue("lane");
    let freeAtMs = 0;
    const at: number[] = [];
    const options = { ...NOTIFY_WORKER_OPTIONS, concurrency: 1 };
    const { ran } = run(
      bench,
      "lane",
      async () => {
        at.push(bench.now());
        if (freeAtMs > 0) return;
        freeAtMs = bench.now() + 400;
        await queue.rateLimit(400);
        throw new RateLimitError();
      },
      options,
    );
    for (const jobId of ["first", "second"]) await queue.add("card", {}, { jobId });
    await bench.course.until("all have run", () => ran.length === 3);
    expect(ran.toSorted()).toEqual(["first", "first", "second"]);
    for (const ms of at.slice(1)) expect(ms).toBeGreaterThanOrEqual(freeAtMs - 5);
  });
});
