import { problemOf } from "../parsed.js";
import type { Steps } from "../steps.js";
import type { YamlEvents } from "../yaml/yaml-events.js";
import { yamlMistake } from "../yaml/yaml-mistake.js";
import { isMapping, treeOf, type YamlMapping, type YamlTree } from "../yaml/yaml-tree.js";
import { connectionOf, hostNames, InventoryBuilder } from "./builder.js";
import type { ParsedInventory } from "./inventory.js";

type Entry = YamlMapping["entries"][number];

/** Groups in one another; aliases may nest what the text does not. */
const DEEPEST = 200;

/** Ansible's YAML inventory: groups with `hosts`, `children` and `vars`. Ansible: "yaml – Uses a specific YAML file". */
export function* readYamlInventory(source: string, events: YamlEvents, name: string): Steps<ParsedInventory> {
  // What words mean to Python's library, which Ansible reads with.
  const text = yield* treeOf(source, events, "1.1");
  const refused = (line: number | null, what: string): ParsedInventory => ({
    ok: false,
    problems: [problemAt(name, line, what)],
  });
  if (!text.ok) return refused(text.line, `The file ${yamlMistake(text)}.`);
  const { root } = text;
  if (root === null) return refused(null, EMPTY);
  if (!isMapping(root)) return refused(null, NO_MAPPING);
  if (root.entries.length === 0) return refused(null, EMPTY);
  if (root.entries.some(([key, , value]) => key === "plugin" && Boolean(value))) return refused(null, PLUGIN);
  const reader = new Reader(name);
  for (const [key, line, value] of root.entries) yield* reader.readGroup(key, line, value, 0);
  return yield* reader.end();
}

const EMPTY = 'The inventory is empty; it begins with "all:" or the name of a group.';

const NO_MAPPING = 'The inventory is not a mapping of groups; it begins with "all:" or the name of a group.';

const PLUGIN =
  'This configures an inventory plug-in and holds no hosts. Save the output of "ansible-inventory --list --yaml" and use that.';

function problemAt(name: string, line: number | null, what: string): string {
  return `${name}${line === null ? "" : `, line ${line}`}: ${what}`;
}

/** Reads groups one after another, in the order of the file, because it is the order of the result. */
class Reader {
  readonly #name: string;
  readonly #builder = new InventoryBuilder();
  readonly #problems: string[] = [];
  #isTooMuch = false;
  #steps = 0;

  constructor(name: string) {
    this.#name = name;
  }

  *end(): Steps<ParsedInventory> {
    const inventory = yield* this.#builder.build(this.#name);
    return this.#problems.length > 0 ? { ok: false, problems: this.#problems } : { ok: true, inventory };
  }

  /** Reads a group with all below it; its name, or `null` if it has none. */
  *readGroup(key: YamlTree, line: number, value: YamlTree, depth: number): Steps<string | null> {
    if (this.#isTooMuch) return null;
    yield* this.#pause(1);
    if (typeof key !== "string" || key === "") return this.#complain(line, NO_NAME);
    if (depth > DEEPEST) {
      this.#isTooMuch = true;
      return this.#complain(
        line,
        `Groups stand in one another more than ${DEEPEST} deep, or a group in itself.`,
      );
    }
    if (this.#isFull(1, line)) return null;
    this.#builder.addGroup(key);
    if (value === null) return key;
    if (!isMapping(value)) {
      this.#complain(line, "This group needs hosts:, children: or vars: below it.");
      return key;
    }
    for (const [section, at, content] of value.entries) {
      // Other keys mean nothing to Ansible either.
      if (section === "hosts") yield* this.#readHosts(key, at, content);
      else if (section === "children") yield* this.#readChildren(key, at, content, depth);
      else if (section === "vars") this.#entriesOf("vars", at, content);
    }
    return key;
  }

  *#readChildren(group: string, line: number, value: YamlTree, depth: number): Steps<void> {
    for (const [key, at, below] of this.#entriesOf("children", line, value)) {
      const child = yield* this.readGroup(key, at, below, depth + 1);
      if (child !== null && !this.#isTooMuch)
        this.#builder.addChild(group, child, (what) => void this.#complain(at, what));
    }
  }

  *#readHosts(group: string, line: number, value: YamlTree): Steps<void> {
    for (const [key, at, variables] of this.#entriesOf("hosts", line, value)) {
      if (this.#isTooMuch) return;
      const names = typeof key === "string" ? hostNames(key) : problemOf(NO_NAME);
      if (!names.ok) {
        this.#complain(at, names.problem);
        continue;
      }
      if (variables && (typeof variables !== "object" || !isMapping(variables))) {
        this.#complain(at, "The variables of this host are no mapping; each stands below it as key: value.");
        continue;
      }
      if (this.#isFull(names.count, at)) return;
      const given = new Map(
        isMapping(variables) ? variables.entries.map(([name, , one]) => [name, one]) : [],
      );
      const connection = connectionOf((name) => given.get(name), names.port);
      // A single entry may stand for very many.
      for (const host of names.names()) {
        this.#builder.addHost(host, group, connection);
        yield* this.#pause(4);
      }
    }
  }

  /** Now and then: from deep below each pause takes as many steps as there are levels. */
  *#pause(steps: number): Steps<void> {
    this.#steps += steps;
    if (this.#steps < 1_000) return;
    yield this.#steps;
    this.#steps = 0;
  }

  /** Entries of a mapping; a single name without a colon counts as one, as in Ansible. */
  #entriesOf(section: string, line: number, value: YamlTree): readonly Entry[] {
    if (value === null) return [];
    if (typeof value === "string") return [[value, line, null]];
    if (isMapping(value)) return value.entries;
    const what = typeof value === "object" ? "a list" : "a single value";
    const way = section === "vars" ? '"key: value"' : '"name:" on each line, without a dash';
    this.#complain(line, `The ${section} of this group are ${what}; Ansible wants ${way}.`);
    return [];
  }

  /** Whether this would be more than an inventory may hold, which is told once. */
  #isFull(count: number, line: number): boolean {
    if (this.#builder.takes(count)) return false;
    if (!this.#isTooMuch) this.#complain(line, this.#builder.tooMuch);
    this.#isTooMuch = true;
    return true;
  }

  #complain(line: number, what: string): null {
    this.#problems.push(problemAt(this.#name, line, what));
    return null;
  }
}

const NO_NAME = "A name here is a number, is empty or is no text; put a number into quotes.";
