import fc from "fast-check";
import { createHostIndex, type HostIndex } from "../../../src/hosts/host-index.js";
import type { Parsed } from "../../../src/hosts/parsed.js";
import { parsePattern } from "../../../src/hosts/pattern.js";
import { resolveHosts } from "../../../src/hosts/resolve.js";
import type { Steps } from "../../../src/hosts/steps.js";
import { atOnce } from "../../../src/maintenance/at-once.js";
import type { Resolution } from "../../../src/maintenance/cluster/resolution.js";
import { unmatched } from "../../../src/maintenance/text/quote.js";
import { agent, indexOf } from "../../hosts/cluster.js";
import { kindOf } from "../case-runner.js";
import { mutatedText, withVastRanges } from "../mutations.js";
import { expectSentence } from "../sentences.js";

const PATTERNS = [
  "web-01,web-02",
  "web-*:!web-03",
  "web-[01:20:2].example.com",
  "web-0[12]?",
  "rack1:&web*:!~web-0[1-3]$",
  "@rack=r1,@rack=r*:&zone=a",
  "region=eu:zone=a?",
  "web-01|10.0.0.1",
  "agents[0:3],rack1[-1],all[2:]",
  "~(web|db)-\\d+\\.example\\.com",
  "10.0.0.*",
  "10.20.30.40",
  "all",
  "[fe80::1]",
];

export const PATTERN_TOKENS = [
  ...[
    "web-",
    "web-01",
    "db",
    "rack1",
    "all",
    "*",
    "**",
    "?",
    "*a",
    "*?",
    "[01:20]",
    "[1:99]",
    "[a:z]",
    "[0]",
    "[-1]",
  ],
  ...[
    "[0:1]",
    "[!a]",
    "[",
    "]",
    "][",
    ",",
    ":",
    ";",
    "&",
    "!",
    ":&",
    ":!",
    "~",
    "~(a*)*$",
    "~(a|a)*",
    "~(?=a)",
    "~a{1,9}",
  ],
  ...[
    "~.*.*.*x",
    "(",
    ")",
    "|",
    "|10.0.0.1",
    "@",
    "@rack=",
    "@rack",
    "zone=",
    "region=eu",
    "=",
    ".",
    "..",
    "-",
    " ",
    "\\",
  ],
  ...["10.0.0.1", "10.10.10.10", "0", "00", "1", "é", "ß", "İ", "web", "x"],
];

const ATTRIBUTES = ["rack=r1 zone=a region=eu", "rack=r2 zone=b region=eu", "rack=r3 ssd=true", ""];

function agents(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, at) =>
      `${["web", "db", "kafka"][at % 3]}-${String(at).padStart(2, "0")}${at % 5 === 0 ? ".example.com" : ""} 10.${at >> 16}.${(at >> 8) & 255}.${at & 255} ${ATTRIBUTES[at % 4]}`,
  );
}

const INVENTORY = [
  "web-00 ansible_host=10.0.0.0",
  "[rack1]",
  "web-[03:30:3]",
  "[rack2]",
  "db-[01:31:3]",
  "gone-[1:3]",
  "[agents:children]",
  "rack1",
  "rack2",
].join("\n");

/** A large cluster, of which each wildcard looks at all hosts. */
const LARGE = 20_000;

const indexes: readonly (() => HostIndex)[] = [
  once(() => indexOf(agents(40), INVENTORY)),
  once(() => indexOf(agents(12))),
  once(() => indexOf([])),
  once(() => atOnce(createHostIndex(agents(LARGE).map(agent), null))),
];

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const longPattern = withVastRanges(
  mutatedText({ bases: [...PATTERNS, "web-[1:99]"], tokens: PATTERN_TOKENS, longest: 4_050 }),
);

export const hostPatterns = kindOf({
  name: "host patterns",
  share: 10_000,
  cases: fc.tuple(
    longPattern,
    fc.oneof(
      { weight: 1_000, arbitrary: fc.constantFrom(0, 1) },
      { weight: 10, arbitrary: fc.constant(2) },
      { weight: 1, arbitrary: fc.constant(3) },
    ),
  ),
  prepare: ([text, at]) => ({ text, index: indexes[at]?.() ?? indexOf([]) }),
  // As far as the sentence on what stands for nothing.
  *run({ text, index }): Steps<Parsed<{ readonly missing: Missing; readonly told: string }>> {
    const parsed = parsePattern(text);
    const resolved = parsed.ok ? yield* resolveHosts(parsed.pattern, index) : parsed;
    if (!resolved.ok) return resolved;
    const { matchedNothing } = resolved.resolution;
    return { ok: true, missing: matchedNothing, told: unmatched(matchedNothing) };
  },
  check(result) {
    if (!result.ok) expectSentence(result.problem);
    else for (const { why } of result.missing) if (why !== undefined) expectClause(why);
    return !result.ok;
  },
});

type Missing = Resolution["matchedNothing"];

/** A part of a sentence. */
function expectClause(text: string): void {
  expectSentence(`${text}.`);
}
