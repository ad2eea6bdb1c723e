import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/maintenance/cluster/machine.js";
import { conflictsOf } from "../../../src/maintenance/policy/conflicts.js";
import { scheduleReply } from "../../../src/maintenance/show/schedule-view.js";
import { holds } from "../../../src/maintenance/window/whose.js";
import { batchOf, machine, NOW, policyOf, recordOf, worldOf } from "../../support/world.js";
import { OURS } from "../support/flow.js";

function many(from: number, count: number): Machine[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return machine(`node-${n}`, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  });
}

const MOST = 50_000;

const taken = many(0, MOST);

const other = recordOf({ id: "m-9x2b", batches: [batchOf({ machines: taken })] });

const world = worldOf({ windows: [{ ...OURS, machines: taken }], agents: [] });

/** A search through all machines for each of them would be billions of steps: these would not come to an end. */
describe("50,000 machines beside 50,000 in another maintenance", () => {
  const asked = (machines: readonly Machine[]) =>
    conflictsOf({ record: recordOf(), machines, world, others: [other], policy: policyOf(), nowMs: NOW });

  test("are free", () => {
    expect(asked(many(MOST, MOST))).toBeNull();
  });

  test("are taken, all of them, by whose it is and with a way out", () => {
    expect(asked(taken)).toMatchObject({
      why: expect.stringContaining("by m-9x2b of <@U0ALICE>"),
      next: expect.stringContaining("/mesos cancel m-9x2b"),
    });
  });

  test("are shown with the maintenance that holds them", () => {
    expect(JSON.stringify(scheduleReply("prod", world, [other]))).toContain("m-9x2b");
  });
});

describe("a machine is held", () => {
  const two = recordOf({
    batches: [
      batchOf({ id: "b1", phase: "up", machines: [machine("web-01")] }),
      batchOf({ id: "b2", phase: "draining", machines: [machine("Web-02", "10.0.0.2")] }),
    ],
  });

  test.each([
    ["web-02", true],
    ["web-01", false],
    ["web-03", false],
  ])("%s in a batch that has not ended, whatever the case of its name: %s", (name, held) => {
    expect(holds(two, machine(name))).toBe(held);
  });
});
