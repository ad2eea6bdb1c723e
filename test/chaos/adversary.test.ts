import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../support/fast-check.js";
import { httpMaster } from "./adversary/http-master.js";
import { inProcessMaster } from "./adversary/in-process-master.js";
import { tenMaintenances } from "./adversary/ten-maintenances.js";

/** Any run by its seed, which is printed when one fails: `await tenMaintenances(seed, inProcessMaster)`. */
const seeds = fc.nat();

/** What has happened over many runs: a test of edits has to have met some. */
function expectBusy(runs: readonly Awaited<ReturnType<typeof tenMaintenances>>[]): void {
  const sum = (what: keyof (typeof runs)[number]) => runs.reduce((total, counts) => total + counts[what], 0);
  expect(sum("posts")).toBeGreaterThan(10 * runs.length);
  expect(sum("edits")).toBeGreaterThan(50 * runs.length);
  expect(sum("editsInGap")).toBeGreaterThan(runs.length);
  expect(sum("lostInGap")).toBeGreaterThan(0);
  expect(sum("oldLists")).toBeGreaterThan(runs.length);
  expect(sum("oursUndone")).toBeGreaterThan(runs.length);
  expect(sum("downs")).toBeGreaterThan(runs.length);
  expect(sum("ups")).toBeGreaterThan(runs.length);
}

describe("ten maintenances of ours while others edit the schedule all the time and write old lists back (invariants 1, 3 and 12)", () => {
  test("ten maintenances leave every window of others intact and none of ours that should not stand, in hundreds of runs", {
    timeout: runs(600_000),
  }, async () => {
    const finished: Awaited<ReturnType<typeof tenMaintenances>>[] = [];
    const property = fc.asyncProperty(seeds, async (seed) => {
      finished.push(await tenMaintenances(seed, inProcessMaster));
    });
    await fc.assert(property, { numRuns: runs(400), endOnFailure: true });
    expectBusy(finished);
  });

  test("ten maintenances do the same over HTTP, with the real client", {
    timeout: runs(600_000),
  }, async () => {
    const finished: Awaited<ReturnType<typeof tenMaintenances>>[] = [];
    const property = fc.asyncProperty(seeds, async (seed) => {
      finished.push(await tenMaintenances(seed, httpMaster));
    });
    await fc.assert(property, { numRuns: runs(10), endOnFailure: true });
    expectBusy(finished);
  });
});
