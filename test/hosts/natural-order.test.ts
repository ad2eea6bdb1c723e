import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { naturalOrder } from "../../src/hosts/natural-order.js";
import { atOnce } from "../../src/maintenance/at-once.js";

const ordered = (names: readonly string[]) => atOnce(naturalOrder(names)).map((position) => names[position]);

describe("natural order", () => {
  test.each([
    ["numbers are numbers", ["web-10", "web-2", "web-1"], ["web-1", "web-2", "web-10"]],
    ["leading zeros mean nothing", ["web-010", "web-9", "web-0011"], ["web-9", "web-010", "web-0011"]],
    ["later numbers are numbers too", ["r2-h1", "r1-h10", "r1-h9"], ["r1-h9", "r1-h10", "r2-h1"]],
    ["a name comes before those that go on", ["web1", "web", "web-a"], ["web", "web-a", "web1"]],
    ["text follows the number", ["web1", "web1.b", "web1.a"], ["web1", "web1.a", "web1.b"]],
    [
      "numbers can be beyond what is exact",
      ["n10000000000000002", "n10000000000000001"],
      ["n10000000000000001", "n10000000000000002"],
    ],
    ["there may be nothing", [], []],
  ])("in natural order it counts that %s", (_, names, expected) => {
    expect(ordered(names)).toEqual(expected);
  });

  test("of names that are equal in natural order the first stays first", () => {
    expect(atOnce(naturalOrder(["a01", "b", "a1", "a1"]))).toEqual([0, 2, 3, 1]);
  });

  // Numbers of twelve digits sort together with their positions in one number, those of fifteen are too long for it.
  test.each([
    ["short", 0],
    ["long", 10 ** 11],
    ["the longest exact", 10 ** 14],
  ])("many names with %s numbers come in the order of the numbers, equal ones as they were", (_, least) => {
    const numbers = Array.from({ length: 500 }, (_, n) => least + ((n * 7919) % 250));
    const names = numbers.map((number, n) => `web-${n < 250 ? "" : "0"}${number}`);
    const expected = [...numbers.keys()].sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b);
    expect(atOnce(naturalOrder(names))).toEqual(expected);
  });

  // Few and short, so that names often share their beginning.
  const part = fc.constantFrom("a", "-", ".", "0", "1", "9", "10", "99999999999999999");
  const name = fc.array(part, { maxLength: 5 });

  test("natural order is that of comparing name by name, for any names", () => {
    fc.assert(
      fc.property(fc.array(name.map((parts) => parts.join(""))), (names) => {
        const keys = names.map(key);
        const expected = names.map((_, position) => position);
        expected.sort((a, b) => (keys[a] === keys[b] ? a - b : (keys[a] ?? "") < (keys[b] ?? "") ? -1 : 1));
        expect(atOnce(naturalOrder(names))).toEqual(expected);
      }),
    );
  });
});

/** A text that sorts as the name should: every number with its length before it. */
function key(text: string): string {
  return `${text.replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, "");
    return String.fromCharCode(0x30 + number.length) + number;
  })}\0`;
}
