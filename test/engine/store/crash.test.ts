import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { CONTROL_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { compileProgram } from "../../support/compile.js";
import { suiteFor } from "../../support/require.js";
import { runChild } from "./child/run.js";
import { keepLog, PLACES, type Place, UNHURRIED_MS, until } from "./places.js";

const compiled = compileProgram("test/engine/store/child/program.ts");
afterAll(() => rmSync(compiled.folder, { recursive: true, force: true }));

for (const { name, available, make } of PLACES) {
  suiteFor(
    `a killed process on ${name}`,
    available,
  )(() => {
    let place: Place;
    let store: Store | null = null;

    beforeEach(async () => {
      place = await make();
    });
    afterEach(async () => {
      await store?.close();
      store = null;
      await place.dispose();
    });

    test("a killed process loses no acknowledged job, and what it was running is picked up again", async () => {
      const acked: string[] = [];
      for (let round = 1; round <= 2; round += 1) {
        const child = runChild(compiled.program, "load", place.argument);
        await until(() => child.lines.filter((line) => line.startsWith("acked")).length > 200);
        await child.kill();
        acked.push(...child.lines.filter((line) => line.startsWith("acked")).map((line) => line.slice(6)));
      }
      store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
      const queue = store.queue("load");
      for (const id of new Set(acked)) expect(await queue.getJob(id), id).toBeDefined();

      const picked = new Promise<string | undefined>((resolve) => {
        const worker = store?.worker("stuck", async (job) => resolve(job.id), CONTROL_WORKER_OPTIONS);
        void worker?.run();
      });
      expect(await picked).toBe("stuck-1");
      const job = await until(async () => {
        const found = await store?.queue("stuck").getJob("stuck-1");
        return found?.finishedOn ? found : undefined;
      });
      expect(job.failedReason).toBeUndefined();
    });

    test("a process closes in order: the running processor finishes, and the process ends by itself", async () => {
      const child = runChild(compiled.program, "once", place.argument);
      expect(await child.ended()).toBe(0);
      expect(child.lines).toEqual(["open", "finished", "closed"]);
    });
  });
}
