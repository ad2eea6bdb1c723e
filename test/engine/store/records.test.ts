import { afterEach, beforeEach, expect, test } from "vitest";
import type { Logger } from "../../../src/base/logger.js";
import { controlProcessor } from "../../../src/engine/control/control.js";
import type { ControlPorts } from "../../../src/engine/control/ports.js";
import { MAINTENANCE_JOB } from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords, type Records, UnreadableRecordError } from "../../../src/engine/lanes/records.js";
import { CONTROL_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { recordOf } from "../../support/world.js";
import { embeddedPlace, keepLog, type Place, UNHURRIED_MS, until } from "./places.js";

let place: Place;

let store: Store;

let records: Records;

let log: ReturnType<typeof keepLog> & Logger;

const ours = recordOf({ id: "m-ours" });

const newer = { ...encodeMaintenance(recordOf({ id: "m-newer" })), version: 2 };

beforeEach(async () => {
  place = await embeddedPlace();
  store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
  log = { ...keepLog(), debug: () => undefined };
  records = openRecords(store, "prod", log);
  for (const data of [encodeMaintenance(ours), newer]) {
    await records.queue.add(MAINTENANCE_JOB, data, { ...MAINTENANCE_JOB_OPTIONS, jobId: data.id });
  }
});
afterEach(async () => {
  await store.close();
  await place.dispose();
});

test("the bot passes over the record of a newer version, and tells it once with what to do", async () => {
  expect(await records.open()).toEqual([ours]);
  expect(await records.open()).toEqual([ours]);
  expect(log.lines).toEqual([
    {
      level: "error",
      fields: { err: expect.any(UnreadableRecordError), maintenance: "m-newer", cluster: "prod" },
      text: expect.stringMatching(/nothing is done for it: run the newer version again/),
    },
  ]);
});

test("the bot says of a record of a newer version what was not done and what to do", async () => {
  expect(await records.find("m-ours")).toEqual(ours);
  for (const asked of [records.find("m-newer"), records.job("m-newer")]) {
    await expect(asked).rejects.toThrow(
      "The record of maintenance m-newer cannot be read by this version of the bot; most likely a newer one wrote it. " +
        "Nothing is done for it. Run the newer version again.",
    );
  }
});

test("the bot leaves what a newer version wrote as it is, and looks at it again after a minute (invariant 11)", async () => {
  const clock = { now: Date.now, wall: Date.now, isUnsureOfTime: () => false };
  const ports = { cluster: { name: "prod" }, records, logger: log, ...clock };
  const processor = controlProcessor(ports as unknown as ControlPorts);
  const onlyTheNewer = store.worker(
    "control-prod",
    async (job, token, signal) => (job.id === "m-newer" ? await processor(job, token, signal) : undefined),
    CONTROL_WORKER_OPTIONS,
  );
  void onlyTheNewer.run();
  const job = await until(async () => {
    const found = await records.queue.getJob("m-newer");
    return (await found?.getState()) === "delayed" ? found : undefined;
  });
  expect(job.data).toEqual(newer);
  expect(Math.round(job.delay / 60_000)).toBe(1);
  await onlyTheNewer.close();
});
