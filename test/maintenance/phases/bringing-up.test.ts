import { describe, expect, test } from "vitest";
import { HOUR, machine, NOW, windowOn, worldOf } from "../../support/world.js";
import { downWorld, drainingWorld, first, inPhase, tick } from "../support/flow.js";

describe("bringing up", () => {
  const bringingUp = inPhase("bringing_up");

  test("Up sends STOP_MAINTENANCE for what is still Down, and looks again soon", () => {
    const world = drainingWorld({ windows: [windowOn(["web-02"], NOW, 4 * HOUR)], down: ["web-02"] });
    const { effects, wakeAtMs } = tick(bringingUp, world);
    expect(effects).toEqual([
      { kind: "stop_maintenance", batch: "b1", machines: [machine("web-02")], answerCounts: false },
    ]);
    expect(wakeAtMs).toBe(NOW + 1_000);
  });

  test("Up does not repeat a call without an answer before it is settled (invariant 7)", () => {
    const unsettled = { ...bringingUp, unsettledUntilMs: NOW + 5_000 };
    expect(tick(unsettled, downWorld())).toMatchObject({ effects: [], wakeAtMs: NOW + 5_000 });
    expect(first(tick(unsettled, worldOf()).record).phase).toBe("up");
  });
});
