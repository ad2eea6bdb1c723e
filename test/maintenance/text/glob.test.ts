import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wildcard } from "../../../src/maintenance/text/glob.js";

describe("a pattern with wildcards", () => {
  test.each([
    ["kafka", "Kafka", true],
    ["kafka", "kafka-2", false],
    ["kafka*", "kafka", true],
    ["*api*", "/billing/API/v2", true],
    ["/a/?", "/a/b", true],
    ["/a/?", "/a/", false],
    ["*", "", true],
    ["", "x", false],
    ["a.c", "abc", false],
  ])("the pattern %j fits the name %j: %s", (pattern, name, fits) => {
    expect(wildcard(pattern)(name)).toBe(fits);
  });

  test("patterns mean what a regular expression of the same pattern means", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(letters, text, (pattern, name) => {
        const expected = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(name);
        expect(wildcard(pattern)(name)).toBe(expected);
      }),
    );
  });
});
