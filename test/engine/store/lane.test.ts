import { afterEach, expect, test } from "vitest";
import type { Lane } from "../../../src/engine/store/lane.js";
import { CONTROL_WORKER_OPTIONS, NOTIFY_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import type { StoreProcessor, StoreWorker, StoreWorkerOptions } from "../../../src/engine/store/store.js";
import { suiteFor } from "../../support/require.js";
import { PLACES, until } from "./places.js";
import { useStore } from "./use-store.js";

const nothing: StoreProcessor<unknown, void> = async () => undefined;

for (const { name, available, make } of PLACES) {
  suiteFor(
    `what a lane could take on ${name}`,
    available,
  )(() => {
    const store = useStore(make);
    const workers: StoreWorker<unknown, void>[] = [];
    afterEach(async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close()));
    });

    function run(queue: string, processor = nothing, options: StoreWorkerOptions = CONTROL_WORKER_OPTIONS) {
      const worker = store().worker(queue, processor, options);
      workers.push(worker);
      void worker.run();
      return worker;
    }

    const laneOf = (queue: string): Lane => {
      const lane = store()
        .lanes()
        .find((one) => one.name === queue);
      if (lane === undefined) throw new Error(`There is no lane ${queue}.`);
      return lane;
    };

    /** A lane that has run one job and then stands still, as one whose connection hangs does. */
    async function still(queue: string, options?: StoreWorkerOptions): Promise<Lane> {
      const worker = run(queue, nothing, options);
      await store().queue(queue).add("work", {});
      const lane = laneOf(queue);
      await until(() => lane.taken() === 1 && lane.running() === 0);
      await worker.pause();
      return lane;
    }

    test("is what waits, and what is delayed and due, until it takes it", async () => {
      const lane = await still("due");
      const queue = store().queue("due");
      expect(await lane.waiting()).toBe(0);
      await queue.add("work", {}, { delay: 3_600_000 });
      expect(await lane.waiting()).toBe(0);
      await queue.add("work", {});
      await queue.add("work", {}, { priority: 5 });
      await queue.add("work", {}, { delay: 1 });
      await until(async () => (await lane.waiting()) === 3);
    });

    test("is nothing while all of its places are taken", async () => {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      run("full", () => ended);
      const lane = laneOf("full");
      for (let n = 0; n < 3; n += 1) await store().queue("full").add("work", {});
      await until(() => lane.running() === 1);
      expect(await lane.waiting()).toBe(0);
      end();
      await until(() => lane.taken() === 3);
    });

    test("is nothing while another one runs a job of a queue that has one at a time", async () => {
      const queue = store().queue("one", { oneAtATime: true });
      const lane = await still("one");
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const other = run("one", () => ended);
      await queue.add("work", {});
      await queue.add("work", {});
      await until(async () => (await queue.getJobCounts("active")).active === 1);
      expect(await lane.waiting()).toBe(0);
      await other.pause(true);
      end();
      await until(async () => (await lane.waiting()) === 1);
    });

    test("is nothing while a rate limit holds it back", async () => {
      const lane = await still("limited", NOTIFY_WORKER_OPTIONS);
      const queue = store().queue("limited");
      await queue.add("work", {});
      await until(async () => (await lane.waiting()) === 1);
      await queue.rateLimit(3_600_000);
      expect(await lane.waiting()).toBe(0);
    });

    test("is asked from the start of a lane to its end", async () => {
      const names = () =>
        store()
          .lanes()
          .map((lane) => lane.name);
      const worker = store().worker("short", nothing);
      workers.push(worker);
      expect(names()).not.toContain("short");
      void worker.run();
      expect(names()).toContain("short");
      await worker.close();
      expect(names()).not.toContain("short");
    });
  });
}
