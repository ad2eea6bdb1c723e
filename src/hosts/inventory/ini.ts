import { type Parsed, problemOf } from "../parsed.js";
import { forEach, STEPS_AT_ONCE, type Steps } from "../steps.js";
import { type Connection, connectionOf, hostNames, InventoryBuilder, type Names } from "./builder.js";
import type { ParsedInventory } from "./inventory.js";

type Section = "hosts" | "children" | "vars";

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;

const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;

/** A name of a group that no section has declared yet, with what waits for the section. */
interface Pending {
  /** The groups that it is to be put into. */
  readonly parents: { readonly name: string; readonly complain: Complain }[];
  /** The sections of variables that it has. */
  readonly variables: Complain[];
}

type Complain = (what: string) => void;

/**
 * Ansible's INI inventory. Variables are read only for a host's address. Ansible: "ini – Uses an Ansible INI file".
 *
 * Groups are made and linked at the same lines as there, which makes their order: a child whose section comes further down
 * is linked when it comes, and `[x:vars]` makes the group, though a section has to declare it.
 */
export function* parseIniInventory(text: string, name: string): Steps<ParsedInventory> {
  const builder = new InventoryBuilder();
  const problems: string[] = [];
  const pending = new Map<string, Pending>();
  const pendingOf = (group: string): Pending => {
    const known = pending.get(group) ?? { parents: [], variables: [] };
    pending.set(group, known);
    return known;
  };
  /** What a section that declares the group does. */
  const declare = (group: string) => {
    builder.addGroup(group);
    for (const parent of pending.get(group)?.parents ?? [])
      builder.addChild(parent.name, group, parent.complain);
    pending.delete(group);
  };
  let group = "ungrouped";
  let section: Section | "unknown" = "hosts";

  let steps = 0;
  let number = 0;
  for (const raw of linesOf(text)) {
    number += 1;
    steps += 2;
    if (steps >= STEPS_AT_ONCE) {
      yield steps;
      steps = 0;
    }
    const line = raw.trim();
    const at = number;
    const complain = (what: string) => void problems.push(`${name}, line ${at}: ${what}`);
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;

    const header = SECTION.exec(line);
    if (header) {
      group = header[1] ?? "";
      section = sectionOf(header[2]);
      if (section === "unknown") {
        complain("This section is of an unknown kind; there are [group], [group:children] and [group:vars].");
      } else if (section !== "vars") declare(group);
      else if (pending.has(group) || !builder.hasGroup(group)) {
        pendingOf(group).variables.push(complain);
        builder.addGroup(group);
      }
    } else if (line.startsWith("[") && line.endsWith("]")) {
      complain("This is not a section; a group's name has no spaces.");
      section = "unknown";
    } else if (section === "children") {
      const child = GROUP_NAME.exec(line)?.[1];
      if (child === undefined) complain("This is not the name of a group.");
      else if (builder.hasGroup(child)) builder.addChild(group, child, complain);
      else pendingOf(child).parents.push({ name: group, complain });
    } else if (section === "hosts") {
      const host = parseHostLine(line);
      if (!host.ok) complain(host.problem);
      else if (builder.takes(host.count)) {
        yield* forEach(host.names(), 8, (hostName) => builder.addHost(hostName, group, host.connection));
      } else {
        complain(builder.tooMuch);
        break;
      }
    } else if (section === "vars" && !line.includes("=")) {
      complain("This is not of the form key=value.");
    }
  }

  for (const { parents, variables } of pending.values()) {
    for (const complain of [...variables, ...parents.map((parent) => parent.complain)])
      complain("The group that is named here is nowhere in the file.");
  }
  const inventory = yield* builder.build(name);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, inventory };
}

/** The lines one after another: all of a large file at once take long by themselves. */
function* linesOf(text: string): Generator<string, void, void> {
  let from = text.startsWith("\uFEFF") ? 1 : 0;
  for (const end of text.matchAll(/\r\n|\r|\n/g)) {
    yield text.slice(from, end.index);
    from = end.index + end[0].length;
  }
  yield text.slice(from);
}

function sectionOf(kind: string | undefined): Section | "unknown" {
  if (kind === undefined || kind === "hosts") return "hosts";
  return kind === "children" || kind === "vars" ? kind : "unknown";
}

function parseHostLine(line: string): Parsed<Names & { readonly connection: Connection }> {
  const words = shellWords(line);
  if (words === null) return problemOf("A quote is not closed.");
  const [entry, ...assignments] = words;
  if (entry === undefined) return problemOf("A host name is missing.");
  const variables = new Map<string, string>();
  for (const word of assignments) {
    const equals = word.indexOf("=");
    if (equals < 0) {
      return problemOf("After the host come variables as key=value; one host on a line.");
    }
    variables.set(word.slice(0, equals), word.slice(equals + 1).replace(/^(["'])(.*)\1$/s, "$2"));
  }
  const names = hostNames(entry);
  if (!names.ok) return names;
  return { ...names, connection: connectionOf((key) => variables.get(key), names.port) };
}

/** Words as a shell splits them, with quotes, backslashes and `#` comments; `null` if a quote stays open. */
function shellWords(line: string): string[] | null {
  if (!/["'\\#]/.test(line)) return line.split(/\s+/);
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
