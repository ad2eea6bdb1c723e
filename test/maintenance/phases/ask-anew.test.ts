import { describe, expect, test } from "vitest";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { answer, HOUR, MINUTE, NOW, policyOf, task, windowOn } from "../../support/world.js";
import { APPROVE, ASK, click, drainingWorld, first, goneWorld, inPhase, tick } from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

describe("a question that stood is asked anew, as the question of whoever asked it (invariant 6)", () => {
  const draining = tick(inPhase("draining", { askedByItself: true }), busy).record;
  const byBob = click(draining, ASK, { world: busy, by: "U0BOB" }).record;
  const LONGER = drainingWorld({
    windows: [windowOn(["web-01", "web-02"], NOW, 5 * HOUR)],
    tasks: [t1],
  });
  const EXTEND = { kind: "extend", byMs: HOUR } as const;
  const extended = click(byBob, EXTEND, { by: "U0ALICE" }).record;
  const second = { kind: "approve", batch: "b1", approval: "b1a2" } as const;
  const last = (record: Maintenance) => first(record).approvals.at(-1);

  test("the question is asked anew once an extension has moved the window, though tasks are left and nobody else asks", () => {
    const moving = tick(extended, busy, NOW + MINUTE).record;
    expect(last(moving)).toMatchObject({ outcome: { kind: "withdrawn", why: "extended", by: "U0ALICE" } });
    const { record } = tick(moving, LONGER, NOW + 2 * MINUTE);
    expect(first(record).phase).toBe("awaiting_approval");
    expect(last(record)).toMatchObject({
      id: "b1a2",
      askedBy: "U0BOB",
      notBy: ["U0ALICE", "U0BOB"],
      outcome: null,
    });
    const at = { world: LONGER, nowMs: NOW + 3 * MINUTE };
    expect(first(click(record, second, { ...at, by: "U0BOB" }).record).phase).toBe("awaiting_approval");
    expect(first(click(record, second, { ...at, by: "U0CAROL" }).record).phase).toBe("taking_down");
    expect(tick(record, LONGER, NOW + 3 * MINUTE).record.batches).toEqual(record.batches);
  });

  test("nothing is asked anew when no question stood", () => {
    const quiet = click(draining, EXTEND, { by: "U0ALICE" }).record;
    expect(first(tick(quiet, LONGER, NOW + 2 * MINUTE).record)).toMatchObject({
      phase: "draining",
      approvals: [],
    });
  });

  test("the question is asked anew after a hold that stood when the window was moved", () => {
    const held = click(extended, { kind: "hold", reason: null }, { by: "U0CAROL" }).record;
    const moved = tick(held, LONGER, NOW + 2 * MINUTE).record;
    expect(last(moved)?.outcome?.kind).toBe("withdrawn");
    const going = click(moved, { kind: "release" }, { by: "U0CAROL" }).record;
    expect(last(tick(going, LONGER, NOW + 3 * MINUTE).record)).toMatchObject({ askedBy: "U0BOB" });
  });

  test("the question keeps its asker when it would have been time for the bot to ask anyhow", () => {
    const empty = drainingWorld({ windows: [windowOn(["web-01", "web-02"], NOW, 5 * HOUR)] });
    expect(last(tick(extended, empty, NOW + 2 * HOUR).record)).toMatchObject({ askedBy: "U0BOB" });
  });

  test("a question that the bot asked waits for the hours of the calendar", () => {
    const calendar = [{ days: [2], from: 11 * 60, to: 12 * 60 + 30, timeZone: "UTC" }];
    const policy = policyOf({ calendar });
    const byBot = { ...extended, batches: [{ ...first(extended), askAnew: { by: null, forced: false } }] };
    const closed = tick(byBot, LONGER, NOW + 40 * MINUTE, policy).record;
    expect(last(closed)?.outcome?.kind).toBe("withdrawn");
    const open = tick(closed, LONGER, NOW + 7 * 24 * HOUR, policy).record;
    expect(last(open)).toMatchObject({ id: "b1a2", askedBy: null });
  });

  test("the question is asked anew once our window, which somebody had removed, was posted again", () => {
    const removed = tick(byBob, goneWorld({ tasks: [t1] }), NOW + MINUTE).record;
    const again = click(removed, { kind: "retry" }, { by: "U0CAROL" }).record;
    expect(last(again)).toMatchObject({ outcome: { kind: "withdrawn", why: "posted_again", by: "U0CAROL" } });
    let record = tick(again, busy, NOW + 2 * MINUTE).record;
    record = tick(record, busy, NOW + 3 * MINUTE).record;
    expect(last(record)).toMatchObject({ id: "b1a2", askedBy: "U0BOB" });
    // It would be time to ask anyhow: still not a question of the bot's own.
    const empty = tick(again, drainingWorld(), NOW + 2 * MINUTE).record;
    expect(last(empty)).toMatchObject({ id: "b1a2", askedBy: "U0BOB" });
  });

  test("the question is asked anew once the machines drain in our window again, after a vote that came while they did not", () => {
    const outdated = click(byBob, APPROVE, { by: "U0CAROL", world: goneWorld({ tasks: [t1] }) }).record;
    expect(last(outdated)).toMatchObject({ id: "b1a1", outcome: { kind: "outdated" } });
    expect(last(tick(outdated, busy, NOW + MINUTE).record)).toMatchObject({ id: "b1a2", askedBy: "U0BOB" });
  });
});
