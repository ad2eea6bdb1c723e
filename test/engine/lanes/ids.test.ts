import { describe, expect, test } from "vitest";
import { commandJobId, decisionJobId, maintenanceId } from "../../../src/engine/lanes/ids.js";
import type { DecisionJob } from "../../../src/engine/lanes/jobs.js";

const job = (decision: DecisionJob["decision"], user = "U0BOB", click = "1.1"): DecisionJob => ({
  maintenance: "m-7k3q2",
  decision,
  person: { user, standing: "member" as const, groups: [], lookupFailed: false },
  click,
  askedAtMs: 0,
  replyTo: { responseUrl: null, channel: "C1", user, thread: null, command: "/mesos" },
});

describe("the job of a click", () => {
  test("a double click is one job, and a click of another person or on another question is another", () => {
    const approve = { kind: "approve", batch: "b1", approval: "b1a1" } as const;
    expect(decisionJobId(job(approve))).toBe(decisionJobId(job(approve)));
    expect(decisionJobId(job(approve, "U0CAROL"))).not.toBe(decisionJobId(job(approve)));
    expect(decisionJobId(job({ ...approve, approval: "b1a2" }))).not.toBe(decisionJobId(job(approve)));
  });

  test.each([
    { kind: "approve", batch: "b1", approval: "b1a1" },
    { kind: "deny", batch: "b1", approval: "b1a1", reason: null },
    { kind: "cancel" },
    { kind: "up" },
    { kind: "ready" },
  ] as const)("a second click on what is decided once is the same job: $kind", (decision) => {
    expect(decisionJobId(job(decision, "U0BOB", "1.1"))).toBe(decisionJobId(job(decision, "U0BOB", "2.2")));
  });

  test.each([
    { kind: "hold", reason: null },
    { kind: "release" },
    { kind: "extend", byMs: 3_600_000 },
    { kind: "ask_down", batch: "b1" },
    { kind: "override", reason: "urgent" },
    { kind: "retry" },
  ] as const)(
    "a second click on what can be meant again is another job, and one that is delivered twice is the same (invariant 10): $kind",
    (decision) => {
      const id = (click: string) => decisionJobId(job(decision, "U0BOB", click));
      expect(id("1.1")).not.toBe(id("2.2"));
      expect(id("1.1")).toBe(id("1.1"));
    },
  );

  test("the id of a click's job holds no colon, which a queue does not take", () => {
    expect(decisionJobId(job({ kind: "approve", batch: "b:1", approval: "b:1a1" }))).not.toContain(":");
  });
});

describe("the job of a command", () => {
  test("a command that is delivered twice is one job, whose id holds no colon", () => {
    expect(commandJobId("13:37.1")).toBe(commandJobId("13:37.1"));
    expect(commandJobId("13:37.1")).not.toBe(commandJobId("13:37.2"));
    expect(commandJobId("13:37.1")).not.toContain(":");
  });
});

describe("the id of a maintenance", () => {
  test("the id of a maintenance comes from the command, so that a command delivered twice is one maintenance", () => {
    expect(maintenanceId("trigger-1")).toBe(maintenanceId("trigger-1"));
    expect(maintenanceId("trigger-1")).toMatch(/^m-[a-z0-9]{5}$/);
    expect(maintenanceId("trigger-1", 1)).not.toBe(maintenanceId("trigger-1"));
  });
});
