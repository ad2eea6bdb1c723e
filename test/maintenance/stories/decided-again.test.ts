import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { HOUR, MINUTE, NOW, policyOf, windowOn } from "../../support/world.js";
import { racks, Site } from "../rolling/site.js";
import { click } from "../support/flow.js";

const ROLL = { rule: { kind: "count", count: 2 }, canary: null, horizon: 3, approve: "once" } as const;

/** A roll under one approval for all, whose batches go as soon as they are empty and the one before is back. */
function site(parts: ConstructorParameters<typeof Site>[2] = {}): Site {
  const { rolling } = policyOf();
  const made = new Site(racks(), ROLL, { policy: { rolling: { ...rolling, earlyMs: 24 * HOUR } }, ...parts });
  made.pass().approve("b1");
  return made.pass();
}

/** The job of a request that was carried out at this time runs once more, as after a crash. */
function again(on: Site, decision: Decision, askedAtMs: number) {
  return click(on.record, decision, { nowMs: askedAtMs, policy: on.policy, world: on.world() });
}

describe("a command that is carried out once more after a crash (invariant 7)", () => {
  test("Up brings back no batch that went down since", () => {
    const roll = site();
    const askedAtMs = roll.nowMs;
    roll.decide({ kind: "up" });
    roll.pass(MINUTE).pass();
    expect(roll.phases()).toBe("up down draining");
    const { record, reply } = again(roll, { kind: "up" }, askedAtMs);
    expect(record).toBe(roll.record);
    expect(reply).toMatchObject({ tone: "done", text: "m-7k3q: the machines are being brought up." });
  });

  test("Cancel of the rest does not stop the waiting for agents of the batch before (invariant 11)", () => {
    const roll = site();
    roll.decide({ kind: "up" });
    roll.stopped.add("web-01-S0");
    roll.pass(MINUTE).pass();
    const askedAtMs = roll.nowMs;
    roll.decide({ kind: "cancel" });
    roll.pass(MINUTE).pass();
    expect(roll.phases()).toBe("up cancelled cancelled");
    expect(again(roll, { kind: "cancel" }, askedAtMs).record).toBe(roll.record);
    // Nor does the button, pressed late by somebody else.
    expect(roll.decide({ kind: "cancel", rest: true }, "U0CAROL")).toContain("no batch is left to give back");
    expect(roll.pass().record.end).toBeNull();
    roll.decide({ kind: "cancel" }, "U0CAROL");
    expect(roll.record.end?.why).toContain("closed without waiting");
  });

  test("Skip gives back no batch after the one that was meant", () => {
    const roll = site();
    roll.decide({ kind: "up" });
    roll.decide({ kind: "hold", reason: null });
    roll.pass(MINUTE).pass();
    const askedAtMs = roll.nowMs;
    roll.decide({ kind: "skip", batch: null });
    roll.pass(MINUTE).pass();
    expect(roll.phases()).toBe("up cancelled draining");
    const { record, reply } = again(roll, { kind: "skip", batch: null }, askedAtMs);
    expect(record).toBe(roll.record);
    expect(reply.text).toContain("batch 2 of 3 is given back");
  });

  test("Go on accepts nothing that was seen since", () => {
    const roll = site();
    roll.othersDown.add("web-05");
    roll.decide({ kind: "up" });
    roll.pass(MINUTE).pass();
    expect(roll.record.paused?.about).toHaveLength(1);
    const askedAtMs = roll.nowMs;
    roll.decide({ kind: "hold", reason: null });
    roll.decide({ kind: "go_on", batch: null });
    roll.pass(MINUTE);
    roll.decide({ kind: "release" });
    roll.othersDown.add("web-06");
    expect(roll.pass().record.paused?.about).toHaveLength(2);
    expect(again(roll, { kind: "go_on", batch: null }, askedAtMs).record).toBe(roll.record);
  });

  test("an override lifts budgets for no batch after the one that was meant", () => {
    const foreign = windowOn(["db-01"], NOW + MINUTE, null);
    const machines = { kind: "machines", most: { kind: "count", count: 2 }, hours: [] } as const;
    const { rolling } = policyOf();
    const policy = { budgets: [machines], rolling: { ...rolling, earlyMs: 24 * HOUR } };
    const roll = site({ foreign, policy });
    roll.decide({ kind: "up" });
    roll.nowMs += MINUTE;
    roll.pass().pass();
    const askedAtMs = roll.nowMs;
    expect(roll.record.trouble?.code).toBe("over_budget");
    roll.decide({ kind: "override", reason: "it cannot wait" });
    roll.pass(MINUTE).decide({ kind: "up" });
    roll.pass(MINUTE).pass(MINUTE).pass();
    expect(roll.phases()).toBe("up up draining");
    expect(roll.record.trouble?.code).toBe("over_budget");
    const decision: Decision = { kind: "override", reason: "it cannot wait" };
    expect(again(roll, decision, askedAtMs).record).toBe(roll.record);
  });
});

describe("a button that is pressed late", () => {
  test("Go on means the pause that the card showed, and no other", () => {
    const roll = site();
    roll.othersDown.add("web-05");
    roll.decide({ kind: "up" });
    roll.pass(MINUTE).pass();
    const shown = roll.record.paused?.sinceMs ?? 0;
    roll.othersDown.add("web-06");
    roll.pass();
    // Nor does a line that was typed before this pause came.
    const { paused } = roll.record;
    const before = { kind: "go_on", batch: null } as const;
    expect(again(roll, before, (paused?.sinceMs ?? 0) - 1).record.paused).toEqual(paused);
    const late = { kind: "go_on", batch: "b2", sinceMs: shown } as const;
    expect(roll.decide(late)).toContain("is paused for another reason by now: somebody else has 2 machines");
    expect(roll.record.paused).not.toBeNull();
    roll.decide({ ...late, sinceMs: roll.record.paused?.sinceMs ?? 0 });
    expect(roll.record.paused).toBeNull();
  });
});
