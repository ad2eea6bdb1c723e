import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHostIndex, type HostIndex } from "../../../src/hosts/host-index.js";
import { parseInventory } from "../../../src/hosts/inventory/parse.js";
import { parsePattern } from "../../../src/hosts/pattern.js";
import { resolveHosts } from "../../../src/hosts/resolve.js";
import { atOnce } from "../../../src/maintenance/at-once.js";
import { ansiblePython } from "../../support/ansible.js";
import { runs } from "../../support/fast-check.js";
import { suiteFor } from "../../support/require.js";
import { agent } from "../cluster.js";
import { differenceIn, mistakeIn } from "./differences.js";
import { inventory } from "./inventories.js";
import { kindsOf, pattern } from "./patterns.js";

interface Case {
  readonly file: string;
  readonly text: string;
  readonly patterns: readonly string[];
}

/** What `get-hosts.py` says of a case; an answer is `null` where Ansible makes an error of the pattern. */
interface Answers {
  readonly refused: boolean;
  readonly shuffled: boolean;
  readonly answers: readonly (readonly string[] | null)[];
}

const PROGRAM = fileURLToPath(new URL("get-hosts.py", import.meta.url));

function askAnsible(cases: readonly Case[]): readonly Answers[] {
  const run = spawnSync(String(ansiblePython), [PROGRAM], {
    input: JSON.stringify(cases),
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

class Counts {
  readonly #by = new Map<string, number>();

  add(kind: string): void {
    this.#by.set(kind, (this.#by.get(kind) ?? 0) + 1);
  }

  lines(): string[] {
    return [...this.#by].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`);
  }
}

suiteFor(
  "Ansible's own answers",
  ansiblePython !== null || "ansible-core is not installed",
)(() => {
  test("patterns stand for the hosts that Ansible finds, in its order, or the difference is one of the table", () => {
    const cases = fc.sample(
      fc
        .tuple(inventory, fc.array(pattern, { minLength: 25, maxLength: 25, size: "max" }))
        .map(([file, patterns]): Case => ({ ...file, patterns })),
      runs(600),
    );
    let total = 0;
    const compared = new Counts();
    const differing = new Counts();
    const refusals = new Counts();
    const unexplained: unknown[] = [];
    for (const [at, said] of askAnsible(cases).entries()) {
      const { file, text, patterns } = cases[at] ?? { file: "", text: "", patterns: [] };
      const parsed = atOnce(parseInventory(text, file));
      if (parsed.ok === said.refused) {
        unexplained.push({ text, ansible: said, ours: parsed.ok ? "is read" : parsed.problems });
        continue;
      }
      if (!parsed.ok) {
        refusals.add(`${file.replace("hosts.", "")} inventories are refused by both`);
        continue;
      }
      const { hosts } = parsed.inventory;
      const names = [...hosts.map(({ name }) => name), ...parsed.inventory.groupNames];
      // With and without agents: without any all hosts are only known from the inventory.
      const agents = at % 2 === 0 ? [] : hosts.map(({ name }, place) => agent(`${name} 192.168.9.${place}`));
      const index = atOnce(createHostIndex(agents, parsed.inventory));
      for (const [place, asked] of patterns.entries()) {
        const ours = answer(asked, index);
        const theirs = said.answers[place] ?? null;
        total += 1;
        for (const kind of kindsOf(asked)) compared.add(kind);
        // Of a shuffled inventory a position says nothing, and the rest says which hosts.
        if (said.shuffled && /\[-?\d+(:\d*)?\]/.test(asked)) continue;
        // A position that does not exist is an error there; here the term is told to stand for nothing.
        if (theirs === null && (typeof ours === "string" || ours.mistakes > 0)) continue;
        const inOrder = (list: readonly string[] | null) =>
          JSON.stringify(said.shuffled ? list?.toSorted() : list);
        if (typeof ours !== "string" && inOrder(ours.hosts) === inOrder(theirs)) continue;
        const kind = typeof ours === "string" ? mistakeIn(ours) : differenceIn(asked, names);
        if (kind !== null) differing.add(kind);
        else unexplained.push({ asked, text, ours, theirs });
      }
    }
    process.stdout.write(
      [
        `${total} patterns on ${cases.length} inventories, compared with Ansible's answers:`,
        ...compared.lines(),
        "Different on purpose:",
        ...differing.lines(),
        ...refusals.lines(),
        "",
      ].join("\n"),
    );
    expect(unexplained.slice(0, 5)).toEqual([]);
    expect(total).toBeGreaterThan(5_000);
  });
});

/** The names of the hosts in order, with how many terms stand for nothing; or the mistake that is told. */
function answer(
  text: string,
  index: HostIndex,
): { readonly hosts: readonly string[]; readonly mistakes: number } | string {
  const parsed = parsePattern(text);
  if (!parsed.ok) return parsed.problem;
  const resolved = atOnce(resolveHosts(parsed.pattern, index));
  if (!resolved.ok) return resolved.problem;
  const { machines, unknown, matchedNothing } = resolved.resolution;
  return {
    hosts: [...machines.map(({ hostname }) => hostname), ...unknown],
    mistakes: matchedNothing.length,
  };
}
