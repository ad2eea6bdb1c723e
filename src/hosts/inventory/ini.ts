import { type Parsed, problemOf } from "../parsed.js";
import { addressOf, CHILD_ABOVE, hostNames, InventoryBuilder } from "./builder.js";
import type { ParsedInventory } from "./inventory.js";

type Section = "hosts" | "children" | "vars";

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;

const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;

/** Ansible's INI inventory. Variables are read only for a host's address. Ansible: "ini – Uses an Ansible INI file". */
export function parseIniInventory(text: string, name: string): ParsedInventory {
  const builder = new InventoryBuilder();
  const problems: string[] = [];
  /** Groups that may be declared further down, by the section that needs them; `parent` is where children stand. */
  const needed: { group: string; parent: string | null; problem: (what: string) => void }[] = [];
  const declared = new Set(["all", "ungrouped"]);
  let group = "ungrouped";
  let section: Section | "unknown" = "hosts";

  for (const [at, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const number = at + 1;
    const line = raw.trim();
    const problem = (what: string) => problems.push(`${name}, line ${number}: ${what}`);
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;

    const header = SECTION.exec(line);
    if (header) {
      group = header[1] ?? "";
      section = sectionOf(header[2]);
      if (section === "unknown") {
        problem("This section is of an unknown kind; there are [group], [group:children] and [group:vars].");
      } else if (section === "vars") needed.push({ group, parent: null, problem });
      else {
        declared.add(group);
        builder.addGroup(group);
      }
    } else if (line.startsWith("[") && line.endsWith("]")) {
      problem("This is not a section; a group's name has no spaces.");
      section = "unknown";
    } else if (section === "children") {
      const child = GROUP_NAME.exec(line)?.[1];
      if (child === undefined) problem("This is not the name of a group.");
      else needed.push({ group: child, parent: group, problem });
    } else if (section === "hosts") {
      const host = parseHostLine(line);
      if (!host.ok) problem(host.problem);
      else for (const hostName of host.names) builder.addHost(hostName, group, host.address);
    } else if (section === "vars" && !line.includes("=")) {
      problem("This is not of the form key=value.");
    }
  }

  for (const { group: missing, problem } of needed) {
    if (declared.has(missing)) continue;
    problem("The group that is named here is nowhere in the file.");
  }
  for (const { group: child, parent, problem } of needed) {
    if (parent !== null && declared.has(child) && !builder.addChild(parent, child)) {
      problem(CHILD_ABOVE);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, inventory: builder.build(name) };
}

function sectionOf(kind: string | undefined): Section | "unknown" {
  if (kind === undefined || kind === "hosts") return "hosts";
  return kind === "children" || kind === "vars" ? kind : "unknown";
}

function parseHostLine(
  line: string,
): Parsed<{ readonly names: readonly string[]; readonly address: string | null }> {
  const words = shellWords(line);
  if (words === null) return problemOf("A quote is not closed.");
  const [entry, ...assignments] = words;
  if (entry === undefined) return { ok: true, names: [], address: null };
  const variables = new Map<string, string>();
  for (const word of assignments) {
    const equals = word.indexOf("=");
    if (equals < 0) {
      return problemOf("After the host come variables as key=value; one host on a line.");
    }
    variables.set(word.slice(0, equals), word.slice(equals + 1).replace(/^(["'])(.*)\1$/s, "$2"));
  }
  const names = hostNames(entry);
  return names.ok ? { ...names, address: addressOf((key) => variables.get(key)) } : names;
}

/** Words as a shell splits them, with quotes, backslashes and `#` comments; `null` if a quote stays open. */
function shellWords(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (character === "\\" && quote === '"' && /["\\]/.test(line.charAt(at + 1)))
        word += line.charAt(++at);
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (character === "#") break;
    else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + (character === "\\" ? line.charAt(++at) : character);
    }
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}
