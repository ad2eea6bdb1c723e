import { describe, expect, test } from "vitest";
import { type Jump, jumpWords, steadyClock } from "../../src/engine/steady-clock.js";
import { TestClock } from "./support/test-clock.js";

const HOUR = 3_600_000;

function started() {
  const base = new TestClock();
  const told: [number, boolean][] = [];
  const clock = steadyClock(base, ({ byMs }: Jump, stays) => void told.push([byMs, stays]));
  return { base, clock, told };
}

describe("the time by which the bot decides", () => {
  test("is that of the wall, also while it is corrected little by little", () => {
    const { base, clock, told } = started();
    for (let times = 0; times < 20; times += 1) {
      base.moveOn(60_000);
      base.setBy(900);
      expect(clock.now()).toBe(base.wall());
      expect(clock.isUnsure()).toBe(false);
    }
    expect(told).toEqual([]);
  });

  test("is told in whole milliseconds, whatever the clocks below give", () => {
    const base = new TestClock();
    const clock = steadyClock({ ...base, elapsed: () => base.elapsed() + 0.123 }, () => {});
    base.moveOn(1_000.5);
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  test.each([-HOUR, 24 * HOUR])(
    "goes on as before for as long as a jump by %s ms is not known to stay",
    (byMs) => {
      const { base, clock, told } = started();
      const before = clock.now();
      base.setBy(byMs);
      base.moveOn(5_000);
      expect(clock.isUnsure()).toBe(true);
      expect(clock.now()).toBe(before + 5_000);
      base.setBy(-byMs);
      base.moveOn(1_000);
      expect(clock.isUnsure()).toBe(false);
      expect(clock.now()).toBe(before + 6_000);
      expect(clock.lastJump()).toBeNull();
      expect(told).toEqual([[byMs, false]]);
    },
  );

  test.each([-HOUR, 24 * HOUR])(
    "follows a jump by %s ms that stays, and tells it when it is seen and when it counts",
    (byMs) => {
      const { base, clock, told } = started();
      base.setBy(byMs);
      expect(clock.isUnsure()).toBe(true);
      base.moveOn(10_000);
      expect(clock.now()).toBe(base.wall());
      expect(clock.isUnsure()).toBe(false);
      expect(clock.lastJump()).toMatchObject({ byMs });
      expect(told).toEqual([
        [byMs, false],
        [byMs, true],
      ]);
    },
  );

  test("waits anew when the wall jumps again meanwhile", () => {
    const { base, clock } = started();
    base.setBy(HOUR);
    expect(clock.isUnsure()).toBe(true);
    base.moveOn(9_000);
    base.setBy(HOUR);
    expect(clock.isUnsure()).toBe(true);
    base.moveOn(9_000);
    expect(clock.isUnsure()).toBe(true);
    base.moveOn(1_000);
    expect(clock.isUnsure()).toBe(false);
    expect(clock.now()).toBe(base.wall());
  });
});

test("people are told how far a clock was set, and from when to when", () => {
  const at = Date.UTC(2026, 9, 20, 12);
  expect(jumpWords("the worker w1", { byMs: -HOUR, fromMs: at, toMs: at - HOUR })).toMatch(
    /^The clock of the worker w1 was set back by 1 h, from 2026-10-20 12:00 to 2026-10-20 11:00 UTC/,
  );
});
