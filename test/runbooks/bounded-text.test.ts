import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundedText } from "../../src/runbooks/bounded-text.js";

function textOf(most: number, pieces: readonly string[]): string {
  const text = boundedText(most);
  for (const piece of pieces) text.write(piece);
  return text.text();
}

describe("bounded text", () => {
  test("a text that fits is kept as it is, also where its halves meet", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n"), maxLength: 20 }), { maxLength: 8 }),
        (pieces) => {
          expect(textOf(512, pieces)).toBe(pieces.join(""));
        },
      ),
    );
  });

  test("of a longer text beginning and end are kept in whole lines, and how much is left out is said", () => {
    const line = fc
      .string({ unit: fc.constantFrom("a", "é", "😀"), maxLength: 12 })
      .map((text) => `${text}\n`);
    fc.assert(
      fc.property(fc.array(line, { minLength: 60, maxLength: 120 }), fc.nat(60), (lines, together) => {
        const whole = lines.join("");
        fc.pre(Buffer.byteLength(whole) > 200);
        const [, beginning = "", left, end = ""] =
          /^(.*)\[… (\d+) bytes of the output are left out here …\]\n(.*)$/s.exec(
            textOf(200, [...lines.slice(0, together), lines.slice(together).join("")]),
          ) ?? [];
        expect(whole.startsWith(beginning) && whole.endsWith(end)).toBe(true);
        expect(beginning).toMatch(/^(?:.*\n)*$/);
        expect(Number(left)).toBe(Buffer.byteLength(whole) - Buffer.byteLength(beginning + end));
        // A line at each cut is given up at most.
        expect(Buffer.byteLength(beginning + end)).toBeGreaterThan(200 - 2 * 50);
        expect(Buffer.byteLength(beginning + end)).toBeLessThanOrEqual(200);
      }),
    );
  });

  test("one piece that is larger than all that is kept leaves its beginning and its end", () => {
    const lines = Array.from({ length: 1_000 }, (_, n) => `${n}\n`).join("");
    expect(textOf(20, [lines])).toBe(
      "0\n1\n2\n3\n4\n[… 3872 bytes of the output are left out here …]\n998\n999\n",
    );
  });
});
