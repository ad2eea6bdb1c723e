import { type Parsed, problemOf } from "../parsed.js";
import {
  countOf,
  isRange,
  LONGEST_NAME,
  longestOf,
  MOST_NAMES,
  type NamePart,
  namesFrom,
  parseRange,
} from "../range.js";
import { forEach, type Steps } from "../steps.js";
import { circlesIn } from "./circle.js";
import type { Inventory, InventoryHost } from "./inventory.js";

interface Group {
  readonly children: Set<string>;
  readonly hosts: Set<string>;
}

/** That one group was put into another. */
export interface Link {
  readonly parent: string;
  readonly child: string;
  /** Tells what is wrong with it, with its place in the file; `null` for one that no line of the file makes. */
  readonly complain: ((what: string) => void) | null;
}

/** Several times the largest cluster, whose hosts may each be in several groups. */
const MOST_ENTRIES = 500_000;

/**
 * Collects hosts and groups in the order in which Ansible makes them as it reads the file, since that is the order of its
 * answers; its rules for `all` and `ungrouped` are applied at the end, as in `InventoryData.reconcile_inventory`.
 */
export class InventoryBuilder {
  readonly #hosts = new Map<string, InventoryHost>();
  readonly #groups = new Map<string, Group>();
  readonly #links: Link[] = [];
  #taken = 0;

  constructor() {
    this.addGroup("all");
    this.addGroup("ungrouped");
    this.addChild("all", "ungrouped", null);
  }

  /**
   * Whether the file may stand for so many more hosts and groups, which then count. A few characters may stand for very many, and
   * each time that a name stands there counts.
   */
  takes(count: number): boolean {
    this.#taken += count;
    return this.#taken <= MOST_ENTRIES;
  }

  /** What is wrong where it may not. */
  readonly tooMuch =
    `The file stands for more than ${MOST_ENTRIES} hosts and groups; the rest of it was not read.`;

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  addGroup(name: string): void {
    this.#group(name);
  }

  /** Adds a host, or one more membership of a host. A later variable wins, as in Ansible. */
  addHost(name: string, group: string, { address, port }: Connection): void {
    const known = this.#hosts.get(name);
    const hasOwnPort = port === null ? (known?.hasOwnPort ?? false) : port !== SSH_PORT;
    this.#hosts.set(name, { name, address: address ?? known?.address ?? null, hasOwnPort });
    this.#group(group).hosts.add(name);
  }

  /** Puts a group into another, after the children that it has. */
  addChild(parent: string, child: string, complain: Link["complain"]): void {
    this.#group(child);
    const { children } = this.#group(parent);
    if (children.has(child)) return;
    children.add(child);
    this.#links.push({ parent, child, complain });
  }

  /** What was collected; a group that stands below itself is complained of, and then it is of no use. */
  *build(name: string): Steps<Inventory> {
    yield* this.#putBelowAll();
    yield* this.#putUngrouped();
    const closing = (yield* circlesIn(this.#links)).findLast(({ complain }) => complain !== null);
    closing?.complain?.("This group cannot be a child of the one it is put into, which stands below it.");
    return {
      name,
      hosts: [...this.#hosts.values()],
      groupNames: [...this.#groups.keys()],
      membersOf: (group) => this.#membersOf(group),
    };
  }

  #group(name: string): Group {
    const group = this.#groups.get(name) ?? { children: new Set(), hosts: new Set() };
    this.#groups.set(name, group);
    return group;
  }

  /** A group that stands in no other stands in `all`. */
  *#putBelowAll(): Steps<void> {
    const children = new Set(this.#links.map(({ child }) => child));
    yield* forEach([...this.#groups.keys()], 2, (group) => {
      if (group !== "all" && !children.has(group)) this.addChild("all", group, null);
    });
  }

  /** A host that is in no other group is in `ungrouped`. */
  *#putUngrouped(): Steps<void> {
    const grouped = new Set<string>();
    for (const [name, { hosts }] of this.#groups)
      if (name !== "all" && name !== "ungrouped") yield* forEach(hosts, 1, (host) => grouped.add(host));
    const { hosts: ungrouped } = this.#group("ungrouped");
    yield* forEach(this.#hosts.keys(), 2, (host) => {
      if (grouped.has(host)) ungrouped.delete(host);
      // Ansible looks a name up among the groups first, and so puts the group there that has the name of such a host.
      else if (!ungrouped.has(host) && this.hasGroup(host)) this.addChild("ungrouped", host, null);
      else ungrouped.add(host);
    });
  }

  /** Ansible's order: level by level, a group's own hosts before those of its children; each host once. */
  *#membersOf(name: string): Steps<readonly string[]> {
    const groups = new Set([name]);
    const hosts = new Set<string>();
    for (const each of groups) {
      const group = this.#groups.get(each);
      yield* forEach(group?.hosts ?? [], 1, (host) => hosts.add(host));
      for (const child of group?.children ?? []) groups.add(child);
    }
    return [...hosts];
  }
}

const PORT = /^(?:\[(.+)\]|((?:[^:[\]]|\[[^\]]*\])+)):(\d+)$/;

/** The host names of an inventory entry, with the port at its end. */
export interface Names {
  readonly count: number;
  readonly names: () => Iterable<string>;
  readonly port: string | null;
}

/**
 * The host names of an inventory entry: `web[01:20].example.com` is twenty, a port at the end (`web:2222`,
 * `[fe80::1]:22`) is not part of the name. A problem does not repeat it: it may be a part of anything in the file.
 */
export function hostNames(entry: string): Parsed<Names> {
  const [, bracketed, plain, port = null] = PORT.exec(entry) ?? [];
  if (bracketed !== undefined && !isRange(bracketed))
    return { ok: true, count: 1, names: () => [bracketed], port };
  const name = (plain ?? (bracketed === undefined ? entry : `[${bracketed}]`)).trim();
  if (name === "" || /:$/.test(name)) return problemOf("A host name is missing.");
  const parts: NamePart[] = [];
  for (const [piece] of name.matchAll(/\[[^\]]*\]|\[|[^[]+/g)) {
    const body = /^\[(.*)\]$/.exec(piece)?.[1];
    if (body === undefined) {
      if (/[[\]]/.test(piece)) return problemOf("A host name has an unbalanced bracket.");
      parts.push({ text: piece });
      continue;
    }
    const range = parseRange(body, false);
    if (!range.ok) return range;
    parts.push(range.range);
  }
  if (countOf(parts) > MOST_NAMES) return problemOf(`A host name stands for more than ${MOST_NAMES} hosts.`);
  if (longestOf(parts) > LONGEST_NAME)
    return problemOf(`A host name has at most ${LONGEST_NAME} characters.`);
  return { ok: true, count: countOf(parts), names: () => namesFrom(parts), port };
}

const SSH_PORT = "22";

/** What a host's line says of where Ansible connects to; `null` for what it does not say. */
export interface Connection {
  readonly address: string | null;
  readonly port: string | null;
}

/**
 * Where Ansible connects to by a host's variables. An address that is a template can only be known by Ansible, and is none; a
 * port that is one is some other.
 *
 * @param port the one that stands behind the host's name, which the variables outdo.
 */
export function connectionOf(variable: (name: string) => unknown, port: string | null): Connection {
  const textOf = (names: readonly string[]) => {
    const value = names.map(variable).find((one) => typeof one === "string" || typeof one === "number");
    return value === undefined || value === "" ? null : String(value);
  };
  const address = textOf(["ansible_host", "ansible_ssh_host"]);
  return {
    address: address?.includes("{{") ? null : address,
    port: textOf(["ansible_port", "ansible_ssh_port"]) ?? port,
  };
}
