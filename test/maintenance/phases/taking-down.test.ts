import { describe, expect, test } from "vitest";
import {
  agent,
  answer,
  HOUR,
  MINUTE,
  machine,
  NOW,
  policyOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import {
  approved,
  asked,
  click,
  downWorld,
  drainingWorld,
  first,
  lastEvent,
  news,
  stored,
  tick,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

const lost = [agent("db-09")];

const unknown = drainingWorld({ recoveredAgents: lost });

describe("taking down", () => {
  test("a tick writes its intent down together with the one START_MAINTENANCE (invariant 5)", () => {
    const { record, effects } = tick(approved(busy), busy, NOW + 1);
    expect(effects).toEqual([
      { kind: "start_maintenance", batch: "b1", machines: [machine("web-01"), machine("web-02")] },
    ]);
    expect(stored(record).intent).toEqual({ approvalId: "b1a1", sentAtMs: NOW + 1, tasks: 1 });
  });

  test("a call that may be under way is not sent again; then the world decides (invariant 7)", () => {
    const sent = tick(approved(busy), busy).record;
    expect(tick(sent, busy, NOW + 14_999).effects).toEqual([]);
    expect(tick(sent, busy, NOW + 14_999).wakeAtMs).toBe(NOW + 15_000);
    expect(tick(sent, busy, NOW + 15_000).effects).toHaveLength(1);
    expect(first(tick(sent, downWorld(), NOW + 15_000).record).phase).toBe("down");
  });

  test("the maintenance is down when the world shows it, with the tasks that were lost", () => {
    const sent = tick(approved(busy), busy).record;
    const { record, effects } = tick(sent, downWorld(), NOW + 1_000);
    expect(effects).toEqual([]);
    expect(stored(record)).toMatchObject({ phase: "down", intent: null });
    expect(lastEvent(record, "down")).toMatchObject({ machines: 2, tasksLost: 1 });
  });

  test("a tick sends only the machines that are not Down yet", () => {
    const { effects } = tick(approved(busy), drainingWorld({ tasks: [t1], down: ["web-02"] }));
    expect(effects).toMatchObject([{ machines: [machine("web-01")] }]);
  });

  const promised = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });
  test.each<[string, ReturnType<typeof drainingWorld>, RegExp]>([
    [
      "a new task",
      drainingWorld({
        tasks: [t1, task("t2", "kafka", "web-02")],
        answers: { "web-01": [answer("marathon", "accept")] },
      }),
      /task t2 of kafka is now on web-02/,
    ],
    [
      "a promise withdrawn",
      drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "decline")] } }),
      /was promised, is now refused/,
    ],
    ["answers erased", drainingWorld({ tasks: [t1] }), /its answer was erased/],
  ])(
    "with %s since the approval nothing goes down, and it is asked anew (invariant 5)",
    (_, world, change) => {
      const { record, effects } = tick(approved(promised), world);
      expect(effects).toEqual([]);
      expect(first(record)).toMatchObject({ phase: "awaiting_approval", intent: null });
      expect(first(record).approvals.map((a) => a.outcome?.kind)).toEqual(["outdated", undefined]);
      expect(lastEvent(record, "approval_outdated").changes.join()).toMatch(change);
    },
  );

  test("with another window since the approval nothing goes down, and it is asked only once the machines stand in ours (invariants 5, 12)", () => {
    const moved = worldOf({ windows: [windowOn(["web-01", "web-02"], NOW + 1, 4 * HOUR)], tasks: [t1] });
    const { record, effects } = tick(approved(busy), moved);
    expect(effects).toEqual([]);
    expect(first(record)).toMatchObject({ phase: "draining", askedByItself: false });
    const next = tick(record, moved, NOW + HOUR).record;
    expect(next.trouble?.code).toBe("window_changed");
    expect(news(next, record)).not.toContain("approval_asked");
    expect(news(tick(next, busy, NOW + HOUR).record, next)).toContain("approval_asked");
  });

  test("tasks that went away since the approval are no hindrance", () => {
    expect(tick(approved(busy), drainingWorld()).effects).toHaveLength(1);
  });

  test("the Down waits while a fail-over hides what runs there, and goes on when agents are back (invariant 2)", () => {
    const blind = drainingWorld({
      agents: [agent("web-02")],
      recoveredAgents: [agent("web-01")],
      leaderId: "leader-2",
    });
    const waiting = tick(approved(busy), blind);
    expect(waiting.effects).toEqual([]);
    expect(first(waiting.record).phase).toBe("taking_down");
    expect(tick(waiting.record, busy, NOW + MINUTE).effects).toHaveLength(1);
  });

  test("an approval that has expired before the master could be asked is not used (invariant 5)", () => {
    const { record, effects } = tick(approved(busy), busy, NOW + HOUR);
    expect(effects).toEqual([]);
    expect(news(record)).toContain("approval_outdated");
  });
});

describe("approved, and it is not known what runs in the cluster (invariant 2)", () => {
  test("nothing goes down, and why is told once (invariant 10)", () => {
    const granted = approved();
    const { record, effects, wakeAtMs } = tick(granted, unknown);
    expect(effects).toEqual([]);
    expect(record.trouble).toMatchObject({
      code: "tasks_unknown",
      what: expect.stringContaining("one agent has not registered again"),
    });
    expect(wakeAtMs).toBeLessThanOrEqual(NOW + HOUR);
    expect(news(tick(record, unknown, NOW + MINUTE).record, record)).toEqual([]);
  });

  test("the machines go down once it is known", () => {
    const { record } = tick(approved(), unknown);
    expect(tick(record, drainingWorld(), NOW + MINUTE).effects).toMatchObject([
      { kind: "start_maintenance" },
    ]);
  });

  test("the approval gets too old all the same, and is asked anew only once it is known (invariant 5)", () => {
    const { record } = tick(approved(), unknown, NOW + HOUR);
    expect(first(record)).toMatchObject({
      phase: "draining",
      approvals: [{ outcome: { kind: "outdated", changes: ["the approval is older than it may be"] } }],
    });
    expect(first(tick(record, unknown, NOW + HOUR).record).phase).toBe("draining");
    expect(first(tick(record, drainingWorld(), NOW + HOUR).record).phase).toBe("awaiting_approval");
  });
});

describe("approved, and the window ends before the Down (invariant 11)", () => {
  const policy = policyOf({ approvalTtlMs: 24 * HOUR });
  const granted = click(
    asked(drainingWorld(), NOW, policy),
    { kind: "approve", batch: "b1", approval: "b1a1" },
    {
      world: drainingWorld(),
      policy,
    },
  ).record;

  test("the end of the window is told once while somebody holds the maintenance", () => {
    const held = { ...granted, held: { by: "U0BOB", atMs: NOW, reason: null, as: "operator" as const } };
    const over = tick(held, drainingWorld(), NOW + 4 * HOUR, policy);
    expect(over.effects).toEqual([]);
    expect(news(over.record, held)).toContain("overdue");
    expect(news(tick(over.record, drainingWorld(), NOW + 5 * HOUR, policy).record, over.record)).toEqual([]);
  });

  test.each([
    ["when the approval expires", 0, HOUR],
    ["at the next poll once it has expired", HOUR, HOUR + policyOf().pollMs],
  ])(
    "an approved maintenance that somebody holds is looked at again %s (invariant 11)",
    (_, atMs, wakeMs) => {
      const hold = { by: "U0BOB", atMs: NOW, reason: null, as: "operator" as const };
      const untilThen = policyOf({ pollMs: atMs === 0 ? 2 * HOUR : policyOf().pollMs });
      const { wakeAtMs } = tick({ ...approved(), held: hold }, drainingWorld(), NOW + atMs, untilThen);
      expect(wakeAtMs).toBe(NOW + wakeMs);
    },
  );

  test("the end of the window is told while it is not known what runs there", () => {
    expect(news(tick(granted, unknown, NOW + 4 * HOUR, policy).record, granted)).toContain("overdue");
  });
});
