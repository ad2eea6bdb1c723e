import { describe, expect, it } from "vitest";
import { type DecisionJob, decisionJobId, maintenanceId } from "../../src/engine/lanes.js";

const job = (decision: DecisionJob["decision"], user = "U0BOB"): DecisionJob => ({
  maintenance: "m-7k3q2",
  decision,
  person: { user, groups: [], lookupFailed: false },
  replyTo: { responseUrl: null, channel: "C1", user, thread: null },
});

describe("the job of a click", () => {
  it("is the same for a double click, and another for another person or question", () => {
    const approve = { kind: "approve", batch: "b1", approval: "b1a1" } as const;
    expect(decisionJobId(job(approve))).toBe(decisionJobId(job(approve)));
    expect(decisionJobId(job(approve, "U0CAROL"))).not.toBe(decisionJobId(job(approve)));
    expect(decisionJobId(job({ ...approve, approval: "b1a2" }))).not.toBe(decisionJobId(job(approve)));
  });

  it("is another for another span: an extension after an extension is not lost", () => {
    const ids = [3_600_000, 7_200_000].map((byMs) => decisionJobId(job({ kind: "extend", byMs })));
    expect(new Set(ids).size).toBe(2);
  });

  it("holds no colon, which a queue does not take", () => {
    expect(decisionJobId(job({ kind: "approve", batch: "b:1", approval: "b:1a1" }))).not.toContain(":");
  });
});

describe("the id of a maintenance", () => {
  it("comes from the command, so that a command delivered twice is one maintenance", () => {
    expect(maintenanceId("trigger-1")).toBe(maintenanceId("trigger-1"));
    expect(maintenanceId("trigger-1")).toMatch(/^m-[a-z0-9]{5}$/);
    expect(maintenanceId("trigger-1", 1)).not.toBe(maintenanceId("trigger-1"));
  });
});
