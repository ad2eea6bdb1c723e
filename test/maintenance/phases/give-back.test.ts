import { describe, expect, test } from "vitest";
import { KILL_TAKES_MS } from "../../../src/maintenance/moving/moves.js";
import { applyEdit } from "../../../src/maintenance/window/edit.js";
import { appMove, moveOf } from "../../support/moving.js";
import { answer, HOUR, machine, NOW, task, windowOn, worldOf } from "../../support/world.js";
import {
  click,
  drainingWorld,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  OURS,
  tick,
  twoLooks,
} from "../support/flow.js";

const theirs = windowOn(["web-01"], NOW + HOUR, null);

describe("cancelling", () => {
  const cancelled = (phase: "scheduled" | "draining") =>
    inPhase(phase, {}, { cancel: { by: "U0ALICE", atMs: NOW } });

  test("a cancel takes our machines out of the schedule, in one post, and leaves everybody else's windows (invariants 1, 12)", () => {
    const foreign = windowOn(["web-03", { hostname: "old.example" }], 7, null);
    const world = worldOf({ windows: [foreign, OURS] });
    const { effects, record } = tick(cancelled("draining"), world);
    expect(record.end).toBeNull();
    const [effect, ...more] = effects;
    expect(more).toEqual([]);
    if (effect?.kind !== "update_schedule") throw new Error("expected an edit of the schedule");
    expect(applyEdit(world.schedule, effect.edit, []).windows).toEqual([foreign]);
  });

  test("a cancel ends when the master has not shown our window for a poll", () => {
    expect(tick(cancelled("draining"), goneWorld()).record.end).toBeNull();
    const { record, effects, wakeAtMs } = twoLooks(cancelled("draining"), goneWorld());
    expect(record.end).toMatchObject({ phase: "cancelled" });
    expect({ effects, wakeAtMs }).toEqual({ effects: [], wakeAtMs: null });
    expect(news(record)).toEqual(["cancelled"]);
  });

  test("a cancel ends only once what Marathon was asked to kill is gone, or was not killed: until then it counts (invariant 13)", () => {
    const kill = { task: "a1", atMs: NOW, healthy: 4 };
    const killing = (isGone: boolean) => {
      const apps = [appMove({ kills: [{ ...kill, isGone }] })];
      return { ...cancelled("draining"), moves: [moveOf({ apps })] };
    };
    const dying = twoLooks(killing(false), goneWorld());
    expect(dying.record.end).toBeNull();
    expect(dying.record.moves[0]?.end).toMatchObject({ why: "The machines are given back." });
    expect(dying.wakeAtMs).not.toBeNull();
    const laterMs = NOW + KILL_TAKES_MS;
    expect(tick(dying.record, { ...goneWorld(), observedAtMs: laterMs }, laterMs).record.end).not.toBeNull();
    expect(twoLooks(killing(true), goneWorld()).record.end).toMatchObject({ phase: "cancelled" });
  });

  test("a cancel says nothing of answers that leave the schedule with its window", () => {
    const t1 = task("t1", "marathon", "web-01");
    const promised = drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } });
    const before = tick(inPhase("draining"), promised).record;
    expect(before.picture?.verdicts).toMatchObject([{ verdict: "promised" }]);
    const sent = tick(click(before, { kind: "cancel" }).record, promised).record;
    const gone = goneWorld({ tasks: [t1] });
    expect(news(twoLooks(sent, gone).record, before)).toEqual(["cancel_asked", "cancelled"]);
    expect(news(tick(before, gone).record, before)).toContain("answers_changed");
  });

  test("a machine that somebody moved to their window stays there (invariant 12)", () => {
    const { record, effects } = twoLooks(cancelled("draining"), worldOf({ windows: [theirs] }));
    expect(effects).toEqual([]);
    expect(record.end).toMatchObject({ phase: "cancelled" });
  });

  test("a machine that is Down in somebody else's window is no reason to stop", () => {
    const world = worldOf({ windows: [theirs, windowOn(["web-02"], NOW, 4 * HOUR)], down: ["web-01"] });
    expect(tick(cancelled("draining"), world).effects).toMatchObject([
      { edit: { kind: "remove", machines: [machine("web-02")] } },
    ]);
  });

  test("a cancel gives back what drains; a machine that somebody took Down in our window waits for Up", () => {
    const given = tick(cancelled("draining"), drainingWorld({ down: ["web-01"] }));
    expect(given.effects).toMatchObject([{ edit: { kind: "remove", machines: [machine("web-02")] } }]);
    const left = tick(
      given.record,
      worldOf({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)], down: ["web-01"] }),
    );
    expect(left.effects).toEqual([]);
    expect(left.record).toMatchObject({ cancel: null, end: null, batches: [{ phase: "down" }] });
    expect(lastEvent(left.record, "foreign_change").text).toMatch(/took web-01 Down.*with Up/);
  });

  test("a cancel waits while a post without an answer may still put the window there (invariant 7)", () => {
    const unsettled = { ...cancelled("scheduled"), unsettledUntilMs: NOW + 5_000 };
    expect(tick(unsettled, worldOf())).toMatchObject({
      effects: [],
      record: { end: null },
      wakeAtMs: NOW + 5_000,
    });
  });
});
