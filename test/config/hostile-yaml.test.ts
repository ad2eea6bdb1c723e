import { afterEach, describe, expect, test } from "vitest";
import { parseInventory } from "../../src/hosts/inventory/parse.js";
import { atOnce } from "../../src/maintenance/at-once.js";
import { configOf, parse, withClusters } from "./parse.js";

const BOMB = [
  "a: &a [x, x, x, x, x, x, x, x, x, x]",
  ..."bcdefghi".split("").map((name, index) => {
    const before = "abcdefghi"[index];
    return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(", ")}]`;
  }),
].join("\n");

const MERGE_BOMB = Array.from({ length: 40 }, (_, n) =>
  n === 0 ? "m0: &m0 { k: v }" : `m${n}: &m${n} { a${n}: *m${n - 1}, b${n}: *m${n - 1} }`,
).join("\n");

/** Pieces of a file that mean more to a program than to a reader. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ["__proto__ as a key", "__proto__: { polluted: yes }"],
  ["__proto__ in quotes", '"__proto__": { polluted: yes }'],
  ["__proto__ in escapes", '"\\u005f_proto__": { polluted: yes }'],
  ["__proto__ of __proto__", "__proto__: { __proto__: { polluted: yes } }"],
  ["__proto__ in a merge", "<<: { __proto__: { polluted: yes } }"],
  ["__proto__ in a list of merges", "<<: [{ __proto__: { polluted: yes } }, { constructor: 1 }]"],
  ["__proto__ by an anchor", "x: &p { polluted: yes }\n__proto__: *p"],
  ["__proto__ with a tag", "!!str __proto__: { polluted: yes }"],
  ["__proto__ as an explicit key", "? __proto__\n: { polluted: yes }"],
  ["__proto__ that is a list", "__proto__: [polluted]"],
  ["__proto__ that is null", "__proto__: null"],
  ["constructor", "constructor: { prototype: { polluted: yes } }"],
  ["constructor as a name", "constructor: polluted"],
  ["prototype", "prototype: { polluted: yes }"],
  ["toString and valueOf", "toString: polluted\nvalueOf: polluted"],
  ["hasOwnProperty", "hasOwnProperty: polluted"],
  ["toJSON and then", "toJSON: polluted\nthen: polluted"],
  ["setters of old", "__defineGetter__: polluted\n__lookupSetter__: polluted"],
  ["a billion aliases", BOMB],
  ["two to the fortieth by maps", MERGE_BOMB],
  ["an anchor inside of itself", "a: &a [*a]"],
  ["a merge of itself", "a: &a { <<: *a }"],
  ["a function", "a: !!js/function 'function () { globalThis.polluted = true }'"],
  ["a call of another language", 'a: !!python/object/apply:os.system ["touch polluted"]'],
  ["lists in lists", `a: ${"[".repeat(2_000)}${"]".repeat(2_000)}`],
  ["maps in maps", Array.from({ length: 500 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ["a number without an end", `a: ${"9".repeat(50_000)}`],
  ["binary", "a: !!binary |\n  AAAA"],
];

const indented = (text: string, by: number) =>
  text
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");

/** Where in a file it stands. */
const PLACES: readonly (readonly [string, (text: string) => string])[] = [
  ["alone", (text) => text],
  ["beside the clusters", (text) => `${text}\nclusters:\n  prod:\n    masters: [m1]\n`],
  ["as a cluster", (text) => `clusters:\n  prod: { masters: [m1] }\n${indented(text, 2)}\n`],
  ["in a cluster", (text) => `clusters:\n  prod:\n    masters: [m1]\n${indented(text, 4)}\n`],
  ["in a setting", (text) => `clusters:\n  prod:\n    masters: [m1]\n    caps:\n${indented(text, 6)}\n`],
  [
    "in a runbook",
    (text) => `clusters:\n  prod:\n    masters: [m1]\n    runbooks:\n      a:\n${indented(text, 8)}\n`,
  ],
];

const namesOf = (object: object) => Object.getOwnPropertyNames(object).sort();

const BEFORE = [Object.prototype, Array.prototype, Function.prototype, Map.prototype].map(namesOf);

afterEach(() => {
  expect([Object.prototype, Array.prototype, Function.prototype, Map.prototype].map(namesOf)).toEqual(BEFORE);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect((globalThis as Record<string, unknown>).polluted).toBeUndefined();
});

describe.each(HOSTILE)("a file with %s", (_, text) => {
  test.each(PLACES)("%s is refused as a clusters file, or means nothing", (__, around) => {
    const result = parse(withClusters(around(text)));
    if (!result.ok) {
      expect(result.error.problems.length).toBeGreaterThan(0);
      expect(result.error.format()).not.toMatch(/Maximum call stack|TypeError|RangeError|\n\s+at /);
      return;
    }
    const [prod, ...more] = result.config.clusters;
    expect(more).toEqual([]);
    expect(prod).toMatchObject({ name: "prod", masters: ["http://m1:5050"] });
    expect(prod).toEqual(configOf(withClusters("clusters: { prod: { masters: [m1] } }")).clusters[0]);
  });

  test.each([
    ["alone", text],
    ["as a group", `all:\n  children:\n${indented(text, 4)}\n`],
    ["as hosts", `web:\n  hosts:\n${indented(text, 4)}\n`],
    ["as the address of a host", `web:\n  hosts:\n    web-01:\n${indented(text, 6)}\n`],
  ])("%s is refused as an inventory, or read as names and nothing more", (__, content) => {
    const parsed = atOnce(parseInventory(content, "hosts.yml"));
    if (parsed.ok) return;
    for (const problem of parsed.problems) {
      expect(problem).toMatch(/^hosts\.yml(, line \d+)?: .*\.$/);
      expect(problem).not.toMatch(/Maximum call stack|TypeError|RangeError/);
    }
  });
});
