import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeMaintenance,
  encodeMaintenance,
  PHASES,
  type Phase,
  type StoredMaintenance,
} from "../../../src/maintenance/record/record.js";
import { runs } from "../../support/fast-check.js";
import { batchOf, NOW, recordOf } from "../../support/world.js";

type StoredBatch = StoredMaintenance["batches"][number];

const ALWAYS = ["id", "machines", "agents", "window", "movingFrom", "phase", "approvals", "drainingSinceMs"];

const BEFORE_DOWN = [...ALWAYS, "intent", "emptySinceMs", "overdueTold", "removedAtMs"];

/** What 0.1.0 reads in each phase; `removalLeaderId` and `sightProved` only where no later fact stands above them. */
const NEEDED: Record<Phase, readonly string[]> = {
  kill_draining: BEFORE_DOWN,
  scheduled: [...BEFORE_DOWN, "askAnew", "postedAtMs"],
  draining: [...BEFORE_DOWN, "askedByItself", "askAnew"],
  awaiting_approval: [...BEFORE_DOWN, "askedByItself"],
  taking_down: [...BEFORE_DOWN, "askedByItself"],
  down: [...ALWAYS, "overdueTold", "confirmedUp"],
  bringing_up: [...ALWAYS, "confirmedUp"],
  up: [...ALWAYS, "upAtMs", "returned", "missingTold"],
  cancelled: ALWAYS,
  failed: ALWAYS,
};

function needed(batch: StoredBatch): Record<string, unknown> {
  const names = [...NEEDED[batch.phase]];
  if (names.includes("removedAtMs") && batch.removedAtMs === null) names.push("removalLeaderId");
  if (batch.phase === "scheduled" && batch.postedAtMs === null) names.push("sightProved");
  return Object.fromEntries(Object.entries(batch).filter(([name]) => names.includes(name)));
}

function rewritten(batch: StoredBatch): StoredBatch {
  const stored = { ...encodeMaintenance(recordOf()), batches: [batch] };
  const [again] = encodeMaintenance(decodeMaintenance(stored)).batches;
  if (again === undefined) throw new Error("The batch was lost.");
  return again;
}

const PLAIN = encodeMaintenance(recordOf({ batches: [batchOf()] })).batches[0];
if (PLAIN === undefined) throw new Error("There is no plain batch.");

const at = fc.integer({ min: NOW, max: NOW + 1_000_000 });

const keys = fc.subarray(["web-01|10.0.0.1", "web-02|10.0.0.2"]);

/** As 0.1.0 could write it: with what earlier phases have left behind, and with what every batch of its phase has. */
const batchOf010: fc.Arbitrary<StoredBatch> = fc
  .record({
    phase: fc.constantFrom(...PHASES.filter((phase) => phase !== "kill_draining")),
    movingFrom: fc.option(fc.constant({ start: "1", duration: "2" })),
    intent: fc.option(fc.record({ approvalId: fc.constant("b1a1"), sentAtMs: at, tasks: fc.nat() })),
    askedByItself: fc.boolean(),
    askAnew: fc.option(fc.record({ by: fc.option(fc.constant("U0BOB")), forced: fc.boolean() })),
    drainingSinceMs: fc.option(at),
    emptySinceMs: fc.option(at),
    overdueTold: fc.boolean(),
    returned: keys,
    missingTold: fc.boolean(),
    sightProved: fc.boolean(),
    postedAtMs: fc.option(at),
    removedAtMs: fc.option(at),
    removalLeaderId: fc.option(fc.constant("leader-1")),
    confirmedUp: keys,
    sinceMs: at,
  })
  .map(({ sinceMs, ...batch }) => {
    const { phase } = batch;
    const isAsked = phase === "awaiting_approval" || phase === "taking_down";
    const stands = isAsked || phase === "draining";
    return {
      ...PLAIN,
      ...batch,
      drainingSinceMs: stands ? sinceMs : batch.drainingSinceMs,
      askedByItself: isAsked || batch.askedByItself,
      upAtMs: phase === "up" ? sinceMs : null,
    };
  });

test("property: a batch of 0.1.0 is read and written back with all that its phase needs, and then stays as it is", () => {
  fc.assert(
    fc.property(batchOf010, (batch) => {
      const again = rewritten(batch);
      expect(needed(again)).toEqual(needed(batch));
      expect(rewritten(again)).toEqual(again);
    }),
    { numRuns: runs(300) },
  );
});

test.each(["draining", "awaiting_approval", "taking_down", "up"] as const)(
  "a batch that is %s without the time since when is refused, not guessed at",
  (phase) => {
    const batch = { ...PLAIN, phase, drainingSinceMs: null };
    expect(() => rewritten(batch)).toThrow(/b1 is .* without/);
  },
);

test("of a removal that was accepted and then asked for again, the accepted one counts", () => {
  const removed = rewritten({ ...PLAIN, removedAtMs: NOW, removalLeaderId: "leader-1" });
  expect(removed).toMatchObject({ removedAtMs: NOW, removalLeaderId: null });
});

describe("records as 0.1.0 stored them", () => {
  const lines = readFileSync("test/fixtures/records/0.1.0.jsonl", "utf8").trim().split("\n");
  const records = lines.map((line): { is: string; record: StoredMaintenance } => JSON.parse(line));

  test("the file has a record of every phase", () => {
    const phases = records.flatMap(({ record }) => record.batches.map(({ phase }) => phase));
    // It did not kill anything.
    expect(new Set(phases)).toEqual(new Set(PHASES.filter((phase) => phase !== "kill_draining")));
  });

  test.each(records)(
    "a record that is $is is read, and its batch is written back with all that it said",
    ({ record }) => {
      const again = encodeMaintenance(decodeMaintenance(record));
      const flat = ({ batches }: StoredMaintenance) =>
        batches.map((batch) => ({ ...needed(batch), agents: [], approvals: [] }));
      expect(flat(again)).toMatchObject(flat(record));
      // Agents and questions are stored shorter by now.
      const lists = ({ batches }: { batches: readonly { agents: unknown; approvals: unknown }[] }) =>
        batches.map(({ agents, approvals }) => ({ agents, approvals }));
      expect(lists(decodeMaintenance(again))).toMatchObject(lists(record));
      expect(again.events).toMatchObject(record.events);
    },
  );
});
