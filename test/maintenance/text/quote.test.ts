import fc from "fast-check";
import { expect, test } from "vitest";
import { quoted, unmatched, withoutAgent } from "../../../src/maintenance/text/quote.js";
import { sentence } from "../../../src/slack/render/sentence.js";
import { runs } from "../../support/fast-check.js";

test.each([
  ["<@U02BOB>", "‹@U02BOB>"],
  ["<!subteam^S0OPS> <!channel> <#C01OPS>", "‹!subteam^S0OPS> ‹!channel> ‹#C01OPS>"],
  ["<\u200b@U02BOB>", "‹@U02BOB>"],
  ["<<@U02BOB>", "‹‹@U02BOB>"],
  ["load < 5, a<b and <hosts>", "load < 5, a<b and <hosts>"],
])("%j in a sentence is %j", (typed, told) => {
  expect(quoted(typed)).toBe(told);
});

test("what a pattern names in vain is told with the reason there is", () => {
  expect(
    unmatched([
      { term: "wbe-1", nearest: ["web-1", "web-2"] },
      { term: "web[9]", why: "web has 3 hosts", nearest: [] },
      { term: "wbe[0]", why: "a position", nearest: ["web"] },
    ]),
  ).toBe("`wbe-1` (nearest: web-1, web-2), `web[9]` (web has 3 hosts), `wbe[0]` (a position; nearest: web)");
  const doubts = ["One.", "Two.", "Three.", "Four."];
  expect(withoutAgent("The master", { unknown: ["vm1"], doubts })).toBe(
    "The master has no agent for vm1. One. Two. Three. Others are as doubtful.",
  );
  expect(withoutAgent("The master", { unknown: ["vm1"] })).toBe("The master has no agent for vm1.");
});

test("whatever people write, a sentence names only those it names itself", () => {
  const piece = fc.constantFrom(
    ...[
      "<",
      ">",
      "@",
      "!",
      "#",
      "^",
      "|",
      "&lt;",
      "&",
      "@U02BOB",
      "<@U02BOB>",
      "<!subteam^S0OPS>",
      "<#C01OPS>",
    ],
    ...["\u200b", "\u202e", "\u0000", "\ud83d", "`", " ", "!here", "http://a.b", "x"],
  );
  const typed = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(typed, fc.constantFrom("channel", "one"), (reason, to) => {
      const told = sentence(`m-7k3q2 is held by <@U01ALICE> (${quoted(reason)}).`, 1000, to as "one");
      expect(told.text.match(/<[^>]*>/g)).toEqual(["<@U01ALICE>"]);
      expect(quoted(quoted(reason))).toBe(quoted(reason));
    }),
    { numRuns: runs(2_000) },
  );
});

test("a channel is shown by name to one person, and a direct message is never shown as its id", () => {
  for (const to of ["channel", "one"] as const)
    expect(sentence("It is shown in <#D0ALICE01>.", 100, to).text).toBe("It is shown in a direct message.");
  expect(sentence("It is shown in <#G0OPS>.", 100, "one").text).toBe("It is shown in <#G0OPS>.");
  expect(sentence("It is shown in <#C0OPS>.", 100).text).toBe("It is shown in the channel C0OPS.");
});
