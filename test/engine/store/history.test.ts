import { expect, test } from "vitest";
import { controlProcessor } from "../../../src/engine/control/control.js";
import type { ControlPorts } from "../../../src/engine/control/ports.js";
import { threadJobId } from "../../../src/engine/lanes/ids.js";
import {
  controlQueueName,
  MAINTENANCE_JOB,
  NOTIFY_QUEUE,
  refusalsQueueName,
  THREAD_JOB,
} from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS, THREAD_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords, type Records } from "../../../src/engine/lanes/records.js";
import { REFUSALS_KEPT } from "../../../src/engine/lanes/refusals.js";
import { CONTROL_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { encodeMaintenance, type Maintenance } from "../../../src/maintenance/record/record.js";
import { suiteFor } from "../../support/require.js";
import { batchOf, NOW, recordOf } from "../../support/world.js";
import { keepLog, PLACES, until } from "./places.js";
import { useStore } from "./use-store.js";

const log = { ...keepLog(), debug() {} };

const HISTORY_MS = 400 * 86_400_000;

/** As jobs were stored before: each that completed left only the newest of all, then 2,000 of them. */
const AS_BEFORE = { ...MAINTENANCE_JOB_OPTIONS, removeOnComplete: { age: 180 * 86_400, count: 2 } };

const up = (id: string): Maintenance =>
  recordOf({ id, batches: [batchOf({ phase: "up" })], end: { phase: "up", atMs: NOW, why: null } });

const refused = (id: string): Maintenance =>
  recordOf({ id, end: { phase: "failed", atMs: NOW, why: "The calendar is closed." } });

for (const { name, available, make } of PLACES) {
  suiteFor(
    `the history on ${name}`,
    available,
  )(() => {
    const store = useStore(make);
    let clusters = 0;

    /** A cluster of its own, in which maintenances that have ended leave the control lane. */
    function lane() {
      clusters += 1;
      const cluster = `c${clusters}`;
      const records = openRecords(store(), cluster, log);
      const clock = { now: Date.now, wall: Date.now, isUnsureOfTime: () => false };
      const takeTurn = async () => "ours" as const;
      const ports: Partial<ControlPorts> = {
        records,
        historyMs: HISTORY_MS,
        logger: log,
        takeTurn,
        ...clock,
      };
      const process = controlProcessor(ports as ControlPorts);
      const worker = store().worker(controlQueueName(cluster), process, CONTROL_WORKER_OPTIONS);
      void worker.run();
      return {
        records,
        stop: () => worker.close(),
        async end(all: readonly Maintenance[], options: object = MAINTENANCE_JOB_OPTIONS) {
          for (const record of all) {
            const data = encodeMaintenance(record);
            await records.queue.add(MAINTENANCE_JOB, data, { ...options, jobId: record.id });
          }
          await until(async () => {
            const { active = 0, prioritized = 0, waiting = 0 } = await records.queue.getJobCounts();
            return active + prioritized + waiting === 0;
          });
        },
      };
    }

    const threads = () => store().queue(NOTIFY_QUEUE);

    async function finishThreads(): Promise<void> {
      const worker = store().worker(NOTIFY_QUEUE, async () => "finished", CONTROL_WORKER_OPTIONS);
      void worker.run();
      await until(async () => ((await threads().getJobCounts()).waiting ?? 0) === 0);
      await worker.close();
    }

    /** `m-a000`, `m-a001`, … */
    const ids = (count: number) =>
      Array.from({ length: count }, (_, n) => `m-a${String(n).padStart(4, "0")}`);

    test("many refused drains push no finished maintenance out, and only the newest of them are kept", async () => {
      const { records, end, stop } = lane();
      await end([up("m-done1")], AS_BEFORE);
      const all = ids(REFUSALS_KEPT + 20);
      const [first = "", second = ""] = all;
      await threads().add(THREAD_JOB, {}, { ...THREAD_JOB_OPTIONS, jobId: threadJobId(first) });
      await finishThreads();
      await threads().add(THREAD_JOB, {}, { ...THREAD_JOB_OPTIONS, jobId: threadJobId(second) });
      await end(all.map(refused), AS_BEFORE);
      await stop();
      expect(await records.find("m-done1")).toEqual(up("m-done1"));
      expect((await records.finished(10)).records).toEqual([up("m-done1")]);
      expect(await records.kept()).toMatchObject({ finished: 1, refused: REFUSALS_KEPT });
      expect(await records.find(all.at(-REFUSALS_KEPT) ?? "")).not.toBeNull();
      expect(await records.find(all.at(-REFUSALS_KEPT - 1) ?? "")).toBeNull();
      expect((await records.refused(3)).records.map(({ id }) => id).sort()).toEqual(all.slice(-3));
      // Its finished thread went with it; one that is not finished stays to tell that the record is gone.
      expect(await threads().getJob(threadJobId(first))).toBeUndefined();
      expect(await threads().getJob(threadJobId(second))).toBeDefined();
    });

    test("a maintenance that was opened before an upgrade pushes nothing out when it ends", async () => {
      const { records, end, stop } = lane();
      const all = ["m-old1", "m-old2", "m-old3", "m-old4"];
      await end(all.map(up), AS_BEFORE);
      await stop();
      expect(await records.kept()).toMatchObject({ finished: 4, refused: 0 });
      for (const id of all) expect(await records.find(id)).toEqual(up(id));
    });

    test("the history says when the oldest maintenance in it ended, and nothing where there is none", async () => {
      const { records, end, stop } = lane();
      expect(await records.kept()).toEqual({
        cluster: expect.any(String),
        finished: 0,
        refused: 0,
        sinceMs: null,
      });
      await end([up("m-first")]);
      const first = await records.queue.getJob("m-first");
      await end([up("m-later")]);
      await stop();
      expect(await records.kept()).toEqual({
        cluster: expect.any(String),
        finished: 2,
        refused: 0,
        sinceMs: first?.finishedOn,
      });
    });

    test("a refusal that is older than a week goes when the next one comes", async () => {
      const { records, end, stop } = lane();
      const old = { timestamp: Date.now() - 8 * 86_400_000 };
      await refusalOf(records, "m-weeks", old);
      await end([refused("m-today")]);
      await stop();
      expect(await records.find("m-weeks")).toBeNull();
      expect(await records.find("m-today")).toEqual(refused("m-today"));
    });

    test("a drain that Slack delivers again after its refusal is not looked at again", async () => {
      const { records, end, stop } = lane();
      await end([refused("m-twice")]);
      await end([recordOf({ id: "m-twice" })]);
      await stop();
      expect(await records.queue.getJob("m-twice")).toBeUndefined();
      expect(await records.find("m-twice")).toEqual(refused("m-twice"));
    });

    const refusalOf = async (records: Records, id: string, options: object) =>
      await store()
        .queue(refusalsQueueName((await records.kept()).cluster))
        .add(MAINTENANCE_JOB, encodeMaintenance(refused(id)), { ...options, jobId: id });
  });
}
