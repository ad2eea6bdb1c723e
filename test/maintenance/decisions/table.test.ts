import { describe, expect, test } from "vitest";
import { type Decision, whyNotPossible } from "../../../src/maintenance/decisions/table.js";
import type { Batch } from "../../../src/maintenance/record/record.js";
import { NOW } from "../../support/world.js";
import { click, inPhase } from "../support/flow.js";

const ASK = { kind: "ask_down", batch: "b1" } as const;
const UP = { kind: "up" } as const;
const CANCEL = { kind: "cancel" } as const;
const HOLD = { kind: "hold", reason: null } as const;
const EXTEND = { kind: "extend", byMs: 3_600_000 } as const;
const OVERRIDE = { kind: "override", reason: "it cannot wait" } as const;

describe("what is not possible now says what is, for what was wanted", () => {
  test.each<[Decision, Batch["phase"], RegExp]>([
    [UP, "scheduled", /To give them back: \/mesos cancel m-7k3q/],
    [UP, "draining", /To give them back: \/mesos cancel m-7k3q/],
    [UP, "awaiting_approval", /To give them back: \/mesos cancel m-7k3q/],
    [UP, "taking_down", /Wait until the machines are down/],
    [ASK, "down", /\/mesos up m-7k3q/],
    [CANCEL, "down", /\/mesos up m-7k3q/],
    [HOLD, "down", /\/mesos up m-7k3q/],
    [OVERRIDE, "down", /\/mesos up m-7k3q/],
    [EXTEND, "scheduled", /Wait until its window stands/],
  ])("%o while %s is answered with what is possible", (wanted, phase, next) => {
    expect(whyNotPossible(inPhase(phase), wanted)?.next).toMatch(next);
  });
});

describe("what waits for a window to stand says what is in its way", () => {
  const trouble = {
    code: "forbidden",
    what: "The principal lacks the right to do this.",
    said: null,
    notDone: "The window is not posted yet.",
    next: "Grant it update_maintenance_schedules in the masters' ACLs; it goes on by itself then.",
    sinceMs: NOW,
  };
  const held = { by: "U0BOB", atMs: NOW, reason: null, as: "operator" as const };

  test("an extension of a window whose post was refused names the right, and does not say to wait", () => {
    expect(whyNotPossible(inPhase("scheduled", {}, { trouble }), EXTEND)?.next).toBe(trouble.next);
  });
  test("an extension of a window that is held before its post says to release it", () => {
    expect(whyNotPossible(inPhase("scheduled", {}, { held }), EXTEND)?.next).toMatch(
      /Release it .*\/mesos release m-7k3q; then its window is posted/,
    );
  });
  test("a hold before the post does not say that the window stays", () => {
    const reply = (phase: Batch["phase"]) => click(inPhase(phase), HOLD).reply.text;
    expect(reply("scheduled")).not.toContain("Its window stays");
    expect(reply("kill_draining")).not.toContain("Its window stays");
    expect(reply("draining")).toContain("Its window stays at the master.");
  });
});

describe("the phase alone says whether a decision is possible", () => {
  const intent = { approvalId: "b1a1", sentAtMs: NOW, tasks: 0 };
  test.each<[Decision, Batch["phase"], Partial<Batch>, boolean]>([
    [ASK, "draining", {}, true],
    [ASK, "down", {}, false],
    [UP, "down", {}, true],
    [UP, "draining", {}, false],
    [CANCEL, "scheduled", {}, true],
    [CANCEL, "awaiting_approval", {}, true],
    [CANCEL, "taking_down", {}, true],
    [CANCEL, "taking_down", { intent }, false],
    [CANCEL, "down", {}, false],
    [CANCEL, "up", {}, true],
    [HOLD, "taking_down", {}, true],
    [HOLD, "taking_down", { intent }, false],
    [EXTEND, "draining", {}, true],
    [EXTEND, "taking_down", {}, false],
    [EXTEND, "down", {}, true],
  ])("%o while %s, with %o, is possible: %s", (wanted, phase, parts, possible) => {
    expect(whyNotPossible(inPhase(phase, parts), wanted) === null).toBe(possible);
  });
});
