import { describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { applyEdit } from "../../../src/maintenance/window/edit.js";
import { leftBy } from "../../../src/maintenance/window/whose.js";
import { HOUR, machine, NOW, policyOf, task, windowOn, worldOf } from "../../support/world.js";
import {
  APPROVE,
  ASK,
  approved,
  asked,
  click,
  downWorld,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  lastEvent,
  news,
  OURS,
  tick,
  twoLooks,
} from "../support/flow.js";

const t1 = task("t1", "marathon", "web-01");

const busy = drainingWorld({ tasks: [t1] });

const EXTEND: Decision = { kind: "extend", byMs: 2 * HOUR };

const LONGER = windowOn(["web-01", "web-02"], NOW, 6 * HOUR);

const extended = (record = asked(busy)) => click(record, EXTEND, { by: "U0ALICE" }).record;

describe("extending", () => {
  test("an extension makes the window longer, withdraws the question, and says that answers are asked again", () => {
    const { record, reply } = click(asked(busy), EXTEND);
    expect(first(record)).toMatchObject({
      phase: "draining",
      window: { duration: LONGER.duration },
      movingFrom: { start: OURS.start, duration: OURS.duration },
      approvals: [{ outcome: { kind: "withdrawn" } }],
    });
    expect(lastEvent(record, "extended")).toMatchObject({
      by: "U0BOB",
      byMs: 2 * HOUR,
      endMs: NOW + 6 * HOUR,
    });
    expect(reply.text).toMatch(/asked again.*question is withdrawn, and asked anew/);
  });

  test("an extension is one post that moves all our machines and leaves everybody else's windows, also one of the same time (invariants 1, 12)", () => {
    const foreign = windowOn(["web-03", { hostname: "old.example" }], NOW, 4 * HOUR);
    const world = drainingWorld({ windows: [foreign, OURS], tasks: [t1] });
    const { effects } = tick(extended(), world);
    expect(effects).toHaveLength(1);
    const [effect] = effects;
    if (effect?.kind !== "update_schedule") throw new Error("expected an edit of the schedule");
    expect(applyEdit(world.schedule, effect.edit, []).windows).toEqual([foreign, LONGER]);
  });

  test("an extension is done when the master shows the new window; then the question is asked anew, and nothing is posted again (invariant 3)", () => {
    const world = drainingWorld({ windows: [LONGER], tasks: [] });
    const done = tick(extended(), world);
    expect(done.effects).toEqual([]);
    expect(first(done.record)).toMatchObject({ movingFrom: null, phase: "awaiting_approval" });
    expect(tick(done.record, world).effects).toEqual([]);
  });

  test("until the new window is shown nothing is asked or posted for another reason, and the old window is no foreign one", () => {
    const { record } = tick(extended(), drainingWorld(), NOW + 2 * HOUR);
    expect(record.trouble).toBeNull();
    expect(news(record, extended())).toEqual(["answers_changed", "empty"]);
    expect(click(extended(), ASK, { world: busy }).record).toEqual(extended());
    expect(click(extended(), EXTEND).record).toEqual(extended());
  });

  test("an extension waits while a post without an answer may still take effect (invariant 7)", () => {
    const unsettled = { ...extended(), unsettledUntilMs: NOW + 5_000 };
    expect(tick(unsettled, busy).effects).toEqual([]);
    expect(tick(unsettled, { ...busy, observedAtMs: NOW + 5_000 }, NOW + 5_000).effects).toHaveLength(1);
  });

  test("an extension does not take along what somebody has moved or removed in the meantime (invariant 12)", () => {
    const theirs = windowOn(["web-01"], NOW + HOUR, null);
    const [effect] = tick(extended(), busy).effects;
    if (effect?.kind !== "update_schedule") throw new Error("expected an edit of the schedule");
    const now = { windows: [theirs, windowOn(["web-02"], NOW, 4 * HOUR)] };
    expect(applyEdit(now, effect.edit, []).windows).toEqual([theirs, windowOn(["web-02"], NOW, 6 * HOUR)]);
    expect(applyEdit({ windows: [theirs] }, effect.edit, [])).toEqual({ windows: [theirs] });
    const told = tick(extended(), drainingWorld({ windows: [theirs, windowOn(["web-02"], NOW, 6 * HOUR)] }));
    expect(told.record.trouble?.what).toMatch(/moved web-01 to another window/);
  });

  test("an extension moves machines that are Down, and tells the end of the window once more", () => {
    const overdue = inPhase("down", { overdueTold: true });
    const record = click(overdue, EXTEND, { nowMs: NOW + 5 * HOUR }).record;
    const step = tick(record, downWorld(), NOW + 5 * HOUR);
    expect(step.effects).toMatchObject([{ kind: "update_schedule", edit: { kind: "move" } }]);
    expect(first(step.record).phase).toBe("down");
    const moved = tick(step.record, downWorld({ windows: [LONGER] }), NOW + 6 * HOUR).record;
    expect(news(moved, step.record)).toEqual(["overdue"]);
  });

  test("an extension of machines that are Down asks no framework and no person again, and does not say so", () => {
    expect(click(inPhase("down"), EXTEND).reply.text).toBe("m-7k3q: the window is made 2 h longer.");
  });

  test("an extension is given up for Up: the machines leave the schedule anyway (invariant 3)", () => {
    const record = click(click(inPhase("down"), EXTEND).record, { kind: "up" }).record;
    expect(tick(record, downWorld()).effects).toMatchObject([{ kind: "stop_maintenance" }]);
  });

  test("an extension that is cancelled half-way gives the machines back from whichever window they stand in", () => {
    const cancelled = click(extended(), { kind: "cancel" }).record;
    for (const window of [OURS, LONGER]) {
      const world = drainingWorld({ windows: [window] });
      const { effects } = tick(cancelled, world);
      expect(effects).toHaveLength(1);
      const [effect] = effects;
      if (effect?.kind !== "update_schedule") throw new Error("expected an edit of the schedule");
      expect(applyEdit(world.schedule, effect.edit, []).windows).toEqual([]);
    }
    expect(twoLooks(cancelled, goneWorld()).record.end).toMatchObject({ phase: "cancelled" });
  });
});

describe("extending is refused", () => {
  test.each<[string, ReturnType<typeof asked>, Parameters<typeof policyOf>[0], string, RegExp]>([
    [
      "beyond max_duration",
      asked(busy),
      { maxDurationMs: 5 * HOUR },
      "U0BOB",
      /clusters\.prod\.max_duration allows windows of at most 5 h, and this one would last 6 h/,
    ],
    [
      "by those who may not ask for a drain",
      asked(busy),
      { requesters: ["U0CAROL"] },
      "U0BOB",
      /clusters\.prod\.requesters\): <@U0CAROL>/,
    ],
  ])("an extension %s is refused", (_, record, policy, by, why) => {
    const tried = click(record, EXTEND, { by, policy: policyOf(policy) });
    expect(tried.record.batches).toBe(record.batches);
    expect(tried.reply).toMatchObject({
      tone: "refused",
      text: expect.stringMatching(why),
      notDone: "The window stays as it is.",
    });
    expect(lastEvent(tried.record, "refused").decision).toBe("extend");
  });

  test("an extension by the requester is not refused, whoever may ask today", () => {
    expect(
      first(
        click(asked(busy), EXTEND, { by: "U0ALICE", policy: policyOf({ requesters: ["U0CAROL"] }) }).record,
      ).movingFrom,
    ).not.toBeNull();
  });

  test.each<[string, ReturnType<typeof asked>]>([
    ["while the machines are being taken down", approved(busy)],
    ["before the window stands", inPhase("scheduled")],
    ["after Up", inPhase("up")],
    ["for a window without an end", inPhase("draining", { window: { start: OURS.start, duration: null } })],
    ["while the maintenance is being cancelled", click(asked(busy), { kind: "cancel" }).record],
  ])("an extension %s changes nothing", (_, record) => {
    expect(click(record, EXTEND).record).toBe(record);
  });

  test("a question from before the extension cannot be approved afterwards (invariant 5)", () => {
    const { record, reply } = click(extended(), APPROVE, { world: busy });
    expect(record).toEqual(extended());
    expect(reply.text).toMatch(/withdrawn/);
  });
});

const END = { phase: "up", atMs: NOW, why: null } as const;

const OLD = { start: OURS.start, duration: OURS.duration };

describe("an extension while the master shows no window at all (invariant 2)", () => {
  const blind = tick(extended(asked()), worldOf({ leaderId: "leader-2" })).record;

  test("the extension does not count as posted: the window from before stays ours", () => {
    expect(first(blind).movingFrom).toEqual(OLD);
    expect(blind.trouble?.code).toBe("windows_gone");
  });

  test("the extension goes on when windows are shown again", () => {
    expect(tick(blind, drainingWorld()).effects).toMatchObject([{ edit: { kind: "move", from: OLD } }]);
  });

  test("the extension can be cancelled after that: the machines are given back from the window in which they stand", () => {
    const cancelled = click(blind, { kind: "cancel" }, { by: "U0ALICE" }).record;
    const { record, effects } = tick(cancelled, drainingWorld());
    expect(record.end).toBeNull();
    expect(effects).toMatchObject([{ edit: { kind: "remove", machines: OURS.machines } }]);
  });

  test("the extension is over where windows of others are shown and ours is not", () => {
    expect(first(tick(extended(asked()), goneWorld()).record).movingFrom).toBeNull();
  });
});

describe("an old list that is written back after an extension", () => {
  /** The longer window was seen at the master. */
  const longer = tick(extended(), drainingWorld({ windows: [LONGER], tasks: [t1] })).record;
  const back = { edit: { kind: "move", machines: OURS.machines, from: OLD, to: first(longer).window } };

  test("the machines are moved to the longer window again, and that is told once, as ours and not as somebody else's window", () => {
    const { record, effects } = tick(longer, busy);
    expect(effects).toMatchObject([back]);
    expect(lastEvent(record, "note").text).toContain("into an earlier window of ours");
    expect(record.trouble).toBeNull();
    expect(news(tick(record, busy).record).filter((kind) => kind === "note")).toHaveLength(1);
  });

  test("the same while the machines are Down", () => {
    const down = inPhase("down", { window: LONGER, earlierWindows: [OLD] });
    const { record, effects } = tick(down, downWorld());
    expect(effects).toMatchObject([{ edit: { kind: "move", from: OLD } }]);
    expect(record.trouble).toBeNull();
  });

  test("nothing goes down while the machines stand in the window of before (invariant 5)", () => {
    const taking = inPhase("taking_down", {
      window: LONGER,
      earlierWindows: [OLD],
      approvals: first(approved(busy)).approvals,
    });
    const { record, effects } = tick(taking, busy);
    expect(effects).toEqual([]);
    expect(first(record).phase).not.toBe("taking_down");
  });

  test("after Up and after a cancel the machines are taken out of the window of before, too", () => {
    const removal = { edit: { kind: "remove", machines: OURS.machines, time: OLD } };
    const cancelled = click(longer, { kind: "cancel" }, { by: "U0ALICE" }).record;
    const gone = tick(cancelled, goneWorld()).record;
    expect(tick(gone, busy).effects).toMatchObject([removal]);
    const up = inPhase("up", { window: LONGER, earlierWindows: [OLD], goneSinceMs: NOW });
    expect(tick(up, drainingWorld({ agents: [] })).effects).toMatchObject([removal]);
  });

  test("when the maintenance has ended the window of before is known as its own", () => {
    const ended = { ...inPhase("up", { window: LONGER, earlierWindows: [OLD] }), end: END };
    expect(leftBy(machine("web-01"), OURS, [ended])?.id).toBe(ended.id);
  });

  test("a stored maintenance keeps the windows from before its extensions exactly (invariant 1)", () => {
    const exact = { start: 1_795_195_128_662_822_401n, duration: null };
    const record = inPhase("down", { earlierWindows: [OLD, exact] });
    const stored = decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(record))));
    expect(first(stored).earlierWindows).toEqual([OLD, exact]);
  });
});

describe("a window that is posted again in the middle of an extension", () => {
  const again = inPhase("scheduled", { window: LONGER, movingFrom: OLD });

  test("the window that is posted is the longer one", () => {
    expect(tick(again, worldOf()).effects).toMatchObject([{ edit: { kind: "place", time: LONGER } }]);
  });

  test("the machines that stand at the old time after all are moved: they are not somebody else's", () => {
    const { record, effects } = tick(again, drainingWorld());
    expect(record.end).toBeNull();
    expect(effects).toMatchObject([{ edit: { kind: "move", machines: OURS.machines } }]);
  });

  test("the maintenance drains only when no machine stands at the old time any more", () => {
    const half = [windowOn(["web-01"], NOW, 4 * HOUR), windowOn(["web-02"], NOW, 6 * HOUR)];
    const { record } = tick(again, worldOf({ windows: half }));
    expect(first(record).phase).toBe("scheduled");
    expect(first(tick(record, worldOf({ windows: [LONGER] })).record).phase).not.toBe("scheduled");
  });

  test("the machines at the old time are moved, and the rest are placed", () => {
    const half = worldOf({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)] });
    expect(tick(again, half).effects).toMatchObject([
      { edit: { kind: "move", machines: [{ hostname: "web-01" }] } },
      { edit: { kind: "place", machines: [{ hostname: "web-02" }] } },
    ]);
  });
});
