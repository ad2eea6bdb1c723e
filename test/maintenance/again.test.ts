import { describe, expect, test } from "vitest";
import type { Decision } from "../../src/maintenance/decision.js";
import type { Maintenance } from "../../src/maintenance/record.js";
import { HOUR } from "../support/world.js";
import { APPROVE, asked, click, DENY, drainingWorld, inPhase } from "./flow.js";

const world = drainingWorld();

describe("a decision whose job is run a second time, because the worker died after it was stored", () => {
  test.each<[string, Maintenance, Decision]>([
    ["approve", asked(world), APPROVE],
    ["deny", asked(world), DENY],
    ["cancel", inPhase("draining"), { kind: "cancel" }],
    ["up", inPhase("down"), { kind: "up" }],
    ["hold", inPhase("draining"), { kind: "hold", reason: null }],
    ["extend", inPhase("draining"), { kind: "extend", byMs: HOUR }],
  ])("%s: is done once, and answered as done (invariant 7)", (_, before, decision) => {
    const once = click(before, decision, { world });
    expect(once.reply.tone).toBe("done");
    const again = click(once.record, decision, { world });
    expect(again.record).toBe(once.record);
    expect(again.reply).toEqual(once.reply);
  });

  test("a release answers as done to who has released", () => {
    const held = click(inPhase("draining"), { kind: "hold", reason: null }).record;
    const once = click(held, { kind: "release" });
    expect(click(once.record, { kind: "release" })).toEqual(once);
    expect(click(once.record, { kind: "release" }, { by: "U0CAROL" }).reply.tone).toBe("info");
  });
});
