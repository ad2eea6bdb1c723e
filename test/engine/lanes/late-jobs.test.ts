import { afterEach, test, vi } from "vitest";
import { wakeLateJobs } from "../../../src/engine/lanes/late-jobs.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { delayFor, runWorker } from "../../../src/engine/store/store.js";
import { suiteFor } from "../../support/require.js";
import { until } from "../../support/until.js";
import { keepLog, PLACES, UNHURRIED_MS } from "../store/places.js";
import { TestClock } from "../support/test-clock.js";

afterEach(() => {
  vi.useRealTimers();
});

for (const { name, available, make } of PLACES) {
  suiteFor(
    `a job that waits on ${name}`,
    available,
  )(() => {
    test("runs again although the clock was set back an hour meanwhile, told by one that never is (invariant 11)", async () => {
      const place = await make();
      const logger = { ...keepLog(), debug() {} };
      const store = await openStore(place.settings, logger, UNHURRIED_MS);
      const clock = new TestClock();
      const queue = store.queue("waiting");
      try {
        let runs = 0;
        const worker = store.worker("waiting", async (job, token) => {
          runs += 1;
          return await delayFor(job, 100, token, Date.now);
        });
        runWorker(worker, logger);
        await queue.add("job", {}, { jobId: "one", attempts: 100 });
        await until("it comes again by itself", async () => runs > 2);
        vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
        const dueIn = async () => {
          const job = await queue.getJob("one");
          return (await job?.getState()) === "delayed" ? (job ?? null) : null;
        };
        await until("it waits", dueIn);
        const before = runs;
        const late = wakeLateJobs([queue], clock, logger);
        await until("it is woken", async () => {
          clock.moveOn(30_000);
          return runs > before;
        });
        late.close();
      } finally {
        await store.close();
        await place.dispose();
      }
    });
  });
}
