import fc from "fast-check";
import { expect, test } from "vitest";
import { aboutSpan, formatSpan, typedSpan } from "../../src/maintenance/time.js";

const MINUTE = 60_000;

test.each([
  [0, "0 s", "0 s"],
  [4 * 60 * MINUTE, "4 h", "4 h"],
  [31.5 * 60 * MINUTE, "1 d 7 h 30 m", "1 d 7 h"],
  [(24 * 60 + 30) * MINUTE, "1 d 30 m", "1 d 30 m"],
  [(2 * 60 + 5) * MINUTE + 9_000, "2 h 5 m 9 s", "2 h 5 m"],
  [-5, "0 s", "0 s"],
])("a span of %d ms is told whole, and about", (ms, whole, about) => {
  expect([formatSpan(ms), aboutSpan(ms)]).toEqual([whole, about]);
});

test("a span of whole minutes is written as it is typed: nothing of it is cut", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 * 24 * 400 }), (minutes) => {
      expect(formatSpan(minutes * MINUTE).replaceAll(" ", "")).toBe(typedSpan(minutes * MINUTE));
    }),
  );
});
