import { type Parsed, problemOf } from "../parsed.js";
import { expandRange, isRange, MOST_NAMES } from "../range.js";
import type { Inventory } from "./inventory.js";

interface Group {
  readonly children: Set<string>;
  readonly hosts: Set<string>;
}

/** Collects hosts and groups as a file is read; Ansible's rules for `all` and `ungrouped` are applied at the end. */
export class InventoryBuilder {
  readonly #hosts = new Map<string, { name: string; address: string | null }>();
  readonly #groups = new Map<string, Group>();

  constructor() {
    this.#group("all").children.add("ungrouped");
    this.addGroup("ungrouped");
  }

  addGroup(name: string): void {
    this.#group(name);
  }

  /** Adds a host, or one more membership of a host. A later address wins, as a later variable does in Ansible. */
  addHost(name: string, group: string, address: string | null): void {
    const host = this.#hosts.get(name) ?? { name, address };
    if (address !== null) host.address = address;
    this.#hosts.set(name, host);
    this.#group(group).hosts.add(name);
  }

  /** Puts a group into another; `false`, and nothing done, if the parent stands below the child. */
  addChild(parent: string, child: string): boolean {
    if (parent === child || this.#reaches(child, parent)) return false;
    this.#group(child);
    this.#group(parent).children.add(child);
    return true;
  }

  build(name: string): Inventory {
    const children = new Set([...this.#groups.values()].flatMap((group) => [...group.children]));
    const all = this.#group("all");
    const ungrouped = this.#group("ungrouped");
    for (const group of this.#groups.keys()) {
      if (group !== "all" && !children.has(group)) all.children.add(group);
    }
    const grouped = new Set(
      [...this.#groups].flatMap(([key, group]) =>
        key === "all" || key === "ungrouped" ? [] : [...group.hosts],
      ),
    );
    for (const host of this.#hosts.keys()) {
      if (grouped.has(host)) ungrouped.hosts.delete(host);
      else ungrouped.hosts.add(host);
    }
    const members = new Map<string, readonly string[]>();
    for (const group of this.#groups.keys()) this.#flatten(group, members);
    return { name, hosts: [...this.#hosts.values()], groups: members };
  }

  #group(name: string): Group {
    const group = this.#groups.get(name) ?? { children: new Set(), hosts: new Set() };
    this.#groups.set(name, group);
    return group;
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set([from]);
    for (const group of seen) {
      if (group === to) return true;
      for (const child of this.#groups.get(group)?.children ?? []) seen.add(child);
    }
    return false;
  }

  /** Ansible's order: the hosts of the children, in order, then the group's own; each host once. */
  #flatten(name: string, members: Map<string, readonly string[]>): readonly string[] {
    const known = members.get(name);
    if (known) return known;
    const group = this.#group(name);
    const hosts = new Set<string>();
    for (const child of group.children) for (const host of this.#flatten(child, members)) hosts.add(host);
    for (const host of group.hosts) hosts.add(host);
    const list = [...hosts];
    members.set(name, list);
    return list;
  }
}

/** What is wrong with a group that is put below one that stands below it. */
export const CHILD_ABOVE = "This group cannot be a child of the one it is put into, which stands below it.";

/**
 * The host names of an inventory entry: `web[01:20].example.com` is twenty, a port at the end (`web:2222`,
 * `[fe80::1]:22`) is not part of the name. A problem does not repeat it: it may be a part of anything in the file.
 */
export function hostNames(entry: string): Parsed<{ readonly names: readonly string[] }> {
  const bracketed = /^\[(.+)\]:\d+$/.exec(entry);
  if (bracketed && !isRange(bracketed[1] ?? "")) return { ok: true, names: [bracketed[1] ?? ""] };
  const name = (/^((?:[^:[\]]|\[[^\]]*\])+):\d+$/.exec(entry)?.[1] ?? entry).trim();
  if (name === "" || /:$/.test(name)) return problemOf("A host name is missing.");
  let names = [""];
  for (const [piece] of name.matchAll(/\[[^\]]*\]|\[|[^[]+/g)) {
    const body = /^\[(.*)\]$/.exec(piece)?.[1];
    if (body === undefined) {
      if (/[[\]]/.test(piece)) return problemOf("A host name has an unbalanced bracket.");
      names = names.map((head) => head + piece);
      continue;
    }
    const range = expandRange(body, false);
    if (!range.ok) return range;
    if (names.length * range.members.length > MOST_NAMES) {
      return problemOf(`A host name stands for more than ${MOST_NAMES} hosts.`);
    }
    names = names.flatMap((head) => range.members.map((member) => head + member));
  }
  return { ok: true, names };
}

/** The address among a host's variables, if it is a plain one: a template can only be known by Ansible. */
export function addressOf(variable: (name: string) => unknown): string | null {
  for (const name of ["ansible_host", "ansible_ssh_host"]) {
    const value = variable(name);
    if (typeof value === "string" && value !== "" && !value.includes("{{")) return value;
  }
  return null;
}
