import { LineCounter, parseDocument } from "yaml";
import { addressOf, hostNames, InventoryBuilder } from "./builder.js";
import type { ParsedInventory } from "./inventory.js";

type Path = readonly unknown[];

/** Ansible's YAML inventory: groups with `hosts`, `children` and `vars`. Ansible: "yaml – Uses a specific YAML file". */
export function parseYamlInventory(text: string, name: string): ParsedInventory {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      (error) => `${name}, line ${lines.linePos(error.pos[0]).line}: ${error.message}`,
    );
    return { ok: false, problems };
  }
  const builder = new InventoryBuilder();
  const problems: string[] = [];
  const complain = (path: Path, what: string) => {
    const node = document.getIn(path, true);
    const range = node !== null && typeof node === "object" && "range" in node ? node.range : null;
    const start = Array.isArray(range) && typeof range[0] === "number" ? range[0] : null;
    const where = start === null ? path.join(".") : `line ${lines.linePos(start).line}`;
    problems.push(`${name}${where === "" ? "" : `, ${where}`}: ${what}`);
  };

  /** Entries of a mapping; a single name without a colon counts as one, as in Ansible. */
  const entriesAt = (path: Path, value: unknown): Iterable<readonly [unknown, unknown]> => {
    if (value === null || value === undefined) return [];
    if (typeof value === "string") return [[value, null]];
    if (value instanceof Map) return value.entries();
    const [group, what] = path.slice(-2);
    complain(
      path,
      `The ${what} of "${group}" are a list; Ansible wants "name:" on each line, without a dash.`,
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
      const address = addressOf((key) => (variables instanceof Map ? variables.get(key) : undefined));
      for (const host of names.names) builder.addHost(host, group, address);
    }
  };
  const readGroup = (group: string, value: unknown, path: Path) => {
    builder.addGroup(group);
    if (value === null || value === undefined) return;
    if (!(value instanceof Map)) {
      complain(path, `The group "${group}" needs hosts:, children: or vars: below it.`);
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
      if (builder.addChild(group, String(child))) readGroup(String(child), below, [...path, child]);
      else complain([...path, child], `"${child}" cannot be a child of "${group}", which stands below it.`);
    }
  };

  let data: unknown;
  try {
    data = document.toJS({ mapAsMap: true });
  } catch (error) {
    // Too many aliases: the answer of the library to a "billion laughs" file.
    return { ok: false, problems: [`${name}: ${error instanceof Error ? error.message : String(error)}`] };
  }
  if (!(data instanceof Map)) {
    const what = data === null ? "is empty" : "is not a mapping of groups";
    return {
      ok: false,
      problems: [`${name}: The inventory ${what}; it begins with "all:" or the name of a group.`],
    };
  }
  if (data.has("plugin")) {
    const problem = `${name}: This configures the inventory plug-in "${String(data.get("plugin"))}" and holds no hosts. Save the output of "ansible-inventory --list --yaml" and use that.`;
    return { ok: false, problems: [problem] };
  }
  for (const [group, value] of data) readGroup(String(group), value, [group]);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, inventory: builder.build(name) };
}
