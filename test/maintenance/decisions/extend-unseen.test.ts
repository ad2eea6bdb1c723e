import { describe, expect, test } from "vitest";
import { HOUR, NOW, windowOn, worldOf } from "../../support/world.js";
import { asked, click, drainingWorld, first, goneWorld, inPhase, OURS, tick } from "../support/flow.js";

const extended = click(asked(), { kind: "extend", byMs: 2 * HOUR }, { by: "U0ALICE" }).record;

const OLD = { start: OURS.start, duration: OURS.duration };

const LONGER = windowOn(OURS.machines, NOW, 6 * HOUR);

describe("an extension while the master shows no window at all (invariant 2)", () => {
  const blind = tick(extended, worldOf({ leaderId: "leader-2" })).record;

  test("does not count as posted: the window from before stays ours", () => {
    expect(first(blind).movingFrom).toEqual(OLD);
    expect(blind.trouble?.code).toBe("window_changed");
  });

  test("goes on when windows are shown again", () => {
    expect(tick(blind, drainingWorld()).effects).toMatchObject([{ edit: { kind: "move", from: OLD } }]);
  });

  test("can be cancelled after that: the machines are given back from the window in which they stand", () => {
    const cancelled = click(blind, { kind: "cancel" }, { by: "U0ALICE" }).record;
    const { record, effects } = tick(cancelled, drainingWorld());
    expect(record.end).toBeNull();
    expect(effects).toMatchObject([{ edit: { kind: "remove", machines: OURS.machines } }]);
  });

  test("is over where windows of others are shown and ours is not", () => {
    expect(first(tick(extended, goneWorld()).record).movingFrom).toBeNull();
  });
});

describe("a window that is posted again in the middle of an extension", () => {
  const again = inPhase("scheduled", { window: LONGER, movingFrom: OLD });

  test("is the longer one", () => {
    expect(tick(again, worldOf()).effects).toMatchObject([{ edit: { kind: "place", time: LONGER } }]);
  });

  test("moves the machines that stand at the old time after all: they are not somebody else's", () => {
    const { record, effects } = tick(again, drainingWorld());
    expect(record.end).toBeNull();
    expect(effects).toMatchObject([{ edit: { kind: "move", machines: OURS.machines } }]);
  });

  test("drains only when none stands at the old time any more", () => {
    const half = [windowOn(["web-01"], NOW, 4 * HOUR), windowOn(["web-02"], NOW, 6 * HOUR)];
    const { record } = tick(again, worldOf({ windows: half }));
    expect(first(record).phase).toBe("scheduled");
    expect(first(tick(record, worldOf({ windows: [LONGER] })).record).phase).not.toBe("scheduled");
  });

  test("moves those and places the rest", () => {
    const half = worldOf({ windows: [windowOn(["web-01"], NOW, 4 * HOUR)] });
    expect(tick(again, half).effects).toMatchObject([
      { edit: { kind: "move", machines: [{ hostname: "web-01" }] } },
      { edit: { kind: "place", machines: [{ hostname: "web-02" }] } },
    ]);
  });
});
