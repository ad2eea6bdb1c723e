import { describe, expect, test } from "vitest";
import { decide } from "../../src/maintenance/decide.js";
import type { DecisionContext } from "../../src/maintenance/decisions/decided.js";
import type { Decision } from "../../src/maintenance/record/decision.js";
import type { Maintenance } from "../../src/maintenance/record/record.js";
import { millisToNanos } from "../../src/maintenance/time.js";
import { HOUR, NOW, policyOf, windowOn } from "../support/world.js";
import { APPROVE, asked, click, DENY, drainingWorld, inPhase, tick } from "./support/flow.js";

const world = drainingWorld();

/** The job of Bob's request of `askedAtMs`, run at `nowMs`. */
function at(nowMs: number, askedAtMs: number): DecisionContext {
  const person = { user: "U0BOB", groups: [], lookupFailed: false };
  return { person, nowMs, askedAtMs, policy: policyOf(), world: null };
}

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

  test("an extension is not made a second time once the longer window stands either, however late the job runs again", () => {
    const [before, EXTEND] = [inPhase("draining"), { kind: "extend", byMs: HOUR } as const];
    const once = decide(before, EXTEND, at(NOW + 1_000, NOW));
    const longer = drainingWorld({ windows: [windowOn(["web-01", "web-02"], NOW, 5 * HOUR)] });
    const moved = tick(once.record, longer).record;
    expect(moved.batches).toMatchObject([{ movingFrom: null }]);
    const again = decide(moved, EXTEND, at(NOW + HOUR, NOW));
    expect(again).toEqual({ record: moved, reply: once.reply });
    const another = decide(moved, EXTEND, at(NOW + HOUR, NOW + 2_000));
    expect(another.record.batches).toMatchObject([{ window: { duration: millisToNanos(6 * HOUR) } }]);
  });

  test("a release is answered as done, and asked for anew as nothing to release", () => {
    const held = click(inPhase("draining"), { kind: "hold", reason: null }).record;
    const once = decide(held, { kind: "release" }, at(NOW + 1_000, NOW));
    expect(decide(once.record, { kind: "release" }, at(NOW + HOUR, NOW))).toEqual(once);
    expect(decide(once.record, { kind: "release" }, at(NOW + HOUR, NOW + 2_000)).reply.tone).toBe("info");
  });

  test("a release answers as done to who has released", () => {
    const held = click(inPhase("draining"), { kind: "hold", reason: null }).record;
    const once = click(held, { kind: "release" });
    expect(click(once.record, { kind: "release" })).toEqual(once);
    expect(click(once.record, { kind: "release" }, { by: "U0CAROL" }).reply.tone).toBe("info");
  });
});
