import fc from "fast-check";
import { expect, test } from "vitest";
import { looksLikeDuration, parseDuration } from "../../src/commands/duration.js";
import { typedSpan } from "../../src/maintenance/time.js";

const MINUTE = 60_000;

const HOUR = 60 * MINUTE;

test.each([
  ["4h", 4 * HOUR],
  ["4小时", 4 * HOUR],
  ["4個小時", 4 * HOUR],
  ["90分钟", 90 * MINUTE],
  ["1小时30分", 90 * MINUTE],
  ["2天", 48 * HOUR],
  ["1周", 168 * HOUR],
  ["半小时", 30 * MINUTE],
  ["半个小时", 30 * MINUTE],
  ["半天", 12 * HOUR],
  ["一小时", HOUR],
  ["1个小时", HOUR],
  ["两个小時", 2 * HOUR],
  ["一个半小时", 90 * MINUTE],
  ["两小时半", 150 * MINUTE],
  ["十二小时", 12 * HOUR],
  ["二十四小时", 24 * HOUR],
  ["三十分钟", 30 * MINUTE],
  ["一小时三十分", 90 * MINUTE],
  ["两天", 48 * HOUR],
  ["一周", 168 * HOUR],
  ["90m", 90 * MINUTE],
  ["1h30m", 90 * MINUTE],
  ["1h30", 90 * MINUTE],
  ["1.5h", 90 * MINUTE],
  ["1,5H", 90 * MINUTE],
  ["2d", 48 * HOUR],
  ["2days", 48 * HOUR],
  ["1w2d", 216 * HOUR],
  ["45mins", 45 * MINUTE],
  ["3hrs", 3 * HOUR],
])("%s is a duration", (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, ms });
});

test.each([
  "4x",
  "22点",
  "30秒",
  "90s",
  "1y",
  "3months",
  "0h",
  "0",
  "0.1m",
  "-1h",
  "h",
  "",
  "1h-30m",
  "1:30",
])("%j is no duration, which is told", (text) => {
  expect(parseDuration(text)).toEqual({ ok: false, problem: expect.stringMatching(/^\S+ is .*\.$/) });
});

test.each([20, 400])("a duration of %i figures is as long as can be counted", (figures) => {
  expect(parseDuration(`${"9".repeat(figures)}h`)).toEqual({ ok: true, ms: 9_007_199_254_740_000 });
});

test("a bare number is hours where they are known to be meant, else it is asked about", () => {
  expect(parseDuration("4", "hours")).toEqual({ ok: true, ms: 4 * HOUR });
  expect(parseDuration("1.5")).toEqual({
    ok: false,
    problem: "1.5 hours or 1.5 minutes? A number alone does not say.",
    either: ["1.5h", "1.5m"],
  });
});

test.each(["4h", "90", "-1h", "4x", "1h30", "1.5h", "1h1.5m", "两小时半"])(
  "%s is meant as a duration",
  (text) => {
    expect(looksLikeDuration(text)).toBe(true);
  },
);

test.each(["10.0.0.1", "10.20.30.40", "10.20.30.40,10.20.30.41", "1.23.4", "web-01", ""])(
  "%j is not meant as a duration",
  (text) => {
    expect(looksLikeDuration(text)).toBe(false);
  },
);

test.each(["1", "12,5", "1h", "一"])(
  "a row of %s that ends otherwise is looked at once, not in every way",
  (part) => {
    expect(looksLikeDuration(`${part.repeat(900)}!`)).toBe(false);
    expect(looksLikeDuration("1".repeat(900))).toBe(true);
  },
);

test("a duration that we write is read as the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 * 24 * 400 }), (minutes) => {
      expect(parseDuration(typedSpan(minutes * MINUTE))).toEqual({ ok: true, ms: minutes * MINUTE });
    }),
  );
});
