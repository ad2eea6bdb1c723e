import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLeftBehind } from "../../../src/engine/control/open-left-behind.js";
import { MAINTENANCE_JOB } from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords, type Records } from "../../../src/engine/lanes/records.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { withLeftBehind } from "../../../src/maintenance/record/left-behind.js";
import {
  type BatchIn,
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
} from "../../../src/maintenance/record/record.js";
import { suiteFor } from "../../support/require.js";
import { batchOf, machine, NOW, recordOf } from "../../support/world.js";
import { keepLog, PLACES, type Place, UNHURRIED_MS } from "../store/places.js";

const UP = batchOf({ id: "b1", phase: "up" }) as BatchIn<"up">;

const MISSING = { ...UP, returned: ["web-02-S0"] };

let made = 0;

/** A roll whose first batch has just gone on without web-01, as the decision has stored it. */
function decided(): Maintenance {
  made += 1;
  const second = batchOf({ id: "b2", machines: [machine("web-03")] });
  const record = recordOf({ id: `m-old${made}`, batches: [MISSING, second] });
  const how = { id: `m-new${made}`, by: "U0BOB", atMs: NOW, askedAtMs: NOW };
  return withLeftBehind(record, MISSING, how);
}

class Crash extends Error {}

/** Where the process can die on its way, each with the calls that it still makes. */
const CRASHES = [
  ["before the job is added", { add: "never" }],
  ["after the job was added, with no answer", { add: "unanswered" }],
  ["after the job was seen to be stored", { find: "unanswered" }],
] as const;

function dying(records: Records, how: { readonly add?: string; readonly find?: string }): Records {
  const { queue } = records;
  return {
    ...records,
    queue: Object.assign(Object.create(queue) as Records["queue"], {
      add: async (...args: Parameters<Records["queue"]["add"]>) => {
        if (how.add === "never") throw new Crash();
        const job = await queue.add(...args);
        if (how.add === "unanswered") throw new Crash();
        return job;
      },
    }),
    find: async (id) => {
      const found = await records.find(id);
      if (how.find === "unanswered") throw new Crash();
      return found;
    },
  };
}

for (const { name, available, make } of PLACES) {
  suiteFor(
    `the maintenance of machines that were left behind, on ${name}`,
    available,
  )(() => {
    let place: Place;
    let store: Store;
    let records: Records;
    const log = { ...keepLog(), debug() {} };
    const ports = (own = records) => ({ records: own, logger: log, changed: async () => {} });
    beforeAll(async () => {
      place = await make();
      store = await openStore(place.settings, log, UNHURRIED_MS);
      records = openRecords(store, "prod", log);
    });
    afterAll(async () => {
      await store.close();
      await place.dispose();
    });
    const openIds = async () => (await records.open()).records.map(({ id }) => id);

    test("is opened with what is needed to wait for their agents, and the record knows it then", async () => {
      const record = decided();
      const next = await openLeftBehind(record, ports());
      expect(next.leftBehind).toEqual([{ ...record.leftBehind[0], opening: null }]);
      const opened = await records.find(record.leftBehind[0]?.id ?? "");
      expect(opened).toMatchObject({ leftBehindBy: record.id, requester: record.requester, end: null });
      expect(opened?.batches).toEqual([record.leftBehind[0]?.opening]);
    });

    describe.each(CRASHES)("when the process dies %s", (_, how) => {
      test("it is opened by the next one, once (invariants 7, 11)", async () => {
        const record = decided();
        const id = record.leftBehind[0]?.id ?? "";
        await expect(openLeftBehind(record, ports(dying(records, how)))).rejects.toThrow(Crash);
        // The next process goes on from what is stored, which still says what is to be opened.
        const stored = decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(record))));
        const next = await openLeftBehind(stored, ports());
        expect(next.leftBehind[0]?.opening).toBeNull();
        expect((await openIds()).filter((one) => one === id)).toEqual([id]);
      });
    });

    test("stays as it is when the process dies before the record knows it, and it has gone on meanwhile (invariants 7, 8)", async () => {
      const record = decided();
      const id = record.leftBehind[0]?.id ?? "";
      await openLeftBehind(record, ports());
      const found = await records.job(id);
      if (found === null) throw new Error("It was not opened.");
      const gone = { ...found.record, end: { phase: "up" as const, atMs: NOW, why: null } };
      await found.job.updateData(encodeMaintenance(gone));
      const next = await openLeftBehind(record, ports());
      expect(next.leftBehind[0]?.opening).toBeNull();
      expect(await records.find(id)).toEqual(gone);
    });

    test("is opened once however often it is done, and nothing is done once the record knows it", async () => {
      const record = decided();
      const next = await openLeftBehind(record, ports());
      expect(await openLeftBehind(record, ports())).toEqual(next);
      const never = ports(dying(records, { add: "never" }));
      expect(await openLeftBehind(next, never)).toEqual(next);
    });

    test("is not taken for opened where another maintenance has got its id: the record keeps what is to be opened", async () => {
      const record = decided();
      const id = record.leftBehind[0]?.id ?? "";
      await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(recordOf({ id })), {
        ...MAINTENANCE_JOB_OPTIONS,
        jobId: id,
      });
      await expect(openLeftBehind(record, ports())).rejects.toThrow(`${id} is another maintenance`);
    });
  });
}
