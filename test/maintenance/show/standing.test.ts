import { describe, expect, test } from "vitest";
import { statusOfCluster, statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { batchOf, MINUTE, NOW, recordOf, worldOf } from "../../support/world.js";
import { asked } from "../support/flow.js";

const held = { by: "U0BOB", atMs: NOW - 5 * MINUTE, reason: "db backup runs", as: "operator" as const };

describe("what keeps a maintenance from going on is in its status", () => {
  test("a hold: who, since when, why, and how it ends", () => {
    const record = recordOf({ batches: [batchOf()], held });
    const { text } = statusOfMaintenance(record, NOW);
    expect(text).toContain(
      "<@U0BOB> holds it since 5 m (db backup runs); it goes on after /mesos release m-7k3q.",
    );
    expect(statusOfCluster("prod", [record], worldOf(), NOW).table).toMatch(/held/);
  });

  test("a question that waits for an answer", () => {
    expect(statusOfMaintenance(asked(), NOW).text).toContain(
      "The approval of the Down is asked for in the thread.",
    );
  });

  test("names who may not approve because they asked for it (invariant 6)", () => {
    expect(asked().batches[0]?.approvals.at(-1)?.notBy).toContain("U0ALICE");
  });
});
