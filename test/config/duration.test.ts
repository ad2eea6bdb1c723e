import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDuration } from "../../src/config/duration.js";

test.each([
  ["90m", 5_400_000],
  ["1h30m", 5_400_000],
  ["1h 30m", 5_400_000],
  ["2d", 172_800_000],
  ["10s", 10_000],
  ["0s", 0],
  [" 1H ", 3_600_000],
])("%j is a duration", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(["", "10", "4x", "-1h", "1.5h", "30m1h", "1h1h", "h", "1h30", "∞", "1000000000000d"])(
  "%j is no duration",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test("days, hours, minutes and seconds add up", () => {
  const count = fc.nat(9999);
  fc.assert(
    fc.property(count, count, count, count, (d, h, m, s) => {
      expect(parseDuration(`${d}d${h}h${m}m${s}s`)).toBe((((d * 24 + h) * 60 + m) * 60 + s) * 1000);
    }),
  );
});
