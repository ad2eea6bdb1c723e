import { describe, expect, test } from "vitest";
import { phaseRefusal, type Wanted, wrongPhase } from "../../../src/maintenance/decisions/possible.js";
import type { Batch } from "../../../src/maintenance/record/record.js";
import { NOW } from "../../support/world.js";
import { inPhase } from "../support/flow.js";

describe("what is not possible now says what is, for what was wanted", () => {
  test.each<[Wanted, Batch["phase"], RegExp]>([
    ["Up", "scheduled", /To give them back: \/mesos cancel m-7k3q/],
    ["Up", "draining", /To give them back: \/mesos cancel m-7k3q/],
    ["Up", "awaiting_approval", /To give them back: \/mesos cancel m-7k3q/],
    ["Up", "taking_down", /Wait until the machines are down/],
    ["Down", "down", /\/mesos up m-7k3q/],
    ["Cancel", "down", /\/mesos up m-7k3q/],
    ["Hold", "up", /\/mesos cancel m-7k3q/],
    ["Override", "down", /\/mesos up m-7k3q/],
  ])("%s while %s is answered with what is possible", (wanted, phase, next) => {
    expect(wrongPhase(inPhase(phase), wanted).next).toMatch(next);
  });
});

describe("whether the phases speak against it", () => {
  const intent = { approvalId: "b1a1", sentAtMs: NOW, tasks: 0 };
  test.each<["Down" | "Up" | "Cancel", Batch["phase"], Partial<Batch>, boolean]>([
    ["Down", "draining", {}, false],
    ["Down", "down", {}, true],
    ["Up", "down", {}, false],
    ["Up", "draining", {}, true],
    ["Cancel", "scheduled", {}, false],
    ["Cancel", "awaiting_approval", {}, false],
    ["Cancel", "taking_down", {}, false],
    ["Cancel", "taking_down", { intent }, true],
    ["Cancel", "down", {}, true],
  ])("%s while %s, with %o, is refused: %s", (wanted, phase, parts, refused) => {
    expect(phaseRefusal(inPhase(phase, parts), wanted) !== null).toBe(refused);
  });
});
