import { afterEach, beforeEach, expect, test } from "vitest";
import type { Logger } from "../../../src/base/logger.js";
import { controlProcessor } from "../../../src/engine/control/control.js";
import type { ControlPorts } from "../../../src/engine/control/ports.js";
import { MAINTENANCE_JOB } from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords, type Records, UnreadableRecordError } from "../../../src/engine/lanes/records.js";
import { MOST_BYTES } from "../../../src/engine/store/bound.js";
import { CONTROL_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import type { UnreadableWhy } from "../../../src/maintenance/record/unreadable.js";
import { suiteFor } from "../../support/require.js";
import { recordOf } from "../../support/world.js";
import { keepLog, PLACES, type Place, UNHURRIED_MS, until } from "./places.js";

const ours = recordOf({ id: "m-ours" });

const newer = { ...encodeMaintenance(recordOf({ id: "m-newer" })), version: 2 };

/** What stands in the queue in place of a record, and why it cannot be read. */
const KINDS: readonly {
  readonly id: string;
  readonly data: unknown;
  readonly why: UnreadableWhy;
  readonly says: RegExp;
}[] = [
  {
    id: "m-newer",
    data: newer,
    why: "not_understood",
    says: /not understood by this version .*Run the newer version of the bot again/s,
  },
  {
    id: "m-large",
    data: { ...encodeMaintenance(recordOf({ id: "m-large" })), reason: "x".repeat(MOST_BYTES) },
    why: "too_large",
    says: /too large to be read, \d+\.\d MB.*Look at the record in the store/s,
  },
  {
    id: "m-other",
    data: { hello: "world" },
    why: "broken",
    says: /nothing that a bot has written.*Look at the record in the store/s,
  },
  { id: "m-list", data: [1, 2], why: "broken", says: /nothing that a bot has written/ },
];

for (const { name, available, make } of PLACES) {
  suiteFor(
    `records that cannot be read on ${name}`,
    available,
  )(() => {
    let place: Place;
    let store: Store;
    let records: Records;
    let log: ReturnType<typeof keepLog> & Logger;

    beforeEach(async () => {
      place = await make();
      store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
      log = { ...keepLog(), debug: () => undefined };
      records = openRecords(store, "prod", log);
      await placed("m-ours", encodeMaintenance(ours));
    });
    afterEach(async () => {
      await store.close();
      await place.dispose();
    });

    async function placed(jobId: string, data: unknown): Promise<void> {
      await records.queue.add(MAINTENANCE_JOB, {}, { ...MAINTENANCE_JOB_OPTIONS, jobId });
      await (await records.queue.getJob(jobId))?.updateData(data);
    }

    test.for(KINDS)(
      "$why: $id is told beside the others, once in the log, and is never taken for none",
      async ({ id, data, why, says }) => {
        await placed(id, data);
        const stored = {
          records: [ours],
          unreadable: [{ id, why, bytes: why === "too_large" ? expect.any(Number) : null }],
        };
        expect(await records.open()).toEqual(stored);
        expect(await records.open()).toEqual(stored);
        expect(log.lines).toEqual([
          {
            level: "error",
            fields: { err: expect.any(UnreadableRecordError), maintenance: id, cluster: "prod" },
            text: expect.stringMatching(/cannot be read, and nothing is done for it/),
          },
        ]);
        expect(await records.find("m-ours")).toEqual(ours);
        for (const asked of [records.find(id), records.job(id)]) await expect(asked).rejects.toThrow(says);
      },
    );

    test("the bot leaves what a newer version wrote as it is, and looks at it again after a minute (invariant 11)", async () => {
      await placed("m-newer", newer);
      const clock = { now: Date.now, wall: Date.now, isUnsureOfTime: () => false };
      const takeTurn = async () => "ours";
      const ports = { cluster: { name: "prod" }, records, logger: log, takeTurn, ...clock };
      const processor = controlProcessor(ports as unknown as ControlPorts);
      const onlyTheNewer = store.worker(
        "control-prod",
        async (job, token, signal) =>
          job.id === "m-newer" ? await processor(job, token, signal) : undefined,
        CONTROL_WORKER_OPTIONS,
      );
      void onlyTheNewer.run();
      const job = await until(async () => {
        const state = await (await records.queue.getJob("m-newer"))?.getState();
        // What was read before it was put off has no delay yet.
        return state === "delayed" ? await records.queue.getJob("m-newer") : undefined;
      });
      expect(job.data).toEqual(newer);
      expect(Math.round(job.delay / 60_000)).toBe(1);
      await onlyTheNewer.close();
    });
  });
}
