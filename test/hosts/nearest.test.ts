import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance, nearest, nearestOne } from "../../src/hosts/nearest.js";
import { runs } from "../support/fast-check.js";

/** The textbook's distance (insert, delete, replace, swap of neighbours), without any shortcut. */
function textbook(a: string, b: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i += 1) {
    const row: number[] = [];
    for (let j = 0; j <= b.length; j += 1) {
      if (i === 0 || j === 0) row.push(i + j);
      else {
        const at = (r: number, c: number) => (r === i ? (row[c] ?? 0) : (rows[r]?.[c] ?? 0));
        let cost = Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        );
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          cost = Math.min(cost, at(i - 2, j - 2) + 1);
        row.push(cost);
      }
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

test("the edit distance is the textbook's, up to the limit", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 9 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 9 }), (a, b, most) => {
      expect(editDistance(a, b, most)).toBe(Math.min(textbook(a, b), most + 1));
    }),
    { numRuns: runs(5_000) },
  );
});

describe("nearest", () => {
  test.each([
    ["drian", ["drain", "down", "up"], ["drain"]],
    ["WEB-O1", ["web-01", "web-02", "db-01"], ["web-01", "web-02"]],
    ["web", ["web-01", "web-02", "db-01"], ["web-01", "web-02"]],
    ["x", ["up", "status"], []],
    ["", ["up"], []],
  ])("the nearest to %j of %j are %j", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toEqual(expected);
  });

  test.each([
    ["drian", { name: "drain", sure: true }],
    ["sta", { name: "start", sure: false }],
    ["pu", { name: "up", sure: false }],
    ["xyz", null],
  ])(
    "the one nearest to %j is sure only if no other is near and the word is long enough",
    (word, expected) => {
      expect(nearestOne(word, ["drain", "up", "start", "status"])).toEqual(expected);
    },
  );
});
