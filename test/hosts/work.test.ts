import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHostIndex, type HostIndex } from "../../src/hosts/host-index.js";
import { parseInventory } from "../../src/hosts/inventory/parse.js";
import { parsePattern } from "../../src/hosts/pattern.js";
import { resolveHosts, WORK } from "../../src/hosts/resolve.js";
import { type Steps, sorted } from "../../src/hosts/steps.js";
import { atOnce } from "../../src/maintenance/at-once.js";
import { unmatched } from "../../src/maintenance/text/quote.js";
import { runs } from "../support/fast-check.js";
import { agent, indexOf } from "./cluster.js";

/** What came of the work, how many steps it took in all, and the most between two pauses. */
function counted<T>(steps: Steps<T>): { readonly value: T; readonly all: number; readonly most: number } {
  let all = 0;
  let most = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return { value: step.value, all, most };
    all += step.value;
    most = Math.max(most, step.value);
  }
}

/** A cluster of that many agents whose names are as alike as can be, in groups in one another. */
function crowded(count: number, depth: number): HostIndex {
  const names = Array.from({ length: count }, (_, at) => `${"a".repeat(40)}-${at}.aa.example.com`);
  const groups = Array.from({ length: depth }, (_, at) => `[a${at}:children]\na${at + 1}\n`).join("");
  const inventory = `${groups}[a${depth}]\n${names.slice(0, count / 2).join("\n")}\n`;
  return indexOf(
    names.map((name, at) => `${name} 10.${at >> 16}.${(at >> 8) & 255}.${at & 255} rack=r${at}`),
    inventory,
  );
}

describe("a host pattern that is meant to be slow", () => {
  const index = crowded(100, 10);
  /** Each step stands for that many hosts more than there are here. */
  const large: HostIndex = {
    ...index,
    hosts: Array.from({ length: 50_000 }, (_, at) => index.hosts[at % 100] ?? never()),
  };

  const piece = fc.constantFrom(
    ..."*a *b ?a [ab] [!a-c] [0:99999] [1:9] [a:f] * a 1 -".split(" "),
    "~(a*)*b",
    "~(a|aa)+$",
    "~a{30}",
    ".*",
    "[0]",
    "[-1]",
    "@rack=",
    "zone=",
    "ungrouped",
    "a1",
  );
  const term = fc.array(piece, { minLength: 1, maxLength: 30, size: "max" }).map((pieces) => pieces.join(""));
  const one = fc.tuple(fc.constantFrom("", "&", "!"), term).map(([sign, text]) => sign + text);
  const line = fc.oneof(
    fc.array(one, { minLength: 1, maxLength: 40, size: "max" }).map((terms) => terms.join(",")),
    fc.tuple(one, fc.integer({ min: 1, max: 4_000 })).map(([text, times]) => `${text},`.repeat(times)),
    fc.tuple(piece, fc.integer({ min: 1, max: 2_000 })).map(([text, times]) => text.repeat(times)),
  );

  test("of ten thousand lines none takes more steps than are allowed, and each has an answer", () => {
    let refused = 0;
    let resolved = 0;
    fc.assert(
      fc.property(line, (text) => {
        const parsed = parsePattern(text);
        if (!parsed.ok) {
          expect(parsed.problem).toMatch(/\.$/);
          return;
        }
        const { value, all, most } = counted(resolveHosts(parsed.pattern, index));
        expect(all).toBeLessThanOrEqual(WORK + most);
        // Between two pauses, which is what everybody else waits.
        expect(most).toBeLessThanOrEqual(100_000);
        if (value.ok) resolved += 1;
        else refused += 1;
      }),
      { numRuns: runs(10_000) },
    );
    expect(resolved).toBeGreaterThan(100);
    expect(refused).toBeLessThan(10_000);
  });

  test("what looks at every host too often is refused before anything is looked up", () => {
    const parsed = parsePattern(Array.from({ length: 300 }, (_, at) => `*a*${at}`).join(","));
    if (!parsed.ok) throw new Error(parsed.problem);
    const { value, all } = counted(resolveHosts(parsed.pattern, large));
    expect(all).toBe(0);
    expect(value).toMatchObject({ problem: expect.stringMatching(/too much work on 50000 hosts/) });
  });

  test("groups that have all hosts many times over are refused as soon as that shows", () => {
    const parsed = parsePattern("a*");
    if (!parsed.ok) throw new Error(parsed.problem);
    // Half of the hosts are in each of the groups.
    expect(counted(resolveHosts(parsed.pattern, crowded(2_000, 100))).value.ok).toBe(true);
    const { value, all, most } = counted(resolveHosts(parsed.pattern, crowded(2_000, 2_000)));
    expect(value).toMatchObject({ problem: expect.stringMatching(/too much work/) });
    expect(all).toBeLessThanOrEqual(WORK + most);
  });

  test.each([
    ["x[0:99999],".repeat(360), /stand together for more than 100000 names/],
    ["x[0:99999]".repeat(390), /more than 100000 names/],
    [`${"x".repeat(3_000)}[0:9]`, /at most 255 characters/],
    ["*a".repeat(34), /at most 16 wildcards/],
    ["*a".repeat(104), /at most 16 wildcards/],
    ["a,".repeat(1_000), /more than 500 terms/],
    ["*[0:255],*[0:255]", /beside wildcards are together more than 256/],
    ["~a{500},~b{500}", /regular expressions of the host pattern are too large together/],
  ])("%# is refused as it is read", (text, problem) => {
    expect(parsePattern(text)).toMatchObject({ problem: expect.stringMatching(problem) });
  });
});

describe("a range that stands for a hundred thousand", () => {
  test("values of agents are gone through in steps", () => {
    const parsed = parsePattern("@rack=x[0:99999]");
    if (!parsed.ok) throw new Error(parsed.problem);
    const { all, most } = counted(resolveHosts(parsed.pattern, crowded(10, 1)));
    expect(all).toBeGreaterThan(100_000);
    expect(most).toBeLessThanOrEqual(10_000);
  });

  test("names that nothing is called are put into words as far as they are shown", () => {
    let asked = 0;
    const missing = Array.from({ length: 100_000 }, (_, at) => ({
      get term() {
        asked += 1;
        return `x${at}`;
      },
      nearest: [],
    }));
    expect(unmatched(missing)).toMatch(/`x7` and 99992 more$/);
    expect(asked).toBe(8);
  });
});

describe("an inventory that is meant to be slow", () => {
  test("a hundred lines of a hundred thousand names each are not read to the end", () => {
    const text = `[web]\n${"x[0:99999]\n".repeat(100)}`;
    const { value, all } = counted(parseInventory(text, "h.ini"));
    expect(value).toMatchObject({
      problems: [expect.stringMatching(/line 7: The file stands for more than 500000/)],
    });
    expect(all).toBeLessThan(WORK);
    const yaml = `web:\n  hosts:\n${Array.from({ length: 100 }, (_, at) => `    x${at}-[0:99999]:\n`).join("")}`;
    expect(counted(parseInventory(yaml, "h.yml")).value).toMatchObject({
      problems: [expect.stringMatching(/line 7: The file stands for more than 500000/)],
    });
  });

  test.each([
    ["one line of many hosts", "x[0:99999]\n", "h.ini"],
    ["a row of sections", `[web]\n${"[rack]\n".repeat(50_000)}`, "h.ini"],
    ["one key of many hosts", "web:\n  hosts:\n    x[0:99999]:\n", "h.yml"],
  ])("others have their turn while %s is read", (_, text, name) => {
    const { value, all, most } = counted(parseInventory(text, name));
    expect(value.ok).toBe(true);
    expect(all).toBeGreaterThan(50_000);
    expect(most).toBeLessThanOrEqual(10_000);
  });

  test("a host name is not longer than names are", () => {
    for (const [text, name] of [
      [`${"x".repeat(10_000)}[0:99999]\n`, "h.ini"],
      [`web: { hosts: { "${"x".repeat(10_000)}[0:99999]": } }`, "h.yml"],
    ] as const) {
      expect(counted(parseInventory(text, name)).value).toMatchObject({
        problems: [expect.stringMatching(/at most 255 characters/)],
      });
    }
  });

  test("the steps grow with the file, not with its square", () => {
    const stepsOf = (count: number) => {
      const names = Array.from({ length: count }, (_, at) => `web-${at}`);
      const ini = `[web]\n${names.map((name) => `${name} ansible_host=10.0.0.1\n`).join("")}`;
      const parsed = counted(parseInventory(ini, "h.ini"));
      if (!parsed.value.ok) throw new Error(parsed.value.problems.join());
      const agents = names.map((name) => agent(`${name} 10.0.0.1`));
      return parsed.all + counted(createHostIndex(agents, parsed.value.inventory)).all;
    };
    expect(stepsOf(8_000) / stepsOf(1_000)).toBeLessThan(9);
  });
});

describe("work in steps", () => {
  test("sorts as at once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 50 }), (count, most) => {
        const items = Array.from({ length: count }, (_, at) => ({ at, key: (at * 7_919) % most }));
        const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
        expect(atOnce(sorted(items, compare))).toEqual(items.toSorted(compare));
      }),
      { numRuns: 20 },
    );
  });
});

function never(): never {
  throw new Error("There is no such host.");
}
