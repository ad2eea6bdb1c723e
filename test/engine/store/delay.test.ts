import { expect, test } from "vitest";
import { openStore } from "../../../src/engine/store/open-store.js";
import { delayFor, runWorker } from "../../../src/engine/store/store.js";
import { suiteFor } from "../../support/require.js";
import { until } from "../../support/until.js";
import { keepLog, PLACES, UNHURRIED_MS } from "./places.js";

for (const { name, available, make } of PLACES) {
  suiteFor(
    `a job that waits on ${name}`,
    available,
  )(() => {
    test("comes again also where its time is no whole number of milliseconds", async () => {
      const place = await make();
      const logger = { ...keepLog(), debug() {} };
      const store = await openStore(place.settings, logger, UNHURRIED_MS);
      try {
        const failures: string[] = [];
        let runs = 0;
        const worker = store.worker("waiting", async (job, token) => {
          runs += 1;
          return runs < 3 ? await delayFor(job, 10.25, token, Date.now) : "done";
        });
        worker.on("failed", (_, error) => failures.push(error.message));
        runWorker(worker, logger);
        const queue = store.queue("waiting");
        await queue.add("job", {}, { jobId: "one", attempts: 10 });
        await until("the end", async () => (await (await queue.getJob("one"))?.getState()) === "completed");
        expect(failures).toEqual([]);
        expect(runs).toBe(3);
      } finally {
        await store.close();
        await place.dispose();
      }
    });
  });
}
