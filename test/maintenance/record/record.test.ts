import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { batchOf, HOUR, recordOf, task } from "../../support/world.js";
import { approved, asked, click, downWorld, drainingWorld, goneWorld, tick } from "../support/flow.js";

function throughJson(record: Parameters<typeof encodeMaintenance>[0]) {
  return decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(record))));
}

test("every int64 of nanoseconds survives the job's data exactly (invariant 1)", () => {
  const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
  fc.assert(
    fc.property(int64, fc.option(int64), (start, duration) => {
      const record = recordOf({ batches: [batchOf({ window: { start, duration } })] });
      expect(throughJson(record)).toEqual(record);
    }),
  );
});

const busy = drainingWorld({ tasks: [task("t1", "marathon", "web-01")] });
const down = tick(tick(approved(busy), busy).record, downWorld()).record;

test.each([
  ["just asked for", recordOf({ reason: "kernel", ticket: "OPS-1" })],
  ["asked for approval", asked(busy)],
  ["denied", click(asked(busy), { kind: "deny", batch: "b1", approval: "b1a1", reason: "not today" }).record],
  ["approved, with an intent", tick(approved(busy), busy).record],
  ["down", down],
  ["being brought up", click(down, { kind: "up" }).record],
  ["up", tick(click(down, { kind: "up" }).record, goneWorld()).record],
  ["extended", click(asked(busy), { kind: "extend", byMs: HOUR }).record],
  ["posted again", click(tick(asked(busy), goneWorld()).record, { kind: "retry" }).record],
  ["given back", tick(click(asked(busy), { kind: "cancel" }).record, goneWorld()).record],
  ["cancelled", click(asked(busy), { kind: "cancel" }).record],
  ["in trouble", tick(asked(busy), drainingWorld({ windows: [] })).record],
])("a maintenance that is %s comes back from its job's data exactly", (_, record) => {
  expect(throughJson(record)).toEqual(record);
});

test("a record of 0.1.0, which knows one name of the command only, is read", () => {
  const { command: _, ...stored } = encodeMaintenance(recordOf());
  expect(decodeMaintenance(stored)).toEqual(recordOf());
});

test("data of another shape is refused, not guessed at", () => {
  const stored = encodeMaintenance(recordOf({ batches: [batchOf()] }));
  expect(() => decodeMaintenance({ ...stored, version: 2 })).toThrow();
  expect(() => decodeMaintenance({ ...stored, id: "m-7K:3" })).toThrow();
  const { owners: _, ...lacking } = stored;
  expect(() => decodeMaintenance(lacking)).toThrow();
});
