import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, NOW, policyOf } from "../../support/world.js";
import {
  APPROVE,
  ASK,
  asked,
  click,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  tick,
} from "../support/flow.js";

const policy = policyOf({ approvalTtlMs: 8 * HOUR });

const END = NOW + 4 * HOUR;

const before = drainingWorld();

const after = drainingWorld({ observedAtMs: END });

describe("a window that has ended by the time of the click (invariant 5)", () => {
  const open = asked(before, NOW, policy);

  test("an ended window is worse than what was shown: nothing goes down, and the new question says so", () => {
    const { record, reply } = click(open, APPROVE, { world: after, nowMs: END, policy });
    expect(reply).toMatchObject({ tone: "refused", text: expect.stringContaining("the window has ended") });
    expect(first(record).approvals).toMatchObject([
      { outcome: { kind: "outdated", changes: ["the window has ended"] } },
      { outcome: null, seen: { windowOver: true } },
    ]);
  });

  test("a window that was over when the question was asked may be approved, once it was shown", () => {
    const late = click(inPhase("draining"), ASK, { by: "U0ALICE", world: after, nowMs: END, policy }).record;
    const world = drainingWorld({ observedAtMs: END + MINUTE });
    const granted = click(late, APPROVE, { world, nowMs: END + MINUTE, policy }).record;
    expect(first(granted).phase).toBe("taking_down");
    expect(tick(granted, world, END + MINUTE, policy).effects).toHaveLength(1);
  });

  test("an ended window stops a Down that was approved in time and could not be sent", () => {
    const granted = click(open, APPROVE, { world: before, policy }).record;
    const { record, effects } = tick(granted, after, END, policy);
    expect(effects).toEqual([]);
    expect(lastEvent(record, "approval_outdated").changes).toEqual(["the window has ended"]);
  });
});
