import { describe, expect, test } from "vitest";
import type { TroubleCode } from "../../../src/maintenance/record/troubles.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { agent, answer, HOUR, MINUTE, NOW, policyOf, task, windowOn, worldOf } from "../../support/world.js";
import {
  asked,
  downWorld,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  news,
  OURS,
  stored,
  tick,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = { tasks: [t1] };

const theirs = windowOn(["web-01"], NOW + HOUR, null);

const planned = inPhase("scheduled", { drainingSinceMs: null });

describe("draining", () => {
  const later = inPhase("draining", {
    window: { start: millisToNanos(NOW + 2 * HOUR), duration: millisToNanos(4 * HOUR) },
  });
  const laterWorld = (parts = {}) =>
    worldOf({ windows: [windowOn(["web-01", "web-02"], NOW + 2 * HOUR, 4 * HOUR)], ...parts });

  test("the bot asks by itself when the machines are empty", () => {
    const { record } = tick(inPhase("draining"), drainingWorld());
    expect(news(record)).toEqual(["empty", "approval_asked"]);
    expect(stored(record)).toMatchObject({ phase: "awaiting_approval", askedByItself: true });
    expect(first(record).approvals).toMatchObject([{ id: "b1a1", askedBy: null, expiresAtMs: NOW + HOUR }]);
  });

  test.each<[string, Parameters<typeof drainingWorld>[0], number, boolean]>([
    [
      "the bot does not ask yet when tasks are left and the time to ask has not come",
      busy,
      NOW + 30 * MINUTE - 1,
      false,
    ],
    ["the bot asks when tasks are left and it has waited long enough", busy, NOW + 30 * MINUTE, true],
    [
      "the bot does not ask while agents have not registered again after a fail-over",
      { agents: [agent("web-02")], recoveredAgents: [agent("web-01")] },
      NOW + HOUR,
      false,
    ],
  ])("%s", (_, parts, nowMs, asks) => {
    const { record } = tick(inPhase("draining"), drainingWorld(parts), nowMs);
    expect(news(record).includes("approval_asked")).toBe(asks);
  });

  test.each([
    [NOW + 2 * HOUR - 15 * MINUTE - 1, ["empty"]],
    [NOW + 2 * HOUR - 15 * MINUTE, ["empty", "window_starts_soon", "approval_asked"]],
  ])(
    "the bot asks for empty machines no earlier than 15 min before the window starts (%d)",
    (nowMs, kinds) => {
      const { record } = tick(later, laterWorld(), nowMs);
      expect(news(record).sort()).toEqual([...kinds].sort());
    },
  );

  test("the maintenance wakes for the announcement, the start, the question and the end, and at the latest after a poll", () => {
    const policy = policyOf({ pollMs: 100 * HOUR });
    const wakes: number[] = [];
    let record = later;
    for (let nowMs = NOW; wakes.length < 7; ) {
      const step = tick(record, laterWorld(busy), nowMs, policy);
      record = step.record;
      nowMs = step.wakeAtMs ?? Number.NaN;
      wakes.push(nowMs - NOW);
    }
    // The question is asked 30 min after the start, reminds half an hour later and expires after another.
    expect(wakes.map((ms) => ms / MINUTE)).toEqual([105, 120, 150, 180, 210, 360, 6000 + 360]);
    expect(tick(later, laterWorld(busy), NOW).wakeAtMs).toBe(NOW + policyOf().pollMs);
  });

  test("the bot asks once: after an expiry a person asks again (invariant 5)", () => {
    const open = tick(inPhase("draining"), drainingWorld()).record;
    const expired = tick(open, drainingWorld(), NOW + HOUR).record;
    expect(news(expired, open)).toEqual(["approval_expired"]);
    expect(first(expired)).toMatchObject({
      phase: "draining",
      approvals: [{ outcome: { kind: "expired" } }],
    });
    expect(news(tick(expired, drainingWorld(), NOW + 2 * HOUR).record, expired)).toEqual([]);
  });

  test("a question stands until it expires", () => {
    const open = asked();
    const late = tick(open, drainingWorld(), NOW + HOUR - 1).record;
    expect(first(late).approvals).toMatchObject([{ id: "b1a1", outcome: null }]);
    expect(first(late).phase).toBe("awaiting_approval");
  });

  test("the bot reminds once when half of the time for an answer is over, and not after it", () => {
    const open = asked();
    const at = (ms: number) => tick(open, drainingWorld(), NOW + ms).record;
    expect(news(at(HOUR / 2 - 1), open)).toEqual([]);
    expect(lastEvent(at(HOUR / 2), "approval_reminder")).toMatchObject({
      approval: "b1a1",
      expiresAtMs: NOW + HOUR,
    });
    const reminded = at(HOUR / 2);
    expect(news(tick(reminded, drainingWorld(), NOW + HOUR - 1).record, reminded)).toEqual([]);
    expect(news(at(HOUR), open)).toEqual(["approval_expired"]);
    expect(tick(open, drainingWorld(), NOW, policyOf({ pollMs: 9 * HOUR })).wakeAtMs).toBe(NOW + HOUR / 2);
  });

  test("a machine without an agent is not called empty; that it has none is told once instead", () => {
    const agents = [{ machine: "web-01|10.0.0.1", id: "web-01-S0" }];
    const quiet = tick(inPhase("draining", { agents }), drainingWorld({ agents: [agent("web-01")] })).record;
    expect(news(quiet)).toEqual(["note", "approval_asked"]);
    expect(lastEvent(quiet, "note").text).toMatch(/^web-02: no agent is known there/);
    expect(stored(quiet).emptySinceMs).toBeNull();
    const later = tick(quiet, drainingWorld({ agents: [agent("web-01")] }), NOW + MINUTE).record;
    expect(news(later, quiet)).toEqual([]);
  });

  test("the thread is told that machines are empty once, and again after tasks came back", () => {
    const empty = tick(inPhase("draining", { askedByItself: true }), drainingWorld()).record;
    expect(news(tick(empty, drainingWorld()).record, empty)).toEqual([]);
    const back = tick(empty, drainingWorld(busy)).record;
    expect(stored(back).emptySinceMs).toBeNull();
    expect(news(tick(back, drainingWorld()).record, back)).toContain("empty");
  });

  test("a change of answers is told once", () => {
    const silent = tick(planned, drainingWorld(busy)).record;
    const world = drainingWorld({ ...busy, answers: { "web-01": [answer("marathon", "decline")] } });
    const refused = tick(silent, world).record;
    expect(lastEvent(refused, "answers_changed")).toMatchObject({
      tasksLeft: 1,
      frameworks: [{ name: "marathon", refused: 1, refusedOn: ["web-01"] }],
    });
    expect(news(tick(refused, world).record, refused)).toEqual([]);
  });

  test.each([
    ["a change of the schedule", { windows: [OURS, windowOn(["web-03"], NOW, HOUR)] }, "schedule_change"],
    ["a fail-over", { leaderId: "leader-2" }, "fail_over"],
    ["something unknown", {}, "unknown"],
  ])("the thread is told that %s has erased answers (invariant 3)", (_, change, why) => {
    const promised = drainingWorld({ ...busy, answers: { "web-01": [answer("marathon", "accept")] } });
    const before = tick(tick(planned, drainingWorld(busy)).record, promised).record;
    const after = tick(before, drainingWorld({ ...busy, ...change })).record;
    expect(lastEvent(after, "answers_cleared").why).toBe(why);
    expect(news(tick(after, drainingWorld({ ...busy, ...change })).record, after)).toEqual([]);
  });

  test("a window that has passed is told once (invariant 11)", () => {
    const late = NOW + 4 * HOUR;
    const record = tick(inPhase("draining", { askedByItself: true }), drainingWorld(busy), late).record;
    expect(lastEvent(record, "overdue").endMs).toBe(late);
    expect(news(tick(record, drainingWorld(busy), late + HOUR).record, record)).toEqual([]);
  });

  test.each<[string, Parameters<typeof drainingWorld>[0], TroubleCode, RegExp]>([
    [
      "removed the window",
      { windows: [windowOn(["web-03"], NOW, null)] },
      "window_changed",
      /removed the window of web-01, web-02\.$/,
    ],
    [
      "cleared the schedule",
      { windows: [] },
      "windows_gone",
      /^The window of web-01, web-02 is gone.* a master without a registry restarted, or the bot no longer sees windows\.$/,
    ],
    [
      "moved a machine",
      { windows: [theirs, windowOn(["web-02"], NOW, 4 * HOUR)] },
      "window_changed",
      /moved web-01 to another window/,
    ],
    ["took one machine Down", { down: ["web-02"] }, "window_changed", /took web-02 Down/],
  ])(
    "somebody else %s: nothing is posted, Down waits, and it is told once (invariant 12)",
    (_, parts, code, what) => {
      const { record, effects } = tick(inPhase("draining"), drainingWorld(parts), NOW + HOUR);
      expect(effects).toEqual([]);
      expect(record.trouble).toMatchObject({ code, what: expect.stringMatching(what) });
      expect(news(record).filter((kind) => kind === "trouble" || kind === "approval_asked")).toEqual([
        "trouble",
      ]);
      expect(news(tick(record, drainingWorld(parts), NOW + 2 * HOUR).record, record)).toEqual([]);
      expect(news(tick(record, drainingWorld(busy), NOW + MINUTE).record, record)).toContain("trouble_over");
    },
  );

  test("a Down of all machines by somebody else is told, and the question is withdrawn", () => {
    const { record, effects } = tick(asked(), downWorld());
    expect(effects).toEqual([]);
    expect(first(record)).toMatchObject({ phase: "down", approvals: [{ outcome: { kind: "withdrawn" } }] });
    expect(lastEvent(record, "foreign_change").text).toMatch(/without an approval here/);
  });

  test("an agent that registered under a new id is remembered with its machine", () => {
    const world = drainingWorld({ agents: [agent("web-01", { id: "new-S7" }), agent("web-02")] });
    expect(first(tick(inPhase("draining"), world).record).agents).toContainEqual(
      expect.objectContaining({ machine: "web-01|10.0.0.1", id: "new-S7" }),
    );
  });
});
