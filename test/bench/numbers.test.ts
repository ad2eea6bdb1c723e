import { describe, expect, test } from "vitest";
import { median, middle, quantile, ratio, rounded } from "./numbers.js";

describe("the figures of a run", () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])("the median of %j is %d", (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  test("the middle of some values is their rounded median", () => {
    expect(middle([{ ms: 12.3456 }, { ms: 900 }, { ms: 1 }], (one) => one.ms)).toBe(12.3);
  });

  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  test.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])("the quantile %d of 1 to 100 is %d", (share, value) => {
    expect(quantile(hundred, share)).toBe(value);
  });

  test("no values give no figure instead of a wrong one", () => {
    expect(median([])).toBeNaN();
    expect(quantile([], 0.5)).toBeNaN();
  });

  test.each([
    [0.123456, 0.123],
    [12.3456, 12.3],
    [1234.5678, 1235],
    [0, 0],
  ])("the figure %d is told as %d", (value, told) => {
    expect(rounded(value)).toBe(told);
  });

  test("a ratio says how many times the yardstick something is", () => {
    expect(ratio(6, 4)).toBe(1.5);
  });
});
