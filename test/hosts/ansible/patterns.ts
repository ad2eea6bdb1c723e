import fc from "fast-check";
import { GROUPS } from "./inventories.js";

const NAMES = [
  "web-1",
  "web-10",
  "web-7",
  "db-b",
  "n1",
  "n3",
  "edge.example.com",
  "10.0.0.2",
  "rack1-05",
  "r1n2",
  "nowhere",
];

const GLOBS = [
  "*",
  "web*",
  "web-*",
  "web-?",
  "*b*",
  "rack*",
  "rack?",
  "rack[12]*",
  "[rw]*1",
  "db-[ab]",
  "db-[!a]",
  "n?",
  "?1",
  "*.example.com",
  "d*",
  "dc.*",
  "10.0.0.*",
  "r[12]n?",
  "z*",
  "*-*",
  "x*",
];

const REGEXES = [
  "~web",
  "~web-\\d+$",
  "~(db|web)",
  "~rack[12]$",
  "~.*b",
  "~n[0-9]$",
  "~.*1$",
  "~r\\dn1",
  "~dc\\.1",
  "~x",
];

const SUBSCRIPTS = ["[0]", "[1]", "[-1]", "[-2]", "[7]", "[0:0]", "[0:1]", "[1:2]", "[1:]", "[2:9]", "[5:7]"];

/** Terms that are meant otherwise than in Ansible, or not at all (differences.ts). */
const DIFFERENT = [
  "web-[1:3]",
  "web-[01:20]",
  "db-[a:c]",
  "web[01:03]",
  "n[1-3]",
  "rack1-[01:09:4]",
  "a*",
  "*ed",
  "un*",
  "?*",
  "~.*",
  "~(all|web)",
  "~un",
  "edge",
  "edge*[0]",
  "WEB-1",
  "Web-*",
  "localhost",
  "web-[^1]",
  "web-{1,2}",
  "[wr]eb-[1:2]",
  "web[2-3]",
];

const plain = fc.constantFrom(...NAMES, ...GROUPS, ...GROUPS, "all", "ungrouped");
const glob = fc.constantFrom(...GLOBS);
const base = fc.oneof({ weight: 3, arbitrary: plain }, { weight: 2, arbitrary: glob });
const position = fc.tuple(base, fc.constantFrom(...SUBSCRIPTS)).map(([text, subscript]) => text + subscript);
const term = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 4, arbitrary: glob },
  { weight: 3, arbitrary: fc.constantFrom(...REGEXES) },
  { weight: 5, arbitrary: position },
  { weight: 2, arbitrary: fc.constantFrom(...DIFFERENT) },
);

const signed = fc.tuple(fc.constantFrom("", "", "", "&", "!"), term).map(([sign, text]) => sign + text);

/** Terms, of every form and with every sign, one after another with one separator. */
const several = fc
  .tuple(fc.array(signed, { minLength: 2, maxLength: 4 }), fc.constantFrom(",", ":", ", ", ":"))
  .map(([terms, separator]) => terms.join(separator));

const mixed = fc.tuple(term, signed, signed).map(([first, second, third]) => `${first}:${second},${third}`);

/** A host pattern that is of good form here or in Ansible. */
export const pattern: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: signed },
  { weight: 6, arbitrary: several },
  { weight: 1, arbitrary: mixed },
);

const KINDS: Readonly<Record<string, (text: string) => boolean>> = {
  "of one term": (text) => !/[,:]/.test(text.replace(/\[[^\]]*\]/g, "")),
  "of several terms": (text) => /[,:]/.test(text.replace(/\[[^\]]*\]/g, "")),
  "with &": (text) => text.includes("&"),
  "with !": (text) => text.replaceAll("[!", "").includes("!"),
  "with a regular expression": (text) => text.includes("~"),
  "with a position": (text) => /\[-?\d+(:\d*)?\](?:$|[,:])/.test(text),
  "with a wildcard": (text) => /[*?]|\[[^\]\d:-]/.test(text.replace(/~[^,:]*/g, "")),
};

/** What a pattern is made of, for the count. */
export function kindsOf(text: string): string[] {
  return Object.keys(KINDS).filter((kind) => KINDS[kind]?.(text));
}
