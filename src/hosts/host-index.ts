import type { Machine } from "../maintenance/machine.js";
import type { Agent } from "../maintenance/world.js";
import type { Inventory } from "./inventory.js";
import { naturalOrder } from "./natural-order.js";

/** A machine with its agents, or a host of the inventory that the master does not know. */
export interface Host {
  /** The identity as the master has it (invariant 4); `null` for a host known only from the inventory. */
  readonly machine: Machine | null;
  /** As it is shown. */
  readonly name: string;
  /** Lower case: the host name and every name that the inventory has for it. */
  readonly names: string[];
  readonly agents: Agent[];
  /** Place in the inventory's file; hosts that are not in it come after, in natural order of their names. */
  position: number;
}

/** A master's machines, made ready for patterns; built once per world. */
export interface HostIndex {
  readonly hosts: readonly Host[];
  /** Every host, in Ansible's order of the group `all`. */
  all(): readonly Host[];
  /** By host name or inventory name, lower case. */
  named(name: string): readonly Host[];
  /** By the IP of a registered machine. */
  addressed(ip: string): readonly Host[];
  /** By the part before the first dot, lower case, if exactly one host has it. */
  shortNamed(name: string): Host | null;
  /** Groups of the inventory by lower-case name, `all` and `ungrouped` included. */
  readonly groups: ReadonlyMap<string, readonly Host[]>;
  /** In inventory order. */
  inOrder(hosts: readonly Host[]): readonly Host[];
}

/** Builds the index over the registered agents and, if there is one, the cluster's Ansible inventory. */
export function createHostIndex(agents: readonly Agent[], inventory: Inventory | null): HostIndex {
  const hosts: Host[] = [];
  const byName = new Map<string, Host[]>();
  const add = (host: Host, name: string) => {
    const same = byName.get(name);
    if (same) same.push(host);
    else byName.set(name, [host]);
  };
  for (const agent of agents) {
    const { machine } = agent;
    const name = machine.hostname.toLowerCase();
    // Several agents may share a machine: the pair of name and IP decides, as in `machineKey`.
    const known = byName.get(name)?.find((host) => host.machine?.ip === machine.ip);
    if (known) known.agents.push(agent);
    else {
      const host = { machine, name: machine.hostname, names: [name], agents: [agent], position: Infinity };
      hosts.push(host);
      add(host, name);
    }
  }
  const byAddress = lazy(() => {
    const map = new Map<string, Host[]>();
    for (const host of hosts) {
      if (!host.machine) continue;
      const same = map.get(host.machine.ip);
      if (same) same.push(host);
      else map.set(host.machine.ip, [host]);
    }
    return map;
  });
  const named = (name: string) => byName.get(name) ?? [];
  const addressed = (ip: string) => byAddress().get(ip) ?? [];
  const groups = new Map<string, readonly Host[]>();
  if (inventory) {
    const find = inventoryLookup({ hosts: [...hosts], named, addressed });
    const found = inventory.hosts.map((entry) => find(entry.name, entry.address));
    const hostsOf = new Map<string, readonly Host[]>();
    for (const [position, entry] of inventory.hosts.entries()) {
      const name = entry.name.toLowerCase();
      let same = found[position] ?? [];
      if (same.length === 0) {
        // Two entries of one name in different case are one host to a master.
        const twin = named(name).filter((host) => host.machine === null);
        if (twin.length > 0) same = twin;
        else {
          const host = { machine: null, name: entry.name, names: [name], agents: [], position };
          hosts.push(host);
          add(host, name);
          same = [host];
        }
      }
      for (const host of same) {
        host.position = Math.min(host.position, position);
        if (!host.names.includes(name)) {
          host.names.push(name);
          add(host, name);
        }
      }
      hostsOf.set(entry.name, same);
    }
    for (const [group, members] of inventory.groups) {
      const key = group.toLowerCase();
      const together = members.flatMap((member) => hostsOf.get(member) ?? []);
      groups.set(key, [...new Set([...(groups.get(key) ?? []), ...together])]);
    }
  }

  const sortName = ({ names: [name = ""], machine }: Host) =>
    named(name).length > 1 ? `${name} ${machine?.ip}` : name;
  const byNature = (some: readonly Host[]) =>
    naturalOrder(some.map(sortName)).flatMap((position) => some[position] ?? []);
  const inNature = lazy(() => byNature(hosts.filter((host) => host.position === Infinity)));
  const inOrder = (some: readonly Host[]) => {
    if (some.length < 2) return some;
    const listed = some.filter((host) => host.position !== Infinity);
    listed.sort((a, b) => a.position - b.position);
    const others = some.filter((host) => host.position === Infinity);
    if (others.length * 4 < hosts.length) return [...listed, ...byNature(others)];
    // For a large part of the cluster the order of the whole, made once, is cheaper.
    const wanted = new Set(others);
    return [...listed, ...inNature().filter((host) => wanted.has(host))];
  };
  const shortNames = lazy(() => shortNamesOf(hosts));
  const all = lazy(() => {
    const first = groups.get("all") ?? [];
    return [...first, ...inNature()];
  });
  const registeredOnly = inventory ? hosts.filter((host) => host.position === Infinity) : hosts;
  groups.set("ungrouped", [...(groups.get("ungrouped") ?? []), ...registeredOnly]);
  return {
    hosts,
    all,
    named,
    addressed,
    shortNamed: (name) => shortNames().get(name) ?? null,
    groups,
    inOrder,
  };
}

/** An inventory host is an agent's machine by name, else by `ansible_host`, else by its short name. */
function inventoryLookup(index: Pick<HostIndex, "hosts" | "named" | "addressed">) {
  const shortNames = lazy(() => shortNamesOf(index.hosts));
  return (name: string, address: string | null): readonly Host[] => {
    const lower = name.toLowerCase();
    const target = address?.toLowerCase() ?? null;
    const sameName = index.named(lower);
    if (sameName.length > 0) {
      const sameAddress = sameName.filter((host) => host.machine?.ip === target);
      return sameAddress.length > 0 ? sameAddress : sameName;
    }
    for (const candidate of target === null ? [lower] : [target, lower]) {
      const exact = index.named(candidate);
      if (exact.length > 0) return exact;
      const byIp = index.addressed(candidate);
      if (byIp.length > 0) return byIp;
    }
    const short = shortNames().get(shortName(lower));
    return short && (short.name.toLowerCase() === shortName(lower) || !lower.includes(".")) ? [short] : [];
  };
}

function shortNamesOf(hosts: readonly Host[]): ReadonlyMap<string, Host | null> {
  const map = new Map<string, Host | null>();
  for (const host of hosts) {
    for (const name of host.names) {
      const short = shortName(name);
      const other = map.get(short);
      // Two hosts with one short name: it stands for neither.
      map.set(short, other === undefined || other === host ? host : null);
    }
  }
  return map;
}

/** The part of a host name before its first dot; an IP address has none. */
export function shortName(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 || /^[\d.]+$/.test(name) ? name : name.slice(0, dot);
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
