import { describe, expect, test } from "vitest";
import { type Decision, whyNotPossible } from "../../../src/maintenance/decisions/table.js";
import type { Batch } from "../../../src/maintenance/record/record.js";
import { NOW } from "../../support/world.js";
import { inPhase } from "../support/flow.js";

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
