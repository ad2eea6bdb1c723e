import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clockTime,
  describeCalendar,
  isOpen,
  nextOpening,
} from "../../../src/maintenance/policy/calendar.js";
import type { CalendarWindow } from "../../../src/maintenance/policy/policy.js";
import { runs } from "../../support/fast-check.js";

const BERLIN = "Europe/Berlin";

const WEEKDAYS = [1, 2, 3, 4, 5];

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

function hours(from: string, to: string, days = EVERY_DAY, timeZone = BERLIN): CalendarWindow {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { days, from: minutes(from), to: minutes(to), timeZone };
}

const office = hours("09:00", "17:00", WEEKDAYS);

const night = hours("22:00", "06:00", WEEKDAYS);

const ms = (text: string) => Date.parse(text);

describe("whether a window is open", () => {
  test.each<[string, CalendarWindow[], string, boolean]>([
    ["no windows: always", [], "2026-10-20T03:00:00Z", true],
    // Tuesday; Berlin is two hours ahead in summer.
    ["at its first minute", [office], "2026-10-20T07:00:00Z", true],
    ["a moment before", [office], "2026-10-20T06:59:59.999Z", false],
    ["at its last moment", [office], "2026-10-20T14:59:59.999Z", true],
    ["at its end", [office], "2026-10-20T15:00:00Z", false],
    ["an hour later in winter", [office], "2026-11-03T15:59:00Z", true],
    ["on a Saturday", [office], "2026-10-24T10:00:00Z", false],
    ["before midnight", [night], "2026-10-20T20:00:00Z", true],
    ["after midnight", [night], "2026-10-21T03:59:00Z", true],
    ["after the night", [night], "2026-10-21T04:00:00Z", false],
    ["the night of Friday lasts into Saturday", [night], "2026-10-24T03:00:00Z", true],
    ["the night of Sunday is none", [night], "2026-10-26T03:00:00Z", false],
    ["several add up", [office, night], "2026-10-20T20:30:00Z", true],
    ["until midnight", [hours("12:00", "24:00")], "2026-10-20T21:59:00Z", true],
    [
      "across the date line",
      [hours("00:00", "01:00", [3], "Pacific/Auckland")],
      "2026-10-20T11:30:00Z",
      true,
    ],
  ])("a calendar is open in its hours alone: %s", (_, windows, at, open) => {
    expect(isOpen(windows, ms(at))).toBe(open);
  });
});

describe("when one opens next", () => {
  test.each<[string, CalendarWindow[], string, string | null]>([
    ["open already", [office], "2026-10-20T10:00:00Z", "2026-10-20T10:00:00.000Z"],
    ["later today", [office], "2026-10-20T05:30:00Z", "2026-10-20T07:00:00.000Z"],
    ["tomorrow", [office], "2026-10-20T15:00:00Z", "2026-10-21T07:00:00.000Z"],
    [
      "after the weekend, when the clocks have changed",
      [office],
      "2026-10-23T15:00:00Z",
      "2026-10-26T08:00:00.000Z",
    ],
    ["the first of several", [office, night], "2026-10-20T15:00:00Z", "2026-10-20T20:00:00.000Z"],
    ["in a week", [hours("10:00", "10:01", [2])], "2026-10-20T08:01:00Z", "2026-10-27T09:00:00.000Z"],
    // Clocks go from 02:00 to 03:00 on 2026-03-29: half past two does not exist, the window opens with the jump.
    [
      "in the hour that is left out",
      [hours("02:30", "04:00", [0])],
      "2026-03-28T12:00:00Z",
      "2026-03-29T01:00:00.000Z",
    ],
    [
      "a window that the jump swallows, a week later",
      [hours("02:10", "02:50", [0])],
      "2026-03-28T12:00:00Z",
      "2026-04-05T00:10:00.000Z",
    ],
    // Clocks go from 03:00 back to 02:00 on 2026-10-25: the hour comes twice, and the window opens a second time.
    [
      "again in the hour that comes twice",
      [hours("01:00", "02:30", [0])],
      "2026-10-25T00:45:00Z",
      "2026-10-25T01:00:00.000Z",
    ],
    ["never without days", [hours("09:00", "17:00", [])], "2026-10-20T10:00:00Z", null],
  ])("the next opening is found: %s", (_, windows, at, opens) => {
    const next = nextOpening(windows, ms(at));
    expect(next === null ? null : new Date(next).toISOString()).toBe(opens);
  });

  test("the next opening is the first open minute, in any zone at any time of the year", () => {
    const window = fc.record({
      days: fc.subarray(EVERY_DAY, { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      to: fc.integer({ min: 0, max: 1440 }),
      timeZone: fc.constantFrom(BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"),
    });
    const at = fc.integer({ min: 0, max: 366 * 24 * 60 }).map((m) => Date.UTC(2026, 0, 1) + m * 60_000);
    fc.assert(
      fc.property(window, at, fc.double({ min: 0, max: 1, noNaN: true }), (w, from, share) => {
        const next = nextOpening([w], from);
        if (next === null) throw new Error("A window with days opens.");
        expect(isOpen([w], next)).toBe(true);
        if (next === from) return;
        expect(isOpen([w], next - 60_000)).toBe(false);
        const between = from + Math.floor((share * (next - from)) / 60_000) * 60_000;
        if (between < next) expect(isOpen([w], between)).toBe(false);
      }),
      { numRuns: runs(150) },
    );
  });
});

test("a calendar reads like a notice on a door", () => {
  expect(describeCalendar([office, hours("22:00", "06:00", [0, 1, 2, 3, 6])])).toBe(
    "Mon-Fri 09:00-17:00 Europe/Berlin; Mon-Wed, Sat, Sun 22:00-06:00 Europe/Berlin",
  );
  expect(clockTime(ms("2026-10-21T07:00:00Z"), BERLIN)).toBe("Wed 2026-10-21 09:00 Europe/Berlin");
});
