import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, NOW, policyOf, task } from "../../support/world.js";
import {
  approved,
  asked,
  click,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  tick,
  twoLooks,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

const AT = NOW + 20 * MINUTE;

type Then = "release" | "ask" | "force";

const withDeadline = (then: Then, record = inPhase("draining")) => ({
  ...record,
  deadline: { atMs: AT, then, met: false },
});

const force = policyOf({ allowForce: true });

describe("when machines are not empty by the deadline", () => {
  test("nothing happens a moment earlier, and the deadline wakes the maintenance", () => {
    const step = tick(withDeadline("release"), busy, AT - 1, policyOf({ pollMs: HOUR }));
    expect(news(step.record)).not.toContain("deadline");
    expect(step.wakeAtMs).toBe(AT);
  });

  test("a deadline with release gives the machines back, once", () => {
    const step = tick(withDeadline("release"), busy, AT);
    expect(lastEvent(step.record, "deadline")).toMatchObject({ then: "release", tasksLeft: 1 });
    expect(step.effects).toMatchObject([{ kind: "update_schedule", edit: { kind: "remove" } }]);
    const after = twoLooks(step.record, goneWorld({ tasks: [t1] }), AT + 1);
    expect(after.record.end).toMatchObject({ phase: "cancelled" });
  });

  test("a deadline with ask asks now, before its time, and once", () => {
    const { record } = tick(withDeadline("ask"), busy, AT);
    expect(news(record)).toEqual(expect.arrayContaining(["deadline", "approval_asked"]));
    expect(first(record).approvals).toMatchObject([{ forced: false, askedBy: null }]);
    const denied = click(record, { kind: "deny", batch: "b1", approval: "b1a1", reason: null }).record;
    expect(news(tick(denied, busy, AT + 3 * HOUR).record, denied)).toEqual([]);
  });

  test("a deadline with ask leaves a question that stands already", () => {
    const open = withDeadline("ask", asked(busy));
    const { record } = tick(open, busy, AT);
    expect(news(record, open)).toEqual(["deadline"]);
    expect(first(record).approvals).toHaveLength(1);
  });

  test("a deadline with force takes an approval of its own, also where a question stands", () => {
    const { record } = tick(withDeadline("force", asked(busy)), busy, AT, force);
    expect(first(record).approvals).toMatchObject([
      { outcome: { kind: "withdrawn" } },
      { forced: true, outcome: null },
    ]);
    const approve = { kind: "approve", batch: "b1", approval: "b1a2" } as const;
    const worse = drainingWorld({ tasks: [t1, task("t2", "marathon", "web-02")] });
    const again = click(record, approve, { world: worse, nowMs: AT, policy: force }).record;
    expect(first(again).approvals.at(-1)).toMatchObject({ id: "b1a3", forced: true });
    expect(first(click(record, approve, { world: busy, nowMs: AT, policy: force }).record).phase).toBe(
      "taking_down",
    );
  });

  test("a deadline with force only asks when the policy no longer allows it", () => {
    const { record } = tick(withDeadline("force"), busy, AT);
    expect(lastEvent(record, "deadline").then).toBe("ask");
    expect(first(record).approvals).toMatchObject([{ forced: false }]);
  });

  test.each<Then>(["release", "ask", "force"])(
    "a deadline with %s waits while the maintenance is held",
    (then) => {
      const held = click(withDeadline(then), { kind: "hold", reason: null }).record;
      expect(news(tick(held, busy, AT, force).record, held)).not.toContain("deadline");
      const going = click(held, { kind: "release" }).record;
      expect(news(tick(going, busy, AT + HOUR, force).record, going)).toContain("deadline");
    },
  );

  test("a deadline with ask waits until the machines stand in our window and agents are known (invariants 2, 12)", () => {
    const removed = tick(withDeadline("ask"), drainingWorld({ windows: [], tasks: [t1] }), AT).record;
    expect(news(removed)).not.toContain("deadline");
    expect(news(tick(removed, busy, AT + MINUTE).record)).toContain("deadline");
  });
});

test("machines that are empty by the deadline have met it: nothing happens, then or later", () => {
  const { record } = tick(withDeadline("release"), drainingWorld(), AT);
  expect(record.deadline?.met).toBe(true);
  expect(news(record)).not.toContain("deadline");
  expect(news(tick(record, busy, AT + HOUR).record)).not.toContain("deadline");
});

test("machines that are being taken down are not given back by a deadline", () => {
  const going = withDeadline("release", approved(busy));
  const { record, effects } = tick(going, busy, AT);
  expect(record.cancel).toBeNull();
  expect(effects).toMatchObject([{ kind: "start_maintenance" }]);
});

test("machines that were given back before the deadline have not met it", () => {
  const cancelled = click(withDeadline("ask"), { kind: "cancel" }).record;
  const removed = tick(cancelled, goneWorld({ tasks: [t1] }), AT - 1).record;
  expect(first(removed).phase).toBe("cancelled");
  expect(removed.end).toBeNull();
  expect(tick(removed, goneWorld({ tasks: [t1] }), AT).record.deadline?.met).toBe(false);
});
