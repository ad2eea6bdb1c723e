import { describe, expect, test } from "vitest";
import { answer, HOUR, NOW, task, windowOn, worldOf } from "../../support/world.js";
import { asked, click, drainingWorld, first, inPhase, news, tick } from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });

describe("retry", () => {
  const removed = tick(asked(busy), drainingWorld({ windows: [], tasks: [t1] })).record;

  test("a retry posts a removed window again, withdraws the question and asks anew when it stands", () => {
    const { record } = click(removed, { kind: "retry" });
    expect(first(record)).toMatchObject({
      phase: "scheduled",
      approvals: [{ outcome: { kind: "withdrawn" } }],
    });
    expect(tick(record, worldOf()).effects).toHaveLength(1);
    const stands = tick(record, drainingWorld()).record;
    expect(news(stands, record)).toEqual(
      expect.arrayContaining(["scheduled", "approval_asked", "trouble_over"]),
    );
  });

  test("a second retry, or one with a window that stands, changes nothing (invariant 3)", () => {
    const once = click(removed, { kind: "retry" }).record;
    expect(click(once, { kind: "retry" }).record).toBe(once);
    const standing = asked(busy);
    expect(click(standing, { kind: "retry" }).record).toBe(standing);
  });

  test("a retry of a window that has ended is refused: it is made longer first, and posted then", () => {
    const over = NOW + 5 * HOUR;
    const half = worldOf({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)] });
    const late = tick(inPhase("draining"), half, over).record;
    const { record, reply } = click(late, { kind: "retry" }, { nowMs: over });
    expect(record).toBe(late);
    expect(reply).toMatchObject({ tone: "refused", next: expect.stringContaining("/mesos extend m-7k3q") });
    const longer = click(late, { kind: "extend", byMs: 4 * HOUR }, { by: "U0ALICE", nowMs: over }).record;
    const moved = tick(longer, worldOf({ windows: [windowOn(["web-01"], NOW, 8 * HOUR)] }), over).record;
    const again = click(moved, { kind: "retry" }, { nowMs: over }).record;
    const step = tick(again, worldOf({ windows: [windowOn(["web-01"], NOW, 8 * HOUR)] }), over);
    expect(step.effects).toMatchObject([{ kind: "update_schedule", edit: { kind: "place" } }]);
  });
});
