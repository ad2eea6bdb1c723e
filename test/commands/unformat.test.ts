import fc from "fast-check";
import { expect, test } from "vitest";
import { undoFormatting } from "../../src/commands/unformat.js";
import { runs } from "../support/fast-check.js";

test.each([
  ["<http://web-01.example.com|web-01.example.com>", "web-01.example.com"],
  ["<http://web-01.example.com>", "web-01.example.com"],
  ["<https://web-01.example.com/>", "web-01.example.com"],
  ["<https://jira.example.com/browse/OPS-1>", "https://jira.example.com/browse/OPS-1"],
  ["<mailto:a@example.com|a@example.com>", "a@example.com"],
  ["<http://a.b|a.b>:&amp;<http://c.d|c.d>", "a.b:&c.d"],
  ["&lt;hosts&gt; &amp;amp; load &gt; 5", "<hosts> & load > 5"],
  ["<@U01ALICE> <#C01OPS|ops> <!channel>", "<@U01ALICE> <#C01OPS|ops> <!channel>"],
  ["“kernel update” ‘it’s’ „x‟", `"kernel update" 'it's' "x"`],
  ["`web-01` ```x```", "web-01 x"],
  ["ｗｅｂ－０１、ｗｅｂ－０２　４ｈ", "web-01,web-02 4h"],
  ["• web-01\n• web-02", "web-01 web-02"],
  ["a\u00A0\u2003 b\r\n\tc ", "a b c"],
  ["web\u200B-\uFEFF01", "web-01"],
  ["drain web-01 \u0000\u001B1h\u0085\u0007", "drain web-01 1h"],
])("%s is read as it was typed", (typed, plain) => {
  expect(undoFormatting(typed)).toBe(plain);
});

test("undoing twice changes nothing", () => {
  const piece = fc.constantFrom(
    ...[
      "<",
      ">",
      "|",
      "http://a.b",
      "https://a.b/c",
      "mailto:",
      "&",
      "amp;",
      "lt;",
      "gt;",
      "`",
      "“",
      "’",
      " ",
      "\u00A0",
      "\u200B",
    ],
    ...["web", "—", "\n"],
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, (typed) => {
      const once = undoFormatting(typed);
      expect(undoFormatting(once)).toBe(once);
    }),
    { numRuns: runs(5_000) },
  );
});
