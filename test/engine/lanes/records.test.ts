import { expect, test } from "vitest";
import { MAINTENANCE_JOB } from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords } from "../../../src/engine/lanes/records.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { batchOf, NOW, recordOf } from "../../support/world.js";
import { MemoryStore } from "../support/memory-store.js";

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

test("a long history is read in small pages, and others are served between them", async () => {
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
  const getJobs = queue.getJobs.bind(queue);
  Object.assign(queue, {
    getJobs: async (...args: Parameters<typeof getJobs>) => {
      const jobs = await getJobs(...args);
      pages.push(jobs.length);
      return jobs;
    },
  });
  let served = 0;
  let isRead = false;
  const serveOthers = () => {
    served += 1;
    if (!isRead) setImmediate(serveOthers);
  };
  setImmediate(serveOthers);
  const { records: newest } = await finished(11);
  isRead = true;
  expect(newest.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 11));
  expect(Math.max(...pages)).toBeLessThanOrEqual(5);
  expect(served).toBeGreaterThanOrEqual(pages.length);
});
