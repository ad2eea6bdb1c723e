import { describe, expect, test } from "vitest";
import { readTime } from "../../src/commands/clock-time.js";

const SHANGHAI = "Asia/Shanghai";

const BERLIN = "Europe/Berlin";

/** Monday 14:40 in Shanghai, 07:40 in Berlin. */
const NOW = Date.parse("2026-11-30T06:40:00Z");

function read(text: string, timeZone: string | null = SHANGHAI, now = NOW, after = now) {
  return readTime(text, { nowMs: now, timeZone, afterMs: after });
}

describe("a time of the day is read on the person's clock", () => {
  test.each([
    ["22:00", "2026-11-30T22:00+08:00"],
    // Past today, so tomorrow's.
    ["14:40", "2026-12-01T14:40+08:00"],
    ["6:00", "2026-12-01T06:00+08:00"],
    ["6am", "2026-12-01T06:00+08:00"],
    ["10 pm", "2026-11-30T22:00+08:00"],
    ["noon", "2026-12-01T12:00+08:00"],
    ["midnight", "2026-12-01T00:00+08:00"],
    ["tomorrow 22:00", "2026-12-01T22:00+08:00"],
    ["10pm tomorrow", "2026-12-01T22:00+08:00"],
    ["tonight at 10", "2026-11-30T22:00+08:00"],
    ["friday 22:00", "2026-12-04T22:00+08:00"],
    // This Monday's nine o'clock has passed.
    ["monday 13:00", "2026-12-07T13:00+08:00"],
    ["monday 23:00", "2026-11-30T23:00+08:00"],
    ["dec 3 22:00", "2026-12-03T22:00+08:00"],
    // 22:00 in another zone is 6:00 here.
    ["22:00 UTC", "2026-12-01T06:00+08:00"],
    ["22:00+01:00", "2026-12-01T05:00+08:00"],
    ["明天22:00", "2026-12-01T22:00+08:00"],
    ["明晚10点", "2026-12-01T22:00+08:00"],
    ["今天22点30分", "2026-11-30T22:30+08:00"],
    ["后天上午9点", "2026-12-02T09:00+08:00"],
    ["周五22:00", "2026-12-04T22:00+08:00"],
  ])("%s is a time that was not said exactly", (text, exact) => {
    expect(read(text)).toEqual({ kind: "time", atMs: Date.parse(exact), isExact: false, exact });
  });

  test.each([
    ["2026-12-01T22:00+08:00", "2026-12-01T22:00+08:00"],
    ["2026-12-01 22:00", "2026-12-01T22:00+08:00"],
    ["2026-12-01t22:00z", "2026-12-02T06:00+08:00"],
    ["2026-12-01T22:00:00+0100", "2026-12-02T05:00+08:00"],
    ["2026-12-01 22:00 +01:00", "2026-12-02T05:00+08:00"],
  ])("%s is exact", (text, exact) => {
    expect(read(text)).toEqual({ kind: "time", atMs: Date.parse(exact), isExact: true, exact });
  });

  test("the day is the person's, not that of UTC or of the process", () => {
    // 07:30 on the 1st in Shanghai, 18:30 on the 30th in New York.
    const now = Date.parse("2026-11-30T23:30:00Z");
    expect(read("tomorrow 22:00", SHANGHAI, now)).toMatchObject({ exact: "2026-12-02T22:00+08:00" });
    expect(read("明天22:00", SHANGHAI, now)).toMatchObject({ exact: "2026-12-02T22:00+08:00" });
    expect(read("tomorrow 22:00", "America/New_York", now)).toMatchObject({
      exact: "2026-12-01T22:00-05:00",
    });
    expect(read("22:00", "America/New_York", now)).toMatchObject({ exact: "2026-11-30T22:00-05:00" });
  });

  test("the time that ends a window is the first one after its start", () => {
    const start = Date.parse("2026-12-01T22:00+08:00");
    expect(read("06:00", SHANGHAI, NOW, start)).toMatchObject({ exact: "2026-12-02T06:00+08:00" });
    expect(read("2026-12-01 21:00", SHANGHAI, NOW, start)).toMatchObject({
      problem: "2026-12-01 21:00 is before the window starts.",
    });
  });
});

describe("where no zone is known", () => {
  test.each(["22:00", "tomorrow 22:00", "2026-12-01 22:00"])("%s is refused with what to write", (text) => {
    expect(read(text, null)).toMatchObject({
      kind: "problem",
      problem: expect.stringMatching(/does not tell your time zone\. Write the offset.*--in/),
    });
  });

  test("a time with its offset is understood", () => {
    expect(read("2026-12-01T22:00+08:00", null)).toMatchObject({
      isExact: true,
      exact: "2026-12-01T22:00+08:00",
    });
    expect(read("22:00 UTC", null)).toMatchObject({ isExact: false, exact: "2026-11-30T22:00+00:00" });
  });
});

describe("what cannot be one time is told", () => {
  test.each([
    ["22", /22 is not a time\. Write it as 22:00/],
    ["2200", /is not a time/],
    ["24:00", /is not a time/],
    ["25:00", /is not a time/],
    ["soon", /is not a time/],
    ["tomorrow", /does not say at which time of the day/],
    ["monday 9", /is not a time/],
    ["22:00 or 23:00", /is not a time/],
    ["from 22:00 to 23:00", /is not a time/],
    ["in 2 hours", /said with --in/],
    ["两小时后", /said with --in/],
    ["10/12 22:00", /written as in 2026-12-01/],
    ["1.12. 22:00", /written as in 2026-12-01/],
    ["22:00 CST", /Names of time zones stand for several/],
    ["2026-02-30 22:00", /is not a date/],
    ["today 13:00", /today 13:00 is past: it was 1 h 40 m ago/],
    ["2026-11-30T06:39Z", /is past: it was 1 m ago/],
  ])("%s is not one", (text, problem) => {
    expect(read(text)).toEqual({ kind: "problem", problem: expect.stringMatching(problem) });
  });
});

describe("when the clocks change", () => {
  const EVENING = Date.parse("2026-10-24T20:00:00Z");

  test("a time that comes twice is asked about", () => {
    expect(read("02:30", BERLIN, EVENING)).toEqual({
      kind: "twice",
      problem:
        "the clocks go back that night, so Sun 2026-10-25 02:30 comes twice: 2026-10-25T02:30+02:00 and 2026-10-25T02:30+01:00. Which of the two?",
      either: ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"],
    });
    expect(read("2026-10-25 02:30", BERLIN, EVENING)).toMatchObject({ kind: "twice" });
    expect(read("2026-10-25T02:30+01:00", BERLIN, EVENING)).toMatchObject({ kind: "time", isExact: true });
  });

  test("between the two only the second is left", () => {
    const between = Date.parse("2026-10-25T02:45+02:00");
    expect(read("02:30", BERLIN, between)).toMatchObject({ kind: "time", exact: "2026-10-25T02:30+01:00" });
  });

  test("a time that does not come is told, with the one in its place", () => {
    const before = Date.parse("2027-03-27T20:00:00Z");
    expect(read("02:30", BERLIN, before)).toEqual({
      kind: "problem",
      problem:
        "there is no 02:30 on Sun 2027-03-28: the clocks go forward over it. 03:30 is the time that comes in its place.",
    });
    expect(read("2027-03-28 02:30", BERLIN, before)).toMatchObject({ kind: "problem" });
  });
});

test("a time that goes on and on is not looked at", () => {
  const problem =
    "a time has at most 60 characters. Write it as 22:00, tomorrow 22:00 or 2026-12-01T22:00+08:00.";
  for (const text of ["tomorrow ".repeat(400), "1 ".repeat(400), "明天".repeat(400)])
    expect(read(`${text}22:00`)).toEqual({ kind: "problem", problem });
});
