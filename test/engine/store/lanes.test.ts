import { DelayedError, type Queue, RateLimitError } from "bullmq";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { THREAD_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { CONTROL_WORKER_OPTIONS, NOTIFY_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { updateOwned } from "../../../src/engine/store/owned.js";
import {
  type Store,
  type StoreProcessor,
  type StoreWorker,
  type StoreWorkerOptions,
  wake,
} from "../../../src/engine/store/store.js";
import { suiteFor } from "../../support/require.js";
import { keepLog, PLACES, type Place, UNHURRIED_MS, until } from "./places.js";

const HOUR = 3_600_000;

for (const { name, available, make } of PLACES) {
  suiteFor(
    `lanes on ${name}`,
    available,
  )(() => {
    let place: Place;
    let store: Store;
    const log = keepLog();
    const workers: StoreWorker[] = [];

    beforeAll(async () => {
      place = await make();
      store = await openStore(place.settings, log, UNHURRIED_MS);
    });
    afterEach(async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close()));
    });
    afterAll(async () => {
      await store?.close();
      await place?.dispose();
    });

    function run<D, R>(
      queue: string,
      processor: StoreProcessor<D, R>,
      options: StoreWorkerOptions = {},
    ): StoreWorker<D, R> {
      const worker = store.worker<D, R>(queue, processor, { ...CONTROL_WORKER_OPTIONS, ...options });
      void worker.run();
      workers.push(worker as unknown as StoreWorker);
      return worker;
    }

    test("a lane runs one job at a time for the whole installation, loses no decision and no tick (invariant 8)", async () => {
      interface Data {
        ticks: number;
        decisions: string[];
      }
      const DECISIONS = 12;
      const queue = store.queue<Data>("control-one");
      await queue.setGlobalConcurrency(1);
      let running = 0;
      let most = 0;
      const process: StoreProcessor<Data, unknown> = async (job, token) => {
        running += 1;
        most = Math.max(most, running);
        try {
          // Longer than a look at the store takes, so that two at once would be seen.
          await new Promise((resolve) => setTimeout(resolve, 15));
          if (job.name === "decision") {
            const record = await queue.getJob("m-1");
            if (!record) throw new Error("the record is gone");
            const decided = { ...record.data, decisions: [...record.data.decisions, job.id ?? ""] };
            await updateOwned(job, token, decided, record);
            await wake(record);
            return undefined;
          }
          const data = { ...job.data, ticks: job.data.ticks + 1 };
          await updateOwned(job, token, data);
          if (data.decisions.length === DECISIONS) return data;
          // Every other time only a decision can wake it.
          await job.moveToDelayed(Date.now() + (data.ticks % 2 === 0 ? 20 : HOUR), token);
          throw new DelayedError();
        } finally {
          running -= 1;
        }
      };
      for (let n = 0; n < 3; n += 1) run("control-one", process);
      await queue.add("maintenance", { ticks: 0, decisions: [] }, { jobId: "m-1", priority: 10 });
      const ids = Array.from({ length: DECISIONS }, (_, n) => `d-${n}`);
      for (let round = 0; round < 4; round += 1) {
        const before = (await queue.getJob("m-1"))?.data.ticks ?? 0;
        const decisions = ids.slice(round * 3, round * 3 + 3);
        await Promise.all(
          decisions.map((jobId) => queue.add("decision", { ticks: 0, decisions: [] }, { jobId })),
        );
        await until(async () => ((await queue.getJob("m-1"))?.data.ticks ?? 0) > before);
      }
      const record = await until(async () => {
        const job = await queue.getJob("m-1");
        return job?.finishedOn ? job : undefined;
      });
      expect([...record.data.decisions].sort()).toEqual([...ids].sort());
      expect(record.failedReason).toBeUndefined();
      expect(record.data.ticks).toBeGreaterThanOrEqual(4);
      expect(most).toBe(1);
    });

    test("a lane runs one job at a time also after the store was emptied under its workers (invariant 8)", async () => {
      const queue = store.queue<object>("control-emptied", { oneAtATime: true });
      const ran: string[] = [];
      let running = 0;
      let most = 0;
      const process: StoreProcessor<object, void> = async (job) => {
        running += 1;
        most = Math.max(most, running);
        // Longer than a look at the store takes, so that two at once would be seen.
        await new Promise((resolve) => setTimeout(resolve, 15));
        running -= 1;
        ran.push(job.id ?? "");
      };
      for (let n = 0; n < 3; n += 1) run("control-emptied", process);
      await queue.add("decision", {}, { jobId: "before" });
      const before = await until(async () => {
        const job = await queue.getJob("before");
        return job?.finishedOn ? job : undefined;
      });
      expect(before.failedReason).toBeUndefined();

      await (queue as unknown as Queue).obliterate({ force: true });
      const ids = Array.from({ length: 6 }, (_, n) => `after-${n}`);
      await Promise.all(ids.map((jobId) => queue.add("decision", {}, { jobId })));
      await until(() => ran.length === 7);
      expect([...ran].sort()).toEqual([...ids, "before"].sort());
      expect(most).toBe(1);
    });

    test("a lane runs decisions, which have no priority, before the long-lived job", async () => {
      const queue = store.queue<object>("control-order");
      await queue.setGlobalConcurrency(1);
      await queue.add("maintenance", {}, { jobId: "m-1", priority: 10 });
      await queue.add("decision", {}, { jobId: "d-1" });
      await queue.add("decision", {}, { jobId: "d-2" });
      const order: string[] = [];
      run("control-order", async (job) => void order.push(job.id ?? ""));
      await until(() => order.length === 3);
      expect(order).toEqual(["d-1", "d-2", "m-1"]);
    });

    test("a lane keeps the last stack traces only of a job that fails for weeks", async () => {
      const queue = store.queue<object>("failing");
      let tries = 0;
      run("failing", async () => {
        tries += 1;
        if (tries < 6) throw new Error(`try ${tries}`);
      });
      await queue.add("thread", {}, { ...THREAD_JOB_OPTIONS, backoff: 1, jobId: "t-1" });
      await until(async () => (await queue.getJob("t-1"))?.finishedOn);
      const stacks = (await queue.getJob("t-1"))?.stacktrace ?? [];
      expect(stacks.map((stack) => /try \d/.exec(stack)?.[0])).toEqual(["try 3", "try 4", "try 5"]);
    });

    test("a lane takes the same id twice as one job, also after it is done", async () => {
      const queue = store.queue<{ n: number }>("twice");
      const ran: number[] = [];
      await queue.add("click", { n: 1 }, { jobId: "approve-m-1-b1-U1" });
      const second = await queue.add("click", { n: 2 }, { jobId: "approve-m-1-b1-U1" });
      run<{ n: number }, void>("twice", async (job) => void ran.push(job.data.n));
      await until(async () => (await queue.getJob(second.id ?? ""))?.finishedOn);
      await queue.add("click", { n: 3 }, { jobId: "approve-m-1-b1-U1" });
      await queue.add("click", { n: 4 }, { jobId: "approve-m-1-b1-U2" });
      await until(async () => (await queue.getJob("approve-m-1-b1-U2"))?.finishedOn);
      expect(ran).toEqual([1, 4]);
    });

    test("a lane wakes a delayed job at its time, not before, and at once when it is promoted", async () => {
      const queue = store.queue<object>("wake");
      const ran: { id: string; at: number }[] = [];
      const due = Date.now() + 300;
      run("wake", async (job, token) => {
        ran.push({ id: job.id ?? "", at: Date.now() });
        if (job.id === "first" && ran.length === 1) {
          await job.moveToDelayed(due, token);
          throw new DelayedError();
        }
      });
      await queue.add("tick", {}, { jobId: "first" });
      await until(() => ran.length === 2);
      expect(ran[1]?.at).toBeGreaterThanOrEqual(due - 1);

      const later = await queue.add("tick", {}, { jobId: "in an hour", delay: HOUR });
      expect(await wake(later)).toBe(true);
      await until(() => ran.length === 3);
      expect(await wake(later)).toBe(false);
    });

    test("the store refuses to write for a job whose lock is gone, and tells its processor", async () => {
      const queue = store.queue<{ by: string }>("lost");
      await queue.add("record", { by: "nobody" }, { jobId: "m-1" });
      const outcome = await new Promise<{ error: unknown; aborted: boolean }>((resolve) => {
        run<{ by: string }, void>(
          "lost",
          async (job, token, signal) => {
            if (job.attemptsStarted > 1) return;
            // Somebody else takes the job over, as after a cut that lasted longer than the lock.
            await job.moveToDelayed(Date.now() + HOUR, token);
            await new Promise((gone) => signal.addEventListener("abort", gone));
            const error = await updateOwned(job, token, { by: "the old one" }).catch(
              (caught: unknown) => caught,
            );
            resolve({ error, aborted: signal.aborted });
            throw new DelayedError();
          },
          { lockDuration: 300, lockRenewTime: 100 },
        );
      });
      expect(outcome.error).toMatchObject({ name: "LockLostError" });
      expect(String(outcome.error)).toContain("Nothing was written");
      expect(outcome.aborted).toBe(true);
      expect((await queue.getJob("m-1"))?.data.by).toBe("nobody");
    });

    test("a lane fails no record for its workers' crashes, however many (invariant 11)", async () => {
      const queue = store.queue<object>("stalls");
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      // A processor that never renews its lock and never ends is what a killed worker leaves behind.
      const dead = { concurrency: 5, skipLockRenewal: true, lockDuration: 50, stalledInterval: 50 };
      await queue.add("record", {}, { jobId: "m-1" });
      run("stalls", (job) => (job.attemptsStarted < 4 ? held : Promise.resolve()), dead);
      const record = await until(async () => {
        const job = await queue.getJob("m-1");
        return job?.finishedOn ? job : undefined;
      });
      release();
      expect(record.failedReason).toBeUndefined();
      // On a slow machine the last run may have been taken for a crashed one as well.
      expect(record.attemptsStarted).toBeGreaterThanOrEqual(4);
    });

    test("a lane stops every worker of a rate-limited lane for the time, and delays one job alone", async () => {
      const queue = store.queue<object>("notify");
      const ran: { id: string; at: number }[] = [];
      let freeAt = 0;
      const process: StoreProcessor<object, void> = async (job, token) => {
        ran.push({ id: job.id ?? "", at: Date.now() });
        if (job.id === "limited" && freeAt === 0) {
          freeAt = Date.now() + 400;
          await queue.rateLimit(400);
          throw new RateLimitError();
        }
        if (job.id === "alone" && ran.filter(({ id }) => id === "alone").length === 1) {
          await job.moveToDelayed(Date.now() + 100, token);
          throw new DelayedError();
        }
      };
      const options = { ...NOTIFY_WORKER_OPTIONS, concurrency: 1 };
      const first = run("notify", process, options);
      await queue.add("card", {}, { jobId: "limited" });
      await until(() => freeAt > 0);
      run("notify", process, options);
      await queue.add("card", {}, { jobId: "behind" });
      await queue.add("card", {}, { jobId: "alone" });
      await until(() => ran.filter(({ id }) => id === "alone").length === 2);
      await until(() => ran.filter(({ id }) => id === "limited").length === 2);
      const after = ran.slice(1);
      expect(after.every(({ at }) => at >= freeAt - 5)).toBe(true);
      expect(after.map(({ id }) => id).sort()).toEqual(["alone", "alone", "behind", "limited"]);
      expect(first.isRunning()).toBe(true);
    });

    test("a job that failed holds no secret in its words", async () => {
      new Secret("corr3ct-h0rse");
      const queue = store.queue<object>("fails");
      run("fails", async () => {
        throw new Error("cannot log in with corr3ct-h0rse");
      });
      await queue.add("job", {}, { jobId: "j-1" });
      const job = await until(async () => {
        const found = await queue.getJob("j-1");
        return found?.failedReason ? found : undefined;
      });
      expect(job.failedReason).toBe("cannot log in with [secret]");
      expect(JSON.stringify(job.stacktrace)).not.toContain("corr3ct-h0rse");
    });

    test("the store answers a ping while it is open", async () => {
      expect(await store.tryWrite()).toBe(true);
    });

    test("the store logged no trouble in all of this but the lost lock", () => {
      const said = log.lines
        .filter(({ level }) => level !== "info")
        .map(({ fields }) => JSON.stringify(fields));
      expect(said.filter((line) => !/lock|append-only/i.test(line))).toEqual([]);
    });
  });
}
