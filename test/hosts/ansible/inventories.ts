import fc from "fast-check";

/** Groups; some are the beginning of a host's name, and one is also the name of a host. */
export const GROUPS = ["web", "db", "rack1", "rack2", "rack3", "zone", "agents", "mesos", "dc.1", "n1"];

const ENTRIES = [
  "web-1",
  "web-2",
  "web-10",
  "web-[1:3]",
  "web[01:03]",
  "db-[a:c]",
  "db-b",
  "n[1:4]",
  "n1",
  "edge.example.com",
  "10.0.0.[1:3]",
  "rack1-[01:09:4]",
  "dc.1",
  "r[1:2]n[1:2]",
];

const VARIABLES = [
  "",
  "",
  " ansible_host=10.1.1.1",
  " note='a # b' x=\"y z\"",
  "   # a comment",
  " ansible_port=22",
];

const group = fc.constantFrom(...GROUPS);

const hostLine = fc
  .tuple(fc.constantFrom(...ENTRIES), fc.constantFrom(...VARIABLES))
  .map(([entry, variables]) => `${entry}${variables}`);

const hostLines = fc.array(hostLine, { maxLength: 4 });

const section = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(group, hostLines).map(([name, lines]) => [`[${name}]`, ...lines]) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.oneof({ weight: 8, arbitrary: group }, fc.constantFrom("all", "ungrouped")), groupLines())
      .map(([name, lines]) => [`[${name}:children]`, ...lines]),
  },
  { weight: 1, arbitrary: group.map((name) => [`[${name}:vars]`, "x=1"]) },
  { weight: 1, arbitrary: hostLines.map((lines) => ["[all]", ...lines]) },
);

function groupLines() {
  return fc.uniqueArray(group, { minLength: 1, maxLength: 4 });
}

/** An INI inventory. Most have every group that they name, declared before or after it is named. */
const ini = fc
  .tuple(hostLines, fc.array(section, { minLength: 1, maxLength: 8 }), fc.nat(5))
  .map(([first, sections, lack]) => {
    const lines = [...first, ...sections.flat()];
    const declared = new Set(sections.map(([header = ""]) => header.replace(/^\[|\]$|:children\]$/g, "")));
    const missing = GROUPS.filter((name) => !declared.has(name));
    return [...lines, ...(lack > 0 ? missing.map((name) => `[${name}]`) : [])].join("\n");
  });

interface YamlGroup {
  readonly name: string;
  readonly keys: readonly ("hosts" | "children" | "vars")[];
  readonly hosts: readonly string[];
  readonly children: readonly YamlGroup[];
}

function yamlGroup(depth: number): fc.Arbitrary<YamlGroup> {
  const below: fc.Arbitrary<YamlGroup[]> =
    depth === 0
      ? fc.constant([])
      : fc.uniqueArray(yamlGroup(depth - 1), { maxLength: 3, selector: ({ name }) => name });
  return fc.record({
    name: group,
    keys: fc.shuffledSubarray(["hosts", "children", "vars"] as const, { minLength: 1 }),
    hosts: fc.uniqueArray(fc.constantFrom(...ENTRIES), { maxLength: 3 }),
    children: below,
  });
}

function yamlLines({ name, keys, hosts, children }: YamlGroup, indent: string): string[] {
  const below = keys.flatMap((key) => {
    if (key === "vars") return [`${indent}  vars: { x: 1 }`];
    if (key === "hosts") return [`${indent}  hosts:`, ...hosts.map((host) => `${indent}    "${host}":`)];
    return [`${indent}  children:`, ...children.flatMap((child) => yamlLines(child, `${indent}    `))];
  });
  return [`${indent}${name}:`, ...below];
}

const yaml = fc
  .tuple(
    fc.uniqueArray(yamlGroup(2), { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    fc.boolean(),
    fc.uniqueArray(fc.constantFrom(...ENTRIES), { maxLength: 2 }),
  )
  .map(([groups, isUnderAll, hosts]) => {
    if (!isUnderAll) return groups.flatMap((each) => yamlLines(each, "")).join("\n");
    return yamlLines({ name: "all", keys: ["hosts", "children"], hosts, children: groups }, "").join("\n");
  });

/** An inventory as a file, INI or YAML. */
export const inventory: fc.Arbitrary<{ readonly file: string; readonly text: string }> = fc.oneof(
  { weight: 2, arbitrary: ini.map((text) => ({ file: "hosts.ini", text: `${text}\n` })) },
  { weight: 1, arbitrary: yaml.map((text) => ({ file: "hosts.yml", text: `${text}\n` })) },
);
