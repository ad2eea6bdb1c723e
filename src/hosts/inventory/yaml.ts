import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { yamlMistake } from "../yaml-mistake.js";
import { connectionOf, hostNames, InventoryBuilder } from "./builder.js";
import type { ParsedInventory } from "./inventory.js";

type Path = readonly unknown[];

/** Ansible's YAML inventory: groups with `hosts`, `children` and `vars`. Ansible: "yaml – Uses a specific YAML file". */
export function parseYamlInventory(text: string, name: string): ParsedInventory {
  const lines = new LineCounter();
  const options = { merge: true, prettyErrors: false, logLevel: "error" } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      (error) => `${name}, line ${lines.linePos(error.pos[0]).line}: The file ${yamlMistake(error)}.`,
    );
    return { ok: false, problems };
  }
  const builder = new InventoryBuilder();
  const problems: string[] = [];
  const complain = (path: Path, what: string) => {
    const start = startOf(document, path);
    const where = start === null ? "" : `, line ${lines.linePos(start).line}`;
    problems.push(`${name}${where}: ${what}`);
  };

  /** Entries of a mapping; a single name without a colon counts as one, as in Ansible. */
  const entriesAt = (path: Path, value: unknown): Iterable<readonly [unknown, unknown]> => {
    if (value === null || value === undefined) return [];
    if (typeof value === "string") return [[value, null]];
    if (value instanceof Map) return value.entries();
    complain(
      path,
      `The ${path.at(-1)} of this group are a list; Ansible wants "name:" on each line, without a dash.`,
    );
    return [];
  };
  const readHosts = (group: string, value: unknown, path: Path) => {
    for (const [entry, variables] of entriesAt(path, value)) {
      const names = hostNames(String(entry));
      if (!names.ok) {
        complain([...path, entry], names.problem);
        continue;
      }
      const variable = (key: string) => (variables instanceof Map ? variables.get(key) : undefined);
      const connection = connectionOf(variable, names.port);
      for (const host of names.names) builder.addHost(host, group, connection);
    }
  };
  const readGroup = (group: string, value: unknown, path: Path) => {
    builder.addGroup(group);
    if (value === null || value === undefined) return;
    if (!(value instanceof Map)) {
      complain(path, "This group needs hosts:, children: or vars: below it.");
      return;
    }
    // In the order of the file, because it is the order of the result. Other keys mean nothing to Ansible either.
    for (const [key, section] of value) {
      if (key === "hosts") readHosts(group, section, [...path, key]);
      else if (key === "children") readChildren(group, section, [...path, key]);
    }
  };
  const readChildren = (group: string, value: unknown, path: Path) => {
    for (const [child, below] of entriesAt(path, value)) {
      readGroup(String(child), below, [...path, child]);
      builder.addChild(group, String(child), (what) => complain([...path, child], what));
    }
  };

  let data: unknown;
  try {
    data = document.toJS({ mapAsMap: true });
  } catch {
    // The library's answer to an alias without an anchor, and to a "billion laughs" file; its words repeat names.
    const problem = `${name}: An alias (*name) cannot be resolved: its anchor (&name) has to stand before it, and all of them together may not stand for too much.`;
    return { ok: false, problems: [problem] };
  }
  if (!(data instanceof Map)) {
    const what = data === null ? "is empty" : "is not a mapping of groups";
    return {
      ok: false,
      problems: [`${name}: The inventory ${what}; it begins with "all:" or the name of a group.`],
    };
  }
  if (data.has("plugin")) {
    const problem = `${name}: This configures an inventory plug-in and holds no hosts. Save the output of "ansible-inventory --list --yaml" and use that.`;
    return { ok: false, problems: [problem] };
  }
  for (const [group, value] of data) readGroup(String(group), value, [group]);
  const inventory = builder.build(name);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, inventory };
}

/** Where what stands at a path begins, or the nearest above it that has a place of its own. */
function startOf(document: Document, path: Path): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return null;
}
