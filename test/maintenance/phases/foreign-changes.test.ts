import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, machine, NOW, windowOn, worldOf } from "../../support/world.js";
import {
  asked,
  click,
  downWorld,
  drainingWorld,
  first,
  inPhase,
  lastEvent,
  news,
  OURS,
  tick,
  twoLooks,
} from "../support/flow.js";

const THEIRS = windowOn(["web-01", "web-02"], NOW + HOUR, null);

const theirs = worldOf({ windows: [THEIRS], down: ["web-01", "web-02"] });

const oneTheirs = worldOf({
  windows: [windowOn(["web-01"], NOW + HOUR, null), windowOn(["web-02"], NOW, 4 * HOUR)],
  down: ["web-01", "web-02"],
});

describe("our machines that are Down in somebody else's window (invariant 12)", () => {
  test("a Down while we drained them does not become ours, and Cancel leaves them", () => {
    const { record } = tick(asked(), theirs);
    expect(first(record).phase).toBe("awaiting_approval");
    expect(record.trouble).toMatchObject({
      code: "window_changed",
      what: expect.stringMatching(/moved web-01, web-02 to another window, took web-01, web-02 Down/),
    });
    const cancelled = twoLooks(click(record, { kind: "cancel" }).record, theirs);
    expect(cancelled.effects).toEqual([]);
    expect(cancelled.record.end?.phase).toBe("cancelled");
  });

  test("a move while they were Down here is told once, with their window and who brings them back", () => {
    const { record } = tick(inPhase("down"), theirs);
    expect(record.trouble).toMatchObject({
      code: "down_changed",
      what: expect.stringContaining("web-01 is Down in a window of somebody else from 2026-10-20 13:00 UTC"),
      next: expect.stringMatching(/Up leaves web-01, web-02 Down:.*\/machine\/up/),
    });
    expect(news(tick(record, theirs, NOW + MINUTE).record, record)).toEqual([]);
  });

  test("Up stops only what stands in our window", () => {
    const up = click(inPhase("down"), { kind: "up" }).record;
    expect(tick(up, oneTheirs).effects).toMatchObject([
      { kind: "stop_maintenance", machines: [machine("web-02")] },
    ]);
  });

  test("Up is over when none of ours is Down; the others are named, and are waited for", () => {
    const up = click(inPhase("down"), { kind: "up" }).record;
    const { record, effects } = tick(up, theirs);
    expect(effects).toEqual([]);
    expect(news(record, up)).toEqual(["foreign_change"]);
    expect(lastEvent(record, "foreign_change").text).toMatch(/so Up left it there:.*\/mesos cancel m-7k3q/);
    expect(first(record).phase).toBe("up");
    // Their owner brings them Up, and the agents come back.
    expect(twoLooks(record, worldOf()).record.end?.phase).toBe("up");
    // Or nobody ever does.
    expect(click(record, { kind: "cancel" }).record.end?.phase).toBe("up");
  });

  test("an extension that was still to be posted leaves them ours: Up stops them at the old time", () => {
    const extended = click(inPhase("down"), { kind: "extend", byMs: HOUR }, { by: "U0ALICE" }).record;
    const up = click(extended, { kind: "up" }).record;
    expect(tick(up, downWorld()).effects).toMatchObject([
      { kind: "stop_maintenance", machines: OURS.machines },
    ]);
    const late = worldOf({ windows: [windowOn(OURS.machines, NOW, 5 * HOUR)], down: ["web-01", "web-02"] });
    expect(tick(up, late).effects).toMatchObject([{ kind: "stop_maintenance", machines: OURS.machines }]);
  });

  test("an extension of a window that somebody moved does not pass for posted", () => {
    const extended = click(inPhase("down"), { kind: "extend", byMs: HOUR }, { by: "U0ALICE" }).record;
    expect(tick(extended, theirs).record.trouble?.code).toBe("down_changed");
  });
});

describe("somebody else's change is told (invariant 12)", () => {
  test("one of our Down machines that is brought Up is told", () => {
    const world = worldOf({ windows: [windowOn(["web-02"], NOW, 4 * HOUR)], down: ["web-02"] });
    const { record, effects } = tick(inPhase("down"), world);
    expect(effects).toEqual([]);
    expect(record.trouble).toMatchObject({
      code: "down_changed",
      what: expect.stringContaining("brought web-01 Up"),
    });
  });

  test("a machine that we gave back ourselves before the rest stayed Down is not told", () => {
    const cancel = { cancel: { by: "U0BOB", atMs: NOW } };
    const rest = worldOf({ windows: [windowOn(["web-02"], NOW, 4 * HOUR)], down: ["web-02"] });
    const { record } = tick(inPhase("draining", {}, cancel), rest);
    expect(first(record).phase).toBe("down");
    expect(tick(record, rest).record.trouble).toBeNull();
  });

  test("a second change of another kind is told like the first", () => {
    const one = tick(inPhase("draining"), drainingWorld({ down: ["web-01"] })).record;
    const moved = worldOf({
      windows: [windowOn(["web-01"], NOW, 4 * HOUR), windowOn(["web-02"], NOW + HOUR, null)],
      down: ["web-01"],
    });
    expect(news(tick(one, moved).record, one)).toContain("trouble");
  });
});

describe("our window that somebody's stale list puts back after Up", () => {
  test.each(["down", "bringing_up"] as const)(
    "our window is taken out while %s, before Up is over",
    (phase) => {
      const { record, effects } = tick(inPhase(phase), drainingWorld());
      expect(record.end).toBeNull();
      expect(first(record).phase).toBe("bringing_up");
      expect(effects).toMatchObject([
        { kind: "update_schedule", edit: { kind: "remove", machines: OURS.machines } },
      ]);
      expect(lastEvent(record, "note").text).toContain("back into our window");
      expect(twoLooks(record, worldOf()).record.end?.phase).toBe("up");
    },
  );

  test("our window is left alone while a call may still be under way (invariant 7)", () => {
    const unsettled = inPhase("bringing_up", {}, { unsettledUntilMs: NOW + MINUTE });
    expect(tick(unsettled, drainingWorld()).effects).toEqual([]);
  });

  test("an Up that somebody else did, while no window is shown, sends nothing", () => {
    const { record, effects } = twoLooks(inPhase("down"), worldOf());
    expect(effects).toEqual([]);
    expect(record.end?.phase).toBe("up");
  });
});

describe("what can be done about a change of somebody else fits the change", () => {
  const away = windowOn(["web-02"], NOW + HOUR, null);
  const ours = (...hosts: string[]) => windowOn(hosts, NOW, 4 * HOUR);
  test.each([
    [
      "removed",
      worldOf({ windows: [ours("web-02")] }),
      "Post the window again with the button, or cancel this maintenance.",
    ],
    [
      "moved",
      worldOf({ windows: [ours("web-01"), away] }),
      "Have whoever moved web-02 take it out of that window, then post the window again with the button, or cancel this maintenance.",
    ],
    [
      "moved and took Down",
      worldOf({ windows: [ours("web-01"), away], down: ["web-02"] }),
      "Have whoever took web-02 Down bring it up, then post the window again with the button, or cancel this maintenance.",
    ],
    [
      "took Down",
      worldOf({ windows: [ours("web-01", "web-02")], down: ["web-02"] }),
      "Ask for the Down of all with /mesos down m-7k3q, or cancel this maintenance.",
    ],
  ])("a machine that somebody %s", (_, world, next) => {
    expect(tick(inPhase("draining"), world).record.trouble?.next).toBe(next);
  });
});
