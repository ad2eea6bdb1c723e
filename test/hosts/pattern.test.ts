import { describe, expect, test } from "vitest";
import { parsePattern } from "../../src/hosts/pattern.js";
import { splitPattern } from "../../src/hosts/split.js";

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
  ])("the terms of %s are told apart", (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });
});

describe("a mistake in a pattern", () => {
  test.each([
    ["", /empty/],
    [" , :", /empty/],
    ["web-0[1-3", /\[ without a \]/],
    ["web[01:20.example.com", /\[ without a \]/],
    ["web-[1:[2:3]", /\[ without a \]/],
    ["web-[06", /\[ without a \]/],
    ["web-[01:20:5,db-01", /\[ without a \]/],
    ["web-[01:20-x", /\[ without a \]/],
    ["web-]01", /\] without a \[/],
    ["web-01]", /\] without a \[/],
    ["~web-(01", /missing closing \)/],
    ["~web-(", /missing closing \)/],
    ["~web-(01|", /missing closing \)/],
    ["~web-[01", /missing closing \]/],
    ["~*", /missing argument/],
    ["~(?!web)", /look-around/],
    ["~(a)\\1", /escape/],
    ["~", /no regular expression/],
    ["web-(01|02)", /begins with ~/],
    ["^web$", /begins with ~/],
    ["web-[1-20]", /with a colon: \[1:20\]/],
    ["web-[20:1]", /before it begins/],
    ["web-[z-a]", /before it begins/],
    ["web-[01:5]", /number of digits/],
    ["web-[1:9:0]", /step/],
    ["[web-01]", /whole name needs no brackets/],
    ["web-[!z-a]", /before it begins/],
    ["web-0[1--3]", /neither a set of characters/],
    ["@rack=r[1--3]", /neither a set of characters/],
    ["web-0[a-c-e]x", /neither a set of characters/],
    ["web-*[--9]", /neither a set of characters/],
    ["@rack=r1[0]", /position, which a selector has not/],
    ["@rack=r1[-1]", /position, which a selector has not/],
    ["web-[^ab]", /\[!…\]/],
    ["web-[01,02]", /not a list/],
    ["web-[]", /neither/],
    ["web-[1:200000].x", /more than 100000/],
    ["web-*-[1:300].x", /more than 256/],
    ["web-{01..20}", /braces/],
    ["web-{1..3}", /braces/],
    ["web-0{1,2}", /braces.*web-\[01:20\]/],
    ["web-0{1,2}:!db-{a,b}", /braces/],
    ["web-{01,02}", /braces/],
    ["web-{1..z}", /braces/],
    ["web-{01", /cannot contain \{/],
    ["web-*!web-03", /needs a separator before it: :!/],
    ["web-*&@rack=r1", /separator/],
    ["w;b=r1", /@w;b=/],
    ["web-01;web-02/db-1", /comma/],
    ["web-01+web-02", /comma/],
    ["web-01|web-02", /IPv4/],
    ["web-01..06", /brackets and a colon/],
    ["web-01..web-06", /brackets and a colon/],
    ["web-[01..06]", /with a colon/],
    ["web-01:5051", /port is left out/],
    ["http://web-01/,web-02", /address of the web/],
    ["http://web-01/state", /address of the web/],
    ["@rack==r1", /one =/],
    ["@rack==", /one =/],
    ["web;db", /cannot contain ;/],
    ["web→db", /cannot contain → \(U\+2192\): /],
    ["web\u0007db", /cannot contain U\+0007: /],
    ["web💥", /cannot contain 💥 \(U\+1F4A5\): /],
    ["web-01 db-01", /a space/],
    ["web db", /a space/],
    ["10.20.1.0/24", /networks \(CIDR\) are not understood.*10\.20\.1\.\*/],
    ["rack=r1", /@rack=/],
    ["zon=a", /there are zone= and region=/],
    ["@rack", /does not say which rack.*@rack=r1/],
    ["zone=", /does not say which zone/],
    ["@rack!=r1,web", /! before it: !@rack=r1/],
    ["@=r1", /selector/],
    ["web|db", /IPv4/],
    ["web|fe80::1", /IPv4/],
    ["web|10.0.0.256", /IPv4/],
    ["|10.0.0.1", /host name before/],
    ["web:!", /no hosts after/],
    ["web:!!db", /no hosts after/],
  ])("what is wrong with %s is told", (text, problem) => {
    expect(parsePattern(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });

  test("a pattern that is too long is not read", () => {
    expect(parsePattern("x".repeat(4_001))).toMatchObject({
      problem: expect.stringMatching(/longer than 4000/),
    });
  });
});
