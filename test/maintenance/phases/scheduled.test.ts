import { describe, expect, test } from "vitest";
import { whyNotPossible } from "../../../src/maintenance/decisions/table.js";
import { applyEdit } from "../../../src/maintenance/window/edit.js";
import { HOUR, NOW, task, windowOn, worldOf } from "../../support/world.js";
import {
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  OURS,
  stored,
  tick,
  tickBeside,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = { tasks: [t1] };

const theirs = windowOn(["web-01"], NOW + HOUR, null);

const planned = inPhase("scheduled", { drainingSinceMs: null });

describe("scheduled", () => {
  test("a scheduled maintenance posts one window for all machines and looks again soon", () => {
    const step = tick(planned, worldOf());
    expect(step.effects).toEqual([
      {
        kind: "update_schedule",
        edit: { kind: "place", machines: OURS.machines, time: first(planned).window },
      },
    ]);
    expect(step.wakeAtMs).toBeLessThanOrEqual(NOW + 1_000);
    expect(first(step.record).phase).toBe("scheduled");
  });

  test("a scheduled maintenance posts what is missing when only some machines stand in the window", () => {
    const world = worldOf({ windows: [windowOn(["web-02"], NOW, 4 * HOUR)] });
    const [effect] = tick(planned, world).effects;
    if (effect?.kind !== "update_schedule") throw new Error("expected an edit of the schedule");
    expect(applyEdit(world.schedule, effect.edit, []).windows).toEqual([
      ...world.schedule.windows,
      windowOn(["web-01"], NOW, 4 * HOUR),
    ]);
  });

  test("a scheduled maintenance is draining as soon as the master shows the window, whoever's call it was (invariant 7)", () => {
    const { record, effects } = tick(planned, drainingWorld(busy));
    expect(effects).toEqual([]);
    expect(stored(record)).toMatchObject({ phase: "draining", drainingSinceMs: NOW });
    expect(news(record)).toEqual(["scheduled"]);
  });

  test("a scheduled maintenance waits while a post without an answer may still take effect, then posts (invariant 7)", () => {
    const unsettled = { ...planned, unsettledUntilMs: NOW + 5_000 };
    expect(tick(unsettled, worldOf())).toMatchObject({ effects: [], wakeAtMs: NOW + 5_000 });
    // Also when it is decided later on a view from before: what lands after that look is not in it.
    expect(tick(unsettled, worldOf(), NOW + 5_000).effects).toEqual([]);
    expect(tick(unsettled, worldOf({ observedAtMs: NOW + 5_000 }), NOW + 5_000).effects).toHaveLength(1);
  });

  test("a scheduled maintenance ends when all machines are in somebody else's window, which is not overwritten (invariants 1, 12)", () => {
    const world = worldOf({ windows: [windowOn(["web-01", "web-02"], NOW + HOUR, null)] });
    // Whose the windows are is asked before anything is said of them.
    expect(tick(planned, world)).toMatchObject({
      effects: [{ kind: "look_up_hosts" }],
      record: { end: null },
    });
    const { record, effects, wakeAtMs } = tickBeside(planned, world, []);
    expect(effects).toEqual([]);
    expect(record.end).toMatchObject({ phase: "failed" });
    expect(wakeAtMs).toBeNull();
    expect(lastEvent(record, "failed").why).toMatch(
      /^2 machines \(web-01, web-02\) are already draining, in a window of somebody else from 2026-10-20 13:00 UTC without an end.*nothing was overwritten/,
    );
    expect(lastEvent(record, "failed").next).toContain("have its owner take it out of the schedule");
  });

  test("a scheduled maintenance that finds its machines in a window that a finished one of ours left says that it is ours, and how it goes (invariant 12)", () => {
    const left = windowOn(["web-01", "web-02"], NOW - HOUR, 4 * HOUR);
    const old = inPhase("up", { window: { start: left.start, duration: left.duration } });
    const ended = { ...old, id: "m-old1", end: { phase: "up" as const, atMs: NOW, why: null } };
    const { why, next } = lastEvent(
      tickBeside(planned, worldOf({ windows: [left] }), [ended]).record,
      "failed",
    );
    expect(why).toMatch(/are already draining, in the window of m-old1, which has ended/);
    expect(why).not.toContain("somebody else");
    expect(next).toContain("/mesos cancel web-01,web-02");
  });

  test("a scheduled maintenance that finds its machines in another one of ours says whose", () => {
    const other = { ...inPhase("draining"), id: "m-9x2b", requester: "U0CAROL" };
    const { why, next } = lastEvent(
      tickBeside(planned, worldOf({ windows: [windowOn(["web-01", "web-02"], NOW + HOUR, HOUR)] }), [other])
        .record,
      "failed",
    );
    expect(why).toContain("by m-9x2b of <@U0CAROL>");
    expect(next).toContain("wait until m-9x2b is over");
  });

  test("a scheduled maintenance does not end for somebody else's window while our own post may still land (invariant 7)", () => {
    const world = worldOf({ windows: [windowOn(["web-01", "web-02"], NOW + HOUR, null)] });
    const { record } = tick({ ...planned, unsettledUntilMs: NOW + 5_000 }, world);
    expect(record.end).toBeNull();
  });

  test("a scheduled maintenance leaves a machine that somebody took in the meantime to them, and says so (invariant 12)", () => {
    const placed = tickBeside(planned, worldOf({ windows: [theirs] }), []);
    expect(placed.effects).toEqual([]);
    expect(placed.record.end).toMatchObject({ phase: "failed" });
    const both = tick(planned, worldOf({ windows: [theirs, windowOn(["web-02"], NOW, 4 * HOUR)] }));
    expect(first(both.record).phase).toBe("draining");
    expect(both.record.trouble?.what).toMatch(/moved web-01 to another window/);
  });
});

describe("a window that ended before it was posted", () => {
  const held = { by: "U0BOB", atMs: NOW, reason: null, as: "operator" as const };

  test("the window is not posted any more, and that is told while the maintenance is still held", () => {
    const late = tick({ ...planned, held }, goneWorld(), NOW + 4 * HOUR).record;
    expect(late.trouble).toMatchObject({
      code: "window_over",
      next: expect.stringContaining("/mesos cancel m-7k3q"),
    });
    const released = tick({ ...late, held: null }, goneWorld(), NOW + 5 * HOUR);
    expect(released.effects).toEqual([]);
    expect(news(released.record, late)).toEqual([]);
  });

  test("a held maintenance is looked at again when its window ends", () => {
    const { wakeAtMs } = tick({ ...planned, held }, goneWorld(), NOW + 4 * HOUR - 1_000);
    expect(wakeAtMs).toBe(NOW + 4 * HOUR);
  });

  test("the maintenance drains if the window was posted in time after all", () => {
    expect(news(tick(planned, drainingWorld(), NOW + 4 * HOUR).record)).toContain("scheduled");
  });
});

describe("a window that is announced later", () => {
  /** The window starts in five hours and is posted two hours before that. */
  const { start, duration } = windowOn([], NOW + 5 * HOUR, 4 * HOUR);
  const waitingWith = (parts: Parameters<typeof inPhase>[1]) =>
    inPhase(
      "scheduled",
      { drainingSinceMs: null, window: { start, duration }, ...parts },
      { wanted: { startMs: NOW + 5 * HOUR, durationMs: 4 * HOUR, announceMs: 2 * HOUR } },
    );
  const waiting = waitingWith({});
  const ANNOUNCED = NOW + 3 * HOUR;

  test("posts nothing before, looks again then, and is the same after a crash", () => {
    const early = tick(waiting, worldOf({ observedAtMs: ANNOUNCED - 1_000 }), ANNOUNCED - 1_000);
    expect(early).toMatchObject({
      effects: [],
      wakeAtMs: ANNOUNCED,
      record: { unwatched: null, trouble: null },
    });
    expect(tick(waiting, worldOf({ observedAtMs: ANNOUNCED }), ANNOUNCED).effects).toMatchObject([
      { kind: "update_schedule", edit: { kind: "place", machines: OURS.machines } },
    ]);
  });

  test("is not waited for once it was posted", () => {
    const standing = worldOf({
      windows: [{ ...windowOn(["web-01", "web-02"], NOW + 5 * HOUR, 4 * HOUR) }],
    });
    expect(first(tick(waitingWith({ postedAtMs: NOW }), standing).record).phase).toBe("draining");
  });

  test("is neither asked about nor made longer before, and says when", () => {
    expect(whyNotPossible(waiting, { kind: "ask_down", batch: null })).toMatchObject({
      text: expect.stringMatching(/is not announced yet, so Down is not possible now/),
      next: expect.stringMatching(/Its window is posted 2 h before it starts/),
    });
    expect(whyNotPossible(waiting, { kind: "cancel" })).toBeNull();
    expect(whyNotPossible(waiting, { kind: "hold", reason: null })).toBeNull();
  });
});
