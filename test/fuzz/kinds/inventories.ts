import fc from "fast-check";
import { expect } from "vitest";
import type { ParsedInventory } from "../../../src/hosts/inventory/inventory.js";
import { isYamlInventory, parsePlainInventory } from "../../../src/hosts/inventory/parse.js";
import { readYamlInventory } from "../../../src/hosts/inventory/read-yaml.js";
import { eventsOf } from "../../../src/hosts/yaml/yaml-events.js";
import { atOnce } from "../../../src/maintenance/at-once.js";
import { type Kind, kindOf } from "../case-runner.js";
import { mutatedText, withVastRanges } from "../mutations.js";
import { expectSentence } from "../sentences.js";

const INI = [
  "web-1 ansible_host=10.1.1.1 ansible_port=22\nweb-[01:20].example.com\n",
  "web-[1:99]\n",
  "[web]\nweb-1 note='a # b' x=\"y z\"\n; comment\n[db:children]\nweb\n[db:vars]\npassword=secret\n",
  "[all:children]\nrack1\nrack2\n\n[rack1]\nr1n[1:9:2]:2222\n[rack2]\n[fe80::1]:22\n",
  "",
];

const INI_TOKENS = [
  ...[
    "\n",
    "\r\n",
    "[web]\n",
    "[web",
    "web]\n",
    "[web:children]\n",
    "[web:vars]\n",
    "[web:other]\n",
    "[a b]\n",
    "[all]\n",
  ],
  ...[
    "web\n",
    "rack1\n",
    "web-1\n",
    "web-[01:20]\n",
    "web-[1:99]\n",
    "[1:9][1:9]",
    "[a:z]",
    "[z:a]",
    "[1:-1]",
    "[:]",
    "[",
    "]",
  ],
  ...[
    " ansible_host=10.0.0.1",
    " ansible_host={{ x }}",
    " a=b",
    "=",
    ":22",
    ":",
    " ",
    "\t",
    "'",
    '"',
    "\\",
    "#",
    ";",
    "#!",
    "---\n",
    "{",
    "\ufeff",
    "\u0000",
  ],
];

const YAML = [
  "all:\n  hosts:\n    web-1:\n      ansible_host: 10.1.1.1\n    web-[01:20]:\n  children:\n    db:\n      hosts:\n        db-1:\n",
  "web:\n  hosts:\n    web-[1:99]:\n",
  "web:\n  hosts: &h\n    web-1: {ansible_port: 22}\n  vars:\n    password: secret\ndb:\n  hosts:\n    <<: *h\n",
  '{"all": {"hosts": {"web-1": null, "web-2": {"ansible_host": "10.0.0.1"}}, "children": {"a": {}}}}',
  "---\nall:\n  vars: {x: [1, 2, {y: yes}]}\n",
  "",
];

const YAML_TOKENS = [
  ...[
    "\n",
    "\n  ",
    "\n    ",
    "  ",
    "\t",
    ": ",
    ":",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "&a ",
    "*a",
    "<<: *a\n",
    "<<: ",
    "!!int ",
    "!vault ",
  ],
  ...[
    "|\n",
    ">\n",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "# x\n",
    "'",
    '"',
    "\\",
    "\\x",
    "~",
    "null",
    "yes",
    "1",
    "1.5",
    "0x1",
    "2026-01-01",
    ".inf",
  ],
  ...[
    "all:\n",
    "hosts:\n",
    "children:\n",
    "vars:\n",
    "web-1:\n",
    "web-[1:99]:\n",
    "plugin: x\n",
    "ansible_host: x\n",
    "a: b\n",
    "{a: ",
    "[[",
    "\ufeff",
    "\u0000",
    "\u2028",
  ],
];

/** As large as those of a cluster with some thousands of hosts. */
const LONGEST = 100_000;

interface File {
  readonly text: string;
  readonly name: string;
}

function inventories(
  name: string,
  share: number,
  o: {
    readonly bases: readonly string[];
    readonly tokens: readonly string[];
    readonly names: readonly string[];
  },
): Kind {
  return kindOf({
    name,
    share,
    cases: fc.record<File>({
      text: withVastRanges(mutatedText({ ...o, longest: LONGEST })),
      name: fc.constantFrom(...o.names),
    }),
    // What is parsed in a thread of its own (`yaml-thread.js`) keeps nobody waiting.
    prepare: (file) => ({
      ...file,
      events: isYamlInventory(file.text, file.name) ? eventsOf(file.text) : null,
    }),
    run: ({ text, name: called, events }) =>
      events === null ? parsePlainInventory(text, called) : readYamlInventory(text, events, called),
    check(read: ParsedInventory, { name: called }) {
      if (read.ok) {
        for (const group of read.inventory.groupNames.slice(0, 5)) atOnce(read.inventory.membersOf(group));
        return false;
      }
      expect(read.problems).not.toEqual([]);
      for (const problem of read.problems.slice(0, 20)) {
        expectSentence(problem);
        expect(problem).toMatch(new RegExp(`^${called.replace(".", "\\.")}(?:, line \\d+)?: [A-Z]`));
        expect(problem).not.toContain("secret");
      }
      return true;
    },
  });
}

export const iniInventories = inventories("inventories, INI", 10_000, {
  bases: INI,
  tokens: INI_TOKENS,
  names: ["hosts.ini", "hosts"],
});

export const yamlInventories = inventories("inventories, YAML", 8_000, {
  bases: YAML,
  tokens: YAML_TOKENS,
  names: ["hosts.yml", "hosts.json", "hosts"],
});
