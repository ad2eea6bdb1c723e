import { describe, expect, test } from "vitest";
import { applyEdit, sameSchedule } from "../../src/maintenance/window/edit.js";
import { HOUR, MINUTE, NOW, policyOf, recordOf, task, windowOn, worldOf } from "../support/world.js";
import { drainingWorld, inPhase, news, tick } from "./support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = { tasks: [t1] };

const planned = inPhase("scheduled", { drainingSinceMs: null });

describe("whatever the phase", () => {
  const hidden = { ...drainingWorld(), schedule: { windows: [] } };
  test.each([
    "scheduled",
    "draining",
    "awaiting_approval",
    "taking_down",
    "down",
    "bringing_up",
    "up",
  ] as const)("a %s maintenance does nothing on a filtered view and says why once (invariant 2)", (phase) => {
    const record = inPhase(phase);
    const step = tick(record, hidden);
    expect(step.effects).toEqual([]);
    expect(step.record).toMatchObject({ batches: record.batches, trouble: { code: "filtered_read" } });
    expect(step.wakeAtMs).toBe(NOW + policyOf().pollMs);
    expect(news(tick(step.record, hidden).record, step.record)).toEqual([]);
  });

  test("an ended maintenance does nothing and needs no wake-up", () => {
    const record = recordOf({ ...inPhase("cancelled"), end: { phase: "cancelled", atMs: NOW, why: null } });
    expect(tick(record, drainingWorld())).toEqual({ record, effects: [], wakeAtMs: null });
  });

  test("a maintenance whose hosts are still to be looked up is not forgotten (invariant 11)", () => {
    expect(tick(recordOf(), worldOf()).wakeAtMs).toBe(NOW + policyOf().pollMs);
  });

  test("a call that is refused at every tick is one trouble, over when it has gone through (invariant 10)", () => {
    const refused = {
      code: "forbidden",
      what: "403",
      said: null,
      notDone: "No window.",
      next: "Grant it.",
      sinceMs: NOW,
    };
    const record = { ...planned, trouble: refused };
    const again = tick(record, worldOf(), NOW + MINUTE);
    expect(again.effects).toHaveLength(1);
    expect(news(again.record, record)).toEqual([]);
    expect(news(tick(again.record, drainingWorld(busy), NOW + HOUR).record, record)).toContain(
      "trouble_over",
    );
  });

  test("the edit that a tick asks for always changes the schedule it saw (invariant 3)", () => {
    for (const world of [worldOf(), worldOf({ windows: [windowOn(["web-02"], NOW, 4 * HOUR)] })]) {
      for (const effect of tick(planned, world).effects) {
        if (effect.kind !== "update_schedule") throw new Error("expected an edit of the schedule");
        expect(sameSchedule(applyEdit(world.schedule, effect.edit, []), world.schedule)).toBe(false);
      }
    }
  });
});
