import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePattern } from "../../src/hosts/pattern.js";
import { splitPattern } from "../../src/hosts/split.js";
import { runs } from "../support/fast-check.js";

function termsOf(text: string): readonly string[] {
  const split = splitPattern(text);
  if (!split.ok) throw new Error(split.problem);
  return split.terms;
}

describe("splitting", () => {
  test.each([
    ["a,b[1], c[2:3] , d", ["a", "b[1]", "c[2:3]", "d"]],
    ["a:b[1]:&c[2:3]:!d", ["a", "b[1]", "&c[2:3]", "!d"]],
    ["web:&rack1,db", ["web", "&rack1", "db"]],
    ["::a:,:b,", ["a", "b"]],
    // Colons of addresses are not separators, those between names of hex letters are.
    ["fe80::1", ["fe80::1"]],
    ["1:2:3:4:5:6:7:8", ["1:2:3:4:5:6:7:8"]],
    ["::ffff:192.0.2.3,web", ["::ffff:192.0.2.3", "web"]],
    ["a:b:c", ["a", "b", "c"]],
    ["db:ca:!fe", ["db", "ca", "!fe"]],
    // Regular expressions keep what is inside their brackets.
    ["~web-\\d{1,2}:&~r(?:1|2),db", ["~web-\\d{1,2}", "&~r(?:1|2)", "db"]],
    ["~[,:]x,y", ["~[,:]x", "y"]],
    ["~a\\:b:c", ["~a\\:b", "c"]],
  ])("%s", (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });
});

describe("mistakes come with the pattern as it was probably meant", () => {
  test.each([
    ["", /empty/, null],
    [" , :", /empty/, null],
    ["web-0[1-3", /\[ without a \]/, "web-0[1-3]"],
    ["web[01:20.example.com", /\[ without a \]/, "web[01:20].example.com"],
    ["web-[1:[2:3]", /\[ without a \]/, null],
    ["web-[06", /\[ without a \]/, null],
    ["web-[01:20:5,db-01", /\[ without a \]/, "web-[01:20:5],db-01"],
    ["web-[01:20-x", /\[ without a \]/, null],
    ["web-]01", /\] without a \[/, null],
    ["web-01]", /\] without a \[/, "web-01"],
    ["~web-(01", /missing closing \)/, "~web-(01)"],
    ["~web-(", /missing closing \)/, null],
    ["~web-(01|", /missing closing \)/, null],
    ["~web-[01", /missing closing \]/, null],
    ["~*", /missing argument/, null],
    ["~(?!web)", /look-around/, null],
    ["~(a)\\1", /escape/, null],
    ["~", /no regular expression/, null],
    ["web-(01|02)", /begins with ~/, "~web-(01|02)"],
    ["^web$", /begins with ~/, "~^web$"],
    ["web-[1-20]", /colon/, "web-[1:20]"],
    ["web-[20:1]", /before it begins/, "web-[1:20]"],
    ["web-[z-a]", /before it begins/, "web-[a-z]"],
    ["web-[01:5]", /number of digits/, "web-[01:05]"],
    ["web-[1:9:0]", /step/, null],
    ["[web-01]", /whole name needs no brackets/, null],
    ["web-[!z-a]", /before it begins/, "web-[!a-z]"],
    ["web-[^ab]", /\[!…\]/, "web-[!ab]"],
    ["web-[01,02]", /not a list/, null],
    ["web-[]", /neither/, null],
    ["web-[1:200000].x", /more than 100000/, null],
    ["web-*-[1:300].x", /more than 256/, null],
    ["web-{01..20}", /braces/, "web-[01:20]"],
    ["web-{1..3}", /braces/, "web-[1-3]"],
    ["web-0{1,2}", /braces.*web-0\[12\]/, "web-0[12]"],
    ["web-0{1,2}:!db-{a,b}", /braces/, "web-0[12]:!db-[ab]"],
    ["web-{01,02}", /braces/, null],
    ["web-{1..z}", /braces/, null],
    ["web-{01", /cannot contain \{/, null],
    ["web-*!web-03", /separator/, "web-*:!web-03"],
    ["web-*&@rack=r1", /separator/, "web-*:&@rack=r1"],
    ["w;b=r1", /@w;b=/, null],
    ["web-01;web-02/db-1", /comma/, "web-01,web-02,db-1"],
    ["web-01+web-02", /comma/, "web-01,web-02"],
    ["web-01|web-02", /IPv4/, "web-01,web-02"],
    ["web-01..06", /brackets and a colon/, "web-[01:06]"],
    ["web-01..web-06", /brackets and a colon/, null],
    ["web-[01..06]", /with a colon/, "web-[01:06]"],
    ["web-01:5051", /port is left out/, null],
    ["http://web-01/,web-02", /address of the web/, "web-01,web-02"],
    ["http://web-01/state", /address of the web/, null],
    ["@rack==r1", /one =/, "@rack=r1"],
    ["@rack==", /one =/, null],
    ["web;db", /cannot contain ;/, null],
    ["web-01 db-01", /a space/, "web-01,db-01"],
    ["web db", /a space/, null],
    ["10.20.1.0/24", /networks \(CIDR\) are not understood.*10\.20\.1\.\*/, null],
    ["rack=r1", /@rack=/, "@rack=r1"],
    ["zon=a", /zone=/, "zone=a"],
    ["@rack", /does not say which rack.*@rack=r1/, null],
    ["zone=", /does not say which zone/, null],
    ["@rack!=r1,web", /written with !/, "!@rack=r1,web"],
    ["@=r1", /selector/, null],
    ["web|db", /IPv4/, null],
    ["web|fe80::1", /IPv4/, null],
    ["web|10.0.0.256", /IPv4/, null],
    ["|10.0.0.1", /host name before/, null],
    ["web:!", /no hosts after/, "web"],
    ["web:!!db", /no hosts after/, "web:!db"],
    ["x".repeat(4_001), /longer than 4000/, null],
  ])("%.30s", (text, problem, corrected) => {
    const parsed = parsePattern(text);
    expect(parsed).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
    if (!parsed.ok) expect(parsed.corrected).toBe(corrected);
    if (!parsed.ok && parsed.corrected !== null) expect(parsePattern(parsed.corrected).ok).toBe(true);
  });

  test("corrects several mistakes at once", () => {
    expect(parsePattern("web-[1-20],rack=r1,~(a")).toMatchObject({ corrected: "web-[1:20],@rack=r1,~(a)" });
  });

  test("never lose a letter or a digit, nor gain one: the guess would stand for other machines", () => {
    const sign = fc.constantFrom(..."ab12-._*?[]{}()!&~|,: ^$;/");
    const named = (text: string) => [...text.replace(/[^a-z0-9]/g, "")].toSorted().join("");
    fc.assert(
      fc.property(fc.string({ unit: sign, minLength: 1, maxLength: 16 }), (text) => {
        const parsed = parsePattern(text);
        if (!parsed.ok && parsed.corrected !== null) expect(named(parsed.corrected)).toBe(named(text));
      }),
      { numRuns: runs(5_000) },
    );
  });

  test("never throws", () => {
    const sign = fc.constantFrom(..."ab09-._*?[]{}()!&~@=|,: ^$\\");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: sign, maxLength: 20 })), (text) => {
        const parsed = parsePattern(text);
        if (!parsed.ok && parsed.corrected !== null) expect(parsePattern(parsed.corrected).ok).toBe(true);
      }),
      { numRuns: runs(2_000) },
    );
  });
});
