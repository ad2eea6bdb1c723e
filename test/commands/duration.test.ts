import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDuration } from "../../src/commands/duration.js";
import { typedSpan } from "../../src/maintenance/time.js";

const MINUTE = 60_000;

const HOUR = 60 * MINUTE;

test.each([
  ["4h", 4 * HOUR],
  ["4", 4 * HOUR],
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
])("%s", (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, ms });
});

test.each([
  ["4x", "4h"],
  ["90s", "2m"],
  ["1y", null],
  ["3months", null],
  ["0h", null],
  ["0", null],
  ["0.1m", null],
  ["-1h", "1h"],
  ["h", null],
  ["", null],
  ["1h-30m", null],
  ["1:30", null],
])("%s is not one, and may mean %s", (text, guess) => {
  expect(parseDuration(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/\.$/), guess });
});

test("what is written is read as the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 * 24 * 400 }), (minutes) => {
      expect(parseDuration(typedSpan(minutes * MINUTE))).toEqual({ ok: true, ms: minutes * MINUTE });
    }),
  );
});
