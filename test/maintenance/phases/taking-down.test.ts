import { describe, expect, test } from "vitest";
import { agent, answer, HOUR, MINUTE, machine, NOW, task, windowOn, worldOf } from "../../support/world.js";
import {
  approved,
  downWorld,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  tick,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

describe("taking down", () => {
  test("writes its intent down together with the one START_MAINTENANCE (invariant 5)", () => {
    const { record, effects } = tick(approved(busy), busy, NOW + 1);
    expect(effects).toEqual([
      { kind: "start_maintenance", batch: "b1", machines: [machine("web-01"), machine("web-02")] },
    ]);
    expect(first(record).intent).toEqual({ approvalId: "b1a1", sentAtMs: NOW + 1, tasks: 1 });
  });

  test("while the call may be under way it is not sent again; then the world decides (invariant 7)", () => {
    const sent = tick(approved(busy), busy).record;
    expect(tick(sent, busy, NOW + 14_999).effects).toEqual([]);
    expect(tick(sent, busy, NOW + 14_999).wakeAtMs).toBe(NOW + 15_000);
    expect(tick(sent, busy, NOW + 15_000).effects).toHaveLength(1);
    expect(first(tick(sent, downWorld(), NOW + 15_000).record).phase).toBe("down");
  });

  test("is down when the world shows it, with the tasks that were lost", () => {
    const sent = tick(approved(busy), busy).record;
    const { record, effects } = tick(sent, downWorld(), NOW + 1_000);
    expect(effects).toEqual([]);
    expect(first(record)).toMatchObject({ phase: "down", intent: null });
    expect(lastEvent(record, "down")).toMatchObject({ machines: 2, tasksLost: 1 });
  });

  test("sends only the machines that are not Down yet", () => {
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
  ])("%s since the approval: nothing goes down, and it is asked anew (invariant 5)", (_, world, change) => {
    const { record, effects } = tick(approved(promised), world);
    expect(effects).toEqual([]);
    expect(first(record)).toMatchObject({ phase: "awaiting_approval", intent: null });
    expect(first(record).approvals.map((a) => a.outcome?.kind)).toEqual(["outdated", undefined]);
    expect(lastEvent(record, "approval_outdated").changes.join()).toMatch(change);
  });

  test("another window since the approval: nothing goes down, and it is asked only once the machines stand in ours (invariants 5, 12)", () => {
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

  test("waits while a fail-over hides what runs there, and goes on when agents are back (invariant 2)", () => {
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

describe("down", () => {
  const down = inPhase("down");

  test("waits for a person; the end of the window is told once (invariant 11)", () => {
    const step = tick(down, downWorld());
    expect(step.effects).toEqual([]);
    expect(news(step.record)).toEqual([]);
    const late = tick(down, downWorld(), NOW + 4 * HOUR).record;
    expect(news(late)).toEqual(["overdue"]);
    expect(news(tick(late, downWorld(), NOW + 5 * HOUR).record, late)).toEqual([]);
  });

  test("all machines brought Up by somebody else: told, and their agents are awaited", () => {
    const { record } = tick(down, goneWorld({ agents: [] }));
    expect(first(record)).toMatchObject({ phase: "up", upAtMs: NOW });
    expect(news(record)).toEqual(["foreign_change", "up"]);
    expect(record.end).toBeNull();
  });

  test("some machines brought Up by somebody else: the rest stay ours", () => {
    expect(
      first(
        tick(down, drainingWorld({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)], down: ["web-01"] }))
          .record,
      ).phase,
    ).toBe("down");
  });
});

describe("bringing up", () => {
  const bringingUp = inPhase("bringing_up");

  test("sends STOP_MAINTENANCE for what is still Down, and looks again soon", () => {
    const world = drainingWorld({ windows: [windowOn(["web-02"], NOW, 4 * HOUR)], down: ["web-02"] });
    const { effects, wakeAtMs } = tick(bringingUp, world);
    expect(effects).toEqual([{ kind: "stop_maintenance", batch: "b1", machines: [machine("web-02")] }]);
    expect(wakeAtMs).toBe(NOW + 1_000);
  });

  test("does not repeat a call without an answer before it is settled (invariant 7)", () => {
    const unsettled = { ...bringingUp, unsettledUntilMs: NOW + 5_000 };
    expect(tick(unsettled, downWorld())).toMatchObject({ effects: [], wakeAtMs: NOW + 5_000 });
    expect(first(tick(unsettled, worldOf()).record).phase).toBe("up");
  });
});

describe("up", () => {
  const nobody = goneWorld({ agents: [] });
  const up = tick(inPhase("bringing_up"), nobody).record;

  test("ends when every agent that was there has registered again", () => {
    const one = tick(up, worldOf({ agents: [agent("web-02")] }), NOW + MINUTE).record;
    expect(lastEvent(one, "agents_returned")).toMatchObject({ machines: ["web-02"], missing: 1 });
    expect(one.end).toBeNull();
    const all = tick(one, worldOf(), NOW + 2 * MINUTE);
    expect(lastEvent(all.record, "agents_returned")).toMatchObject({ machines: ["web-01"], missing: 0 });
    expect(all.record.end).toMatchObject({ phase: "up" });
    expect(all.wakeAtMs).toBeNull();
  });

  test("agents that do not come back in time are told once, and are awaited on", () => {
    const late = tick(up, nobody, NOW + 10 * MINUTE);
    expect(lastEvent(late.record, "agents_missing").machines).toEqual(["web-01", "web-02"]);
    expect(news(tick(late.record, nobody, NOW + HOUR).record, late.record)).toEqual([]);
    expect(late.wakeAtMs).not.toBeNull();
  });

  test("machines that never had an agent are not waited for", () => {
    const record = tick(inPhase("bringing_up", { agents: [] }), nobody).record;
    expect(record.end).toMatchObject({ phase: "up" });
  });
});
