import { expect, test } from "vitest";
import { inTurns } from "../../../src/base/in-turns.js";
import { MAINTENANCE_JOB } from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords } from "../../../src/engine/lanes/records.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { batchOf, NOW, recordOf } from "../../support/world.js";
import { MemoryStore } from "../support/memory-store.js";

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

test("a long history is read in small pages, and others have their turns between its records", async () => {
  const store = new MemoryStore(Date.now);
  const { queue, finished } = openRecords(store, "prod", QUIET);
  const worker = store.worker("control-prod", async () => "up");
  void worker.run();
  const ids = Array.from({ length: 12 }, (_, n) => `m-aa${String(n).padStart(2, "0")}`);
  for (const [n, id] of ids.entries()) {
    const end = { phase: "up" as const, atMs: NOW + n, why: null };
    const record = encodeMaintenance(recordOf({ id, batches: [batchOf({ phase: "up" })], end }));
    await queue.add(MAINTENANCE_JOB, record, { ...MAINTENANCE_JOB_OPTIONS, jobId: id });
    store.startDue();
    await Promise.all(store.running());
  }
  const pages: number[] = [];
  /** How many turns others had had when a record was first looked into. */
  const servedBefore = new Map<string | undefined, number>();
  let served = 0;
  const getJobs = queue.getJobs.bind(queue);
  Object.assign(queue, {
    getJobs: async (...args: Parameters<typeof getJobs>) => {
      const jobs = await getJobs(...args);
      pages.push(jobs.length);
      return jobs.map((job) => {
        const { data } = job;
        return Object.defineProperty(Object.create(job), "data", {
          get() {
            servedBefore.set(job.id, servedBefore.get(job.id) ?? served);
            return data;
          },
        });
      });
    },
  });
  let isRead = false;
  function* others() {
    for (; !isRead; served += 1) yield;
  }
  const over = inTurns(others());
  const { records: newest } = await finished(11);
  isRead = true;
  await over;
  expect(newest.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 11));
  expect(Math.max(...pages)).toBeLessThanOrEqual(5);
  expect(new Set(servedBefore.values()).size).toBe(servedBefore.size);
  expect(servedBefore.size).toBeGreaterThanOrEqual(11);
});
