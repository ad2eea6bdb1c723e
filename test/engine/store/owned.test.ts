import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CONTROL_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { LockLostError, updateOwned } from "../../../src/engine/store/owned.js";
import {
  type Store,
  type StoreJob,
  type StoreProcessor,
  type StoreWorkerOptions,
  wake,
} from "../../../src/engine/store/store.js";
import { redisAvailable } from "../../support/redis.js";
import { suiteFor } from "../../support/require.js";
import { keepLog, PLACES, type Place, redisAt, redisPlace, UNHURRIED_MS, until } from "./places.js";
import { startRelay } from "./relay.js";

/** Everything that a store could write in another way than BullMQ does. */
const AWKWARD = {
  text: 'käfer \u{1f6e0} "quoted" \\ \n line',
  int64: "9223372036854775807",
  number: 1.5e-7,
  nothing: null,
  left: undefined,
  nested: [{ a: [] }, {}],
};

const HOUR = 3_600_000;

/** A worker that dies without a word: its lock runs out soon, and others look for it often. */
const DYING = { skipLockRenewal: true, lockDuration: 1_500, stalledInterval: 50, concurrency: 3 };

/** Resolves when it is told to. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** What a rejected promise was rejected with. */
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "was not refused",
    (error: unknown) => error,
  );

for (const { name, available, make } of PLACES) {
  suiteFor(
    `a write under the lock of a job on ${name} (invariant 8)`,
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

    function run(
      queue: string,
      processor: StoreProcessor<unknown, unknown>,
      options: StoreWorkerOptions = {},
    ) {
      const worker = store.worker(queue, processor, { ...CONTROL_WORKER_OPTIONS, ...options });
      workers.push(worker);
      void worker.run();
    }

    const ended = (queue: string, id: string): Promise<StoreJob> =>
      until(async () => {
        const job = await store.queue(queue).getJob(id);
        return job?.finishedOn ? job : undefined;
      });

    test("a write under the lock stores exactly what BullMQ's own updateData stores", async () => {
      const queue = store.queue("same");
      run("same", async (job, token) => {
        if (job.id === "ours") await updateOwned(job, token, AWKWARD);
        else await job.updateData(AWKWARD);
        return JSON.stringify(job.data);
      });
      for (const jobId of ["ours", "theirs"])
        await queue.add("work", { old: "data" }, { jobId, priority: 10 });
      const [ours, theirs] = [await ended("same", "ours"), await ended("same", "theirs")];
      expect(ours.failedReason).toBeUndefined();
      expect(ours.data).toEqual(theirs.data);
      expect(ours.data).toEqual(JSON.parse(JSON.stringify(AWKWARD)));
      expect(ours.returnvalue).toBe(theirs.returnvalue);
      if (place.settings.kind !== "redis") return;
      const redis = new Redis(place.settings.url.reveal());
      const [mine, bulls] = await Promise.all(
        ["ours", "theirs"].map((id) => redis.hgetall(`{mesos}:same:${id}`)),
      );
      redis.disconnect();
      expect(mine?.data).toBe(bulls?.data);
      expect(Object.keys(mine ?? {}).sort()).toEqual(Object.keys(bulls ?? {}).sort());
    });

    test("a write under the lock renews the lock: a job that has just written is not taken for one of a dead worker", async () => {
      const queue = store.queue("renewed");
      const takenUp = gate();
      run(
        "renewed",
        async (job, token) => {
          if (job.id === "dead" && job.attemptsStarted > 1) return takenUp.open();
          if (job.id === "alive") await updateOwned(job, token, { written: true });
          await takenUp.opened;
        },
        DYING,
      );
      await queue.add("work", {}, { jobId: "alive" });
      await queue.add("work", {}, { jobId: "dead" });
      await takenUp.opened;
      expect(await ended("renewed", "alive")).toMatchObject({ attemptsStarted: 1, data: { written: true } });
    });

    test("a write under the lock writes nothing once another worker runs the job", async () => {
      const [successorWrote, release] = [gate(), gate()];
      let late: unknown;
      run(
        "taken",
        async (job, token) => {
          if (job.attemptsStarted > 1) {
            await updateOwned(job, token, { by: "the successor" });
            successorWrote.open();
            return await release.opened;
          }
          await successorWrote.opened;
          late = await refusal(updateOwned(job, token, { by: "the late one" }));
          release.open();
        },
        DYING,
      );
      await store.queue("taken").add("work", { by: "nobody" }, { jobId: "m-1" });
      await release.opened;
      expect(late).toBeInstanceOf(LockLostError);
      expect((await ended("taken", "m-1")).data).toEqual({ by: "the successor" });
    });

    describe("for a decision, which writes another job's record", () => {
      /** Runs a decision on the record `m-1`, which waits, and tells what became of its write. */
      async function decide(queue: string, before: (job: StoreJob, token: string) => Promise<unknown>) {
        await store.queue(queue).add("record", { by: "nobody" }, { jobId: "m-1", delay: HOUR });
        const record = await store.queue(queue).getJob("m-1");
        if (record === undefined) throw new Error("the record is gone");
        const outcome = new Promise<unknown>((resolve) => {
          run(queue, async (job, token) => {
            await before(job, token);
            resolve(await refusal(updateOwned(job, token, { by: "the decision" }, record)));
          });
        });
        await store.queue(queue).add("decision", { approve: true }, { jobId: "d-1" });
        return { said: await outcome, record };
      }

      test("a decision's write writes the record and leaves the decision as it is", async () => {
        const { record } = await decide("decided", async () => undefined);
        expect(record.data).toEqual({ by: "the decision" });
        expect((await store.queue("decided").getJob("m-1"))?.data).toEqual({ by: "the decision" });
        expect((await ended("decided", "d-1")).data).toEqual({ approve: true });
      });

      test("a decision's write writes nothing when the decision's own lock is lost", async () => {
        const { said, record } = await decide("undecided", (job, token) =>
          job.moveToDelayed(Date.now() + HOUR, token),
        );
        expect(said).toBeInstanceOf(LockLostError);
        expect(record.data).toEqual({ by: "nobody" });
        expect((await store.queue("undecided").getJob("m-1"))?.data).toEqual({ by: "nobody" });
      });

      test("a decision's write says that the record was removed, and does not make a new one", async () => {
        const { said } = await decide("removed", async () => {
          await (await store.queue("removed").getJob("m-1"))?.remove();
        });
        expect(String(said)).toContain("m-1 was removed from the queue");
        expect(await store.queue("removed").getJob("m-1")).toBeUndefined();
      });
    });

    test("a decision's write is refused to whoever does not run the job", async () => {
      const job = await store.queue("idle").add("work", { by: "nobody" }, { jobId: "m-1" });
      await expect(updateOwned(job, "0", { by: "a stranger" })).rejects.toThrow("Nothing was written");
    });
  });
}

suiteFor(
  "a worker that is cut off from Redis in the middle of a write",
  redisAvailable,
)(() => {
  test("a worker that was cut off overwrites nothing of its successor's when it comes back (invariant 8)", async () => {
    const place = await redisPlace();
    const relay = await startRelay(Number(new URL(place.argument.split(" ")[1] ?? "").port));
    const cutOff = await openStore(redisAt(`redis://127.0.0.1:${relay.port}`), keepLog(), UNHURRIED_MS);
    const successor = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    const options = { ...CONTROL_WORKER_OPTIONS, skipLockRenewal: true, stalledInterval: HOUR };
    try {
      const started = gate();
      const wrote = gate();
      let token = "";
      const first = cutOff.worker<unknown>(
        "cut",
        async (job, its) => {
          token = its;
          relay.holdAfterNextRequest();
          const write = refusal(updateOwned(job, token, { by: "the one cut off" }));
          started.open();
          await write;
          wrote.open();
        },
        options,
      );
      const running = first.run();
      const queue = successor.queue("cut");
      await queue.add("work", { by: "nobody" }, { jobId: "m-1" });
      await started.opened;

      // As after a cut that lasted longer than the lock: the job is free, and another worker runs it.
      const job = await until(() => queue.getJob("m-1"));
      await until(
        async () => (await refusal(job.moveToDelayed(Date.now() + HOUR, token))) === "was not refused",
      );
      const next = successor.worker<unknown>(
        "cut",
        async (mine, its) => updateOwned(mine, its, { by: "the successor" }),
        options,
      );
      void next.run();
      await wake(job);
      await until(async () => (await queue.getJob("m-1"))?.finishedOn);

      relay.letGo();
      await wrote.opened;
      expect((await queue.getJob("m-1"))?.data).toEqual({ by: "the successor" });
      await first.close();
      await running;
    } finally {
      await Promise.all([cutOff.close(true), successor.close(true)]);
      await relay.close();
      await place.dispose();
    }
  });
});
