import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { undoFormatting } from "../../../src/commands/unformat.js";
import { quoted } from "../../../src/maintenance/text/quote.js";
import { fixedLine } from "../../../src/slack/render/fixed-text.js";
import {
  code,
  cutTo,
  free,
  listed,
  Mrkdwn,
  mrk,
  oneLine,
  plain,
  user,
} from "../../../src/slack/render/mrkdwn.js";
import { sentence } from "../../../src/slack/render/sentence.js";
import { cellText } from "../../../src/slack/render/table.js";
import { moment, windowOf } from "../../../src/slack/render/when.js";
import { drawable } from "../../../src/timeline/text.js";
import { readerOf } from "../../support/drawn.js";
import { toPlain } from "../plain-text.js";

describe("texts of people and masters", () => {
  test.each([
    ["<!channel> hi", "&lt;!channel&gt; hi"],
    ["<http://evil.example|click>", "&lt;http://evil.example|click&gt;"],
    ["a && b", "a &amp;&amp; b"],
    ["&lt;!here&gt;", "&amp;lt;!here&amp;gt;"],
    ["two\nlines\tand\u0000more", "two lines and more"],
    ["`code`", "'code'"],
    ["web\u202e10-bew", "web10-bew"],
    ["half \ud83d", "half"],
  ])("%j is shown as %j", (raw, shown) => {
    expect(free(raw).text).toBe(shown);
  });

  test.each(["<!channel>", "<@U01ALICE>", "<!subteam^S0OPS>", "<#C01OPS>", "a < b", "<b>", "<<!here>"])(
    "%j reads the same in a message of its own and quoted in one of our sentences, and mentions nobody",
    (raw) => {
      const shown = free(raw).text;
      expect(toPlain(shown)).toBe(raw);
      for (const to of ["channel", "one"] as const) {
        expect(sentence(`held: ${quoted(raw)}`, 300, to).text).toBe(`held: ${shown}`);
      }
      // Such as a note in a table, or what went wrong.
      expect(free(quoted(raw)).text).toBe(shown);
    },
  );

  test("a sentence of brackets only stays in its length", () => {
    expect(sentence(quoted("<!".repeat(100)), 100).text).toMatch(/^(?:&lt;!)+(?:&lt;)?…$/);
    expect(sentence(quoted("<!".repeat(100)), 100).text.length).toBeLessThanOrEqual(100);
  });

  test("texts of people and masters are escaped when they are interpolated, and finished texts are not escaped twice", () => {
    expect(mrk`*${"<b>"}* on ${code("a`b<c")} by ${user("U01ALICE")}`.text).toBe(
      "*&lt;b&gt;* on `a'b&lt;c` by <@U01ALICE>",
    );
  });

  test("texts of people and masters are cut before half an escape", () => {
    expect(free("<<<<", 10).text).toBe("&lt;&lt;…");
  });

  test("an id that is no user id is text", () => {
    expect(user("U1><!channel>").text).toBe("U1&gt;&lt;!channel&gt;");
  });

  test("property: texts of people and masters never form a control sequence, stay in their length, and come back whole", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.integer({ min: 10, max: 100 }),
        (raw, max) => {
          const short = free(raw, max).text;
          expect(short).not.toMatch(/[<>]/);
          expect(short).not.toMatch(/&(?!(amp|lt|gt);)/);
          expect(short.length).toBeLessThanOrEqual(max);
          expect(typedBack(free(raw, 5000).text)).toBe(typedBack(oneLine(raw).replaceAll("`", "'")));
          expect(code(raw, max).text.replace(/^`|`$/g, "")).not.toContain("`");
          expect(plain(raw, max).length).toBeLessThanOrEqual(max);
          expect(plain(raw, max)).not.toMatch(/[<>]/);
        },
      ),
    );
  });
});

/** What somebody gets who copies a text of Slack's and types it back. */
function typedBack(text: string): string {
  return undoFormatting(text.replaceAll("*", "∗").replaceAll("›", ">"));
}

describe("what people type is shown as it was typed", () => {
  test.each([
    ["*bold*", "∗bold∗"],
    ["see _this_ and ~that~", "see ＿this＿ and ∼that∼"],
    ["~gone~", "∼gone∼"],
    ["done :white_check_mark:", "done :\u2060white_check_mark:"],
    [":+1::tada:", ":\u2060+1::\u2060tada:"],
    ["it is :100:", "it is :\u2060100:"],
    ["> quoted", "› quoted"],
    ["web-* and db-*", "web-∗ and db-∗"],
    ["my_job_1 of a_b_c", "my_job_1 of a_b_c"],
    ["at 10:30:15, 2 * 3", "at 10:30:15, 2 * 3"],
    ["http://10.0.0.1:5050/x", "http://10.0.0.1:5050/x"],
    ["web\u202e01-*\u00ad!", "web01-*!"],
  ])("%s stands there as %s, and copied and typed back it is what it was", (typed, shown) => {
    const text = free(typed).text.replaceAll("&gt;", ">");
    expect(text).toBe(shown);
    expect(sentence(typed, 300).text.replaceAll("&gt;", ">")).toBe(shown);
    expect(undoFormatting(shown)).toBe(undoFormatting(typed).replace(/^>/, "›"));
  });

  test("a name in a fixed-width face, and a button, show no emoji and keep their signs", () => {
    expect(code("web-*:tada:*").text).toBe("`web-*:tada:*`");
    expect(plain("*web* :tada:", 50)).toBe("*web* :\u2060tada:");
  });

  test.each([
    "\u200e",
    "\u202a",
    "\u202c",
    "\u2068",
    "\u2069",
    "\u00ad",
    "\u180e",
    "\u034f",
    "\u3164",
    "\ufe0f",
    "\u{e0041}",
    "\u{1d173}",
  ])("a character that nobody sees is neither read nor shown, wherever it stands: %j", (mark) => {
    const typed = `web${mark}-01`;
    expect(undoFormatting(typed)).toBe("web-01");
    expect(free(typed).text).toBe("web-01");
    expect(code(typed).text).toBe("`web-01`");
    expect(plain(typed, 50)).toBe("web-01");
    expect(sentence(`It is ${typed}.`, 50).text).toBe("It is web-01.");
    expect(cellText([typed], readerOf())).toBe("web-01");
    expect(JSON.stringify(fixedLine(typed))).not.toContain(mark);
    expect(quoted(typed)).toBe("web-01");
    expect(drawable(typed)).toBe("web-01");
  });

  test("the selector of an emoji stays with its sign", () => {
    expect(free("⚠️ slow").text).toBe("⚠️ slow");
  });
});

describe("lists", () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => new Mrkdwn(`web-${index}`));

  test.each([
    [3, 100, "web-0, web-1, web-2"],
    [100, 40, "web-0, web-1, web-2, web-3 and 96 more"],
    [100, 3, "100 in all"],
    [0, 10, ""],
  ])("of %i names in %i characters", (count, max, text) => {
    expect(listed(names(count), max).text).toBe(text);
  });

  test("property: lists say exactly how many are left out", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 30, max: 500 }), (count, max) => {
        const { text } = listed(names(count), max);
        expect(text.length).toBeLessThanOrEqual(max);
        const left = Number(/ and (\d+) more$/.exec(text)?.[1] ?? 0);
        expect(text.split(", ").length + left).toBe(count);
      }),
    );
  });
});

describe("a finished text that is too long", () => {
  test.each([
    ["half a mention", "see <@U01ALICE> there", 12],
    ["half an escape", "aaaa &amp; bbbb", 10],
    ["an open code span", "see `web-01.example.com`", 14],
  ])("a finished text that is too long is cut without %s", (_, text, max) => {
    const cut = cutTo(new Mrkdwn(text), max).text;
    expect(cut.length).toBeLessThanOrEqual(max);
    expect(cut).not.toMatch(/<[^>]*…$|&[a-z]*…$/);
    expect((cut.match(/`/g)?.length ?? 0) % 2).toBe(0);
  });
});

describe("times", () => {
  test("times are in the reader's zone, with UTC for those without", () => {
    expect(moment(Date.UTC(2026, 10, 20, 22)).text).toBe(
      "<!date^1795212000^{date_short_pretty} {time}|2026-11-20 22:00 UTC>",
    );
  });

  test("a window has its start, end and length", () => {
    const start = BigInt(Date.UTC(2026, 10, 20, 22)) * 1_000_000n;
    expect(toPlain(windowOf({ start, duration: 14_400_000_000_000n }).text)).toBe(
      "2026-11-20 22:00 UTC – 2026-11-21 02:00 UTC (4 h)",
    );
    expect(toPlain(windowOf({ start, duration: null }).text)).toBe("2026-11-20 22:00 UTC – without an end");
  });

  test.each([2n ** 63n - 1n, -(2n ** 63n), 0n])(
    "start %i of a master's int64 does not break the message",
    (start) => {
      expect(windowOf({ start, duration: 2n ** 63n - 1n }).text).not.toContain("Invalid");
    },
  );
});
