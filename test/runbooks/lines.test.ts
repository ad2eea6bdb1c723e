import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLines } from "../../src/runbooks/lines.js";
import { maskOf } from "../../src/runbooks/mask.js";

/** What is read of these pieces, and the progress after the last of them. */
function read(pieces: readonly (string | Uint8Array)[], secrets: readonly string[] = []) {
  const given: string[] = [];
  const reader = readLines(maskOf(secrets), (text) => given.push(text));
  for (const piece of pieces) reader.push(Buffer.from(piece as string));
  const progress = reader.progress();
  reader.end();
  return { text: given.join(""), given, progress };
}

/** The bytes of a text, cut at these places. */
function cutAt(text: string, places: readonly number[]): readonly Uint8Array[] {
  const bytes = Buffer.from(text);
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, at) => bytes.subarray(edges[at], edge));
}

describe("the lines of a program", () => {
  test.each([
    ["a line without an end gets one", "a\nb", "a\nb\n"],
    ["empty lines stay", "a\n\n\nb\n", "a\n\n\nb\n"],
    ["line ends of Windows are line ends", "a\r\nb\r\n", "a\nb\n"],
    ["colours go", "\u001b[0;32mok: [web-01]\u001b[0m\n", "ok: [web-01]\n"],
    ["a title of the terminal and a link go", "\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\b\n", "ab\n"],
    ["moves of the cursor and other escapes go", "\u001b[2K\u001b[1Ga\u001b(B\u001b7\u009b1mb\n", "ab\n"],
    ["an escape that never ends takes nothing with it", "a\u001b]0;b\nc\n", "a0;b\nc\n"],
    ["control characters go, and tabs stay", "a\u0000\u0007\u0008\tb\u007f\u0085\n", "a\tb\n"],
    ["of what is written over only the last is there", "10%\r50%\r100%\ndone\n", "100%\ndone\n"],
    ["a progress bar that ends without a line is there once", "\r10%\r50%\r", "50%\n"],
    ["bytes that are no UTF-8 are replaced", Buffer.from([0x61, 0xff, 0x0a]), "a\ufffd\n"],
    ["nothing is nothing", "", ""],
  ])("%s", (_, written, shown) => {
    expect(read([written]).text).toBe(shown);
  });

  test("where the pieces begin and end changes nothing", () => {
    const text = "ä→😀\u001b[1;31mred\u001b[0m\r\n1%\r22%\r\u001b]0;t\u0007100%\n tok=hunter2 \nlast";
    const whole = read([text], ["hunter2"]).text;
    expect(whole).toBe("ä→😀red\n100%\n tok=[secret] \nlast\n");
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (places) => {
        expect(read(cutAt(text, places), ["hunter2"]).text).toBe(whole);
      }),
    );
  });

  test("what a progress bar shows is told before its line ends, and only what is whole", () => {
    expect(read(["a\n10%\r2"]).progress).toBe("10%");
    expect(read(["10%\r20%\r"]).progress).toBe("10%");
    expect(read(["10%\r\n"]).progress).toBeNull();
    expect(read(["Password: "]).progress).toBeNull();
    expect(read(["a=hunter2\rb"], ["hunter2"]).progress).toBe("a=[secret]");
  });

  test("a line of any length is held in part only, and nothing of it is lost", () => {
    const given: string[] = [];
    const reader = readLines(maskOf([]), (text) => given.push(text));
    const piece = Buffer.from(`${"x".repeat(999)} `);
    for (let n = 0; n < 1_000; n += 1) reader.push(piece);
    expect(given.join("").length).toBeGreaterThan(900_000);
    reader.end();
    expect(given.join("").replaceAll("\n", "")).toBe(piece.toString().repeat(1_000));
  });

  test.each([
    ["a secret", "Tr0ub4dor & 3", ["x", " ", '"', "="]],
    ["a token", "xoxb-12-34-abcdef", [" ", '"', "="]],
    ["a token of the length that they have", `xoxb-${"1234567890-".repeat(40)}abcdef`, [" ", '"', "="]],
    ["a header", ' "Basic dTpwYXNzd29yZA==', [" ", '"', "="]],
  ])("%s where a long line goes on in the next is hidden", (_, secret, fillers) => {
    // The third piece makes the line too long; it is cut somewhere before its end.
    const end = 3 * 24_000;
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 1_030 + secret.length }),
        fc.constantFrom(...fillers),
        (before, filler) => {
          const bytes = Buffer.from(`${filler.repeat(end - before)}${secret}${filler.repeat(30_000)}`);
          const pieces = [0, 1, 2, 3, 4].map((n) => bytes.subarray(n * 24_000, (n + 1) * 24_000));
          const shown = read(pieces, ["Tr0ub4dor & 3"]).text.replaceAll("\n", "");
          const parts = [secret.slice(0, 8).trim(), secret.slice(-5).replaceAll("=", "")];
          expect(parts.filter((part) => part !== '"Basic' && shown.includes(part))).toEqual([]);
        },
      ),
    );
  });
});

describe("whatever a program prints, a piece of it is read in a moment", () => {
  const SIZE = 64 * 1024;
  const filled = (unit: string) => Buffer.from(unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE));

  test.each([
    ["words", "some words of a log line\n"],
    ["empty lines", "\n"],
    ["one letter", "a"],
    ["lines as long as a piece", `${"a".repeat(SIZE - 1)}\n`],
    ["letters with dots", "a."],
    ["colours", "\u001b[1;31mx"],
    ["escapes that never end", "\u001b]"],
    ["sequences that never end", "\u001b[1;"],
    ["lines that are written over", "1\r"],
    ["addresses", "ws://"],
    ["an address of Slack's", `https://${"slack.".repeat(10_000)}`],
    ["names before slack", "slack."],
    ["colons after a scheme", `a://${":".repeat(60_000)}`],
    ["headers that are none", '": Bearer '],
    ["equals signs and spaces", "= "],
    ["starts of tokens", "xoxb-"],
    ["starts of a secret", "hunter2hunter2hunter2hunter"],
  ])("%s", (_, unit) => {
    const reader = readLines(maskOf([`${"hunter2".repeat(20)}!`]), () => undefined);
    const piece = filled(unit);
    // What a first piece holds may only be held.
    reader.push(piece);
    const took = [1, 2, 3, 4, 5].map(() => {
      const before = process.cpuUsage();
      reader.push(piece);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    });
    // The best of some, because others use this machine as well; what is not linear takes seconds.
    expect(Math.min(...took)).toBeLessThan(50);
  });
});
