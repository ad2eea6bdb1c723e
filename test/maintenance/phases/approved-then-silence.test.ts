import { describe, expect, test } from "vitest";
import { agent, HOUR, MINUTE, NOW, policyOf } from "../../support/world.js";
import { approved, asked, click, drainingWorld, first, news, tick } from "../support/flow.js";

const lost = [agent("db-09")];

const unknown = drainingWorld({ recoveredAgents: lost });

describe("approved, and it is not known what runs in the cluster (invariant 2)", () => {
  test("nothing goes down, and why is told once (invariant 10)", () => {
    const granted = approved();
    const { record, effects, wakeAtMs } = tick(granted, unknown);
    expect(effects).toEqual([]);
    expect(record.trouble).toMatchObject({
      code: "tasks_unknown",
      what: expect.stringContaining("one agent has not registered again"),
    });
    expect(wakeAtMs).toBeLessThanOrEqual(NOW + HOUR);
    expect(news(tick(record, unknown, NOW + MINUTE).record, record)).toEqual([]);
  });

  test("goes down once it is known", () => {
    const { record } = tick(approved(), unknown);
    expect(tick(record, drainingWorld(), NOW + MINUTE).effects).toMatchObject([
      { kind: "start_maintenance" },
    ]);
  });

  test("the approval gets too old all the same, and is asked anew only once it is known (invariant 5)", () => {
    const { record } = tick(approved(), unknown, NOW + HOUR);
    expect(first(record)).toMatchObject({
      phase: "draining",
      approvals: [{ outcome: { kind: "outdated", changes: ["the approval is older than it may be"] } }],
    });
    expect(first(tick(record, unknown, NOW + HOUR).record).phase).toBe("draining");
    expect(first(tick(record, drainingWorld(), NOW + HOUR).record).phase).toBe("awaiting_approval");
  });
});

describe("approved, and the window ends before the Down (invariant 11)", () => {
  const policy = policyOf({ approvalTtlMs: 24 * HOUR });
  const granted = click(
    asked(drainingWorld(), NOW, policy),
    { kind: "approve", batch: "b1", approval: "b1a1" },
    {
      world: drainingWorld(),
      policy,
    },
  ).record;

  test("is told once while somebody holds it", () => {
    const held = { ...granted, held: { by: "U0BOB", atMs: NOW, reason: null, as: "operator" as const } };
    const over = tick(held, drainingWorld(), NOW + 4 * HOUR, policy);
    expect(over.effects).toEqual([]);
    expect(news(over.record, held)).toContain("overdue");
    expect(news(tick(over.record, drainingWorld(), NOW + 5 * HOUR, policy).record, over.record)).toEqual([]);
  });

  test("is told while it is not known what runs there", () => {
    expect(news(tick(granted, unknown, NOW + 4 * HOUR, policy).record, granted)).toContain("overdue");
  });
});
