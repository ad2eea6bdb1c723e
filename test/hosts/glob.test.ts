import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExpression } from "../../src/hosts/glob.js";
import { compileRegex } from "../../src/hosts/regex.js";
import { runs } from "../support/fast-check.js";

function matches(glob: string, text: string): boolean {
  const parsed = parseExpression(glob);
  if (!parsed.ok || parsed.expression.kind === "names") throw new Error("not a glob");
  return parsed.expression.kind === "glob" ? parsed.expression.fits(text) : parsed.expression.name === text;
}

/** The definition of a glob of `*`, `?` and literal characters. */
function defined(glob: string, text: string): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return text === "";
  if (first === "*") return defined(rest.join(""), text) || (text !== "" && defined(glob, text.slice(1)));
  return text !== "" && (first === "?" || first === text[0]) && defined(rest.join(""), text.slice(1));
}

test("a glob matches what its definition says", () => {
  const glob = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), minLength: 1, maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
  fc.assert(
    fc.property(glob, text, (pattern, name) => {
      expect(matches(pattern, name)).toBe(defined(pattern, name));
    }),
    { numRuns: runs(5_000) },
  );
});

test("characters that mean something in a regular expression are plain in a glob", () => {
  expect(matches("a.b*", "axb1")).toBe(false);
  expect(matches("a.b*", "a.b1")).toBe(true);
  expect(matches("*(b)+$", "a(b)+$")).toBe(true);
  expect(matches("[a.]x*", "zx")).toBe(false);
  expect(matches("[a-]x*", "-x")).toBe(true);
  expect(matches("[!a-]x*", "-x")).toBe(false);
});

test("no glob and no regular expression of a person can take for ever", () => {
  const name = "a".repeat(5_000);
  expect(matches(`${"*a".repeat(16)}b`, name)).toBe(false);
  const regex = compileRegex("(a*)*(a|aa)+$b");
  expect(regex.ok && regex.fits(name)).toBe(false);
});
