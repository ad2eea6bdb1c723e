import type { Agent } from "../maintenance/cluster/world.js";
import { groupBy } from "../maintenance/group-by.js";
import { byShortName, type Host, HostNames, hostOf, lazy } from "./host.js";
import type { Inventory } from "./inventory/inventory.js";
import { placeInventory } from "./inventory/place.js";
import { naturalOrder } from "./natural-order.js";

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
  /** Names of the inventory's groups, lower case, with `ungrouped`, without `all`. */
  readonly groupNames: readonly string[];
  /** The hosts of a group, in its order, or `null` if there is no such group. */
  group(name: string): readonly Host[] | null;
  /** In inventory order. */
  inOrder(hosts: readonly Host[]): readonly Host[];
}

/** Builds the index over the registered agents and, if there is one, the cluster's Ansible inventory. */
export function createHostIndex(agents: readonly Agent[], inventory: Inventory | null): HostIndex {
  const names = new HostNames();
  const hosts = machinesOf(agents, names);
  const addresses = lazy(() => groupBy(hosts, ({ machine }) => machine?.ip ?? null));
  const addressed = (ip: string) => addresses().get(ip) ?? [];
  const placed = inventory ? placeInventory(inventory, hosts, names, addressed) : null;
  const named = (name: string) => names.get(name);
  const inOrder = inventoryOrder(names);

  const members = (group: string): readonly Host[] =>
    (inventory?.membersOf(group) ?? []).flatMap((host) => placed?.get(host) ?? []);
  const notListed = lazy(() => inOrder(hosts.filter((host) => host.position === null)));
  const all = lazy(() => [...new Set([...members("all"), ...notListed()])]);
  const ungrouped = lazy(() => [...new Set([...members("ungrouped"), ...notListed()])]);
  const groups = new Map<string, () => readonly Host[]>([["ungrouped", ungrouped]]);
  for (const name of inventory?.groupNames ?? []) {
    if (name === "all" || name === "ungrouped") continue;
    // Groups whose names differ only in case become one, because patterns compare without case.
    const other = groups.get(name.toLowerCase());
    groups.set(
      name.toLowerCase(),
      lazy(() => [...new Set([...(other?.() ?? []), ...members(name)])]),
    );
  }
  const shortNames = lazy(() => byShortName(hosts));
  return {
    hosts,
    all,
    named,
    addressed,
    shortNamed: (name) => shortNames().get(name) ?? null,
    groupNames: [...groups.keys()],
    group: (name) => groups.get(name)?.() ?? null,
    inOrder,
  };
}

/** Each machine once, with all agents that share it. */
function machinesOf(agents: readonly Agent[], names: HostNames): Host[] {
  const hosts: Host[] = [];
  for (const agent of agents) {
    const host = hostOf(agent.machine.hostname, agent.machine, agent);
    const known = names.addMachine(host);
    if (known === host) hosts.push(host);
    else known.others = [...known.others, agent];
  }
  return hosts;
}

/** The order of the inventory's file; what is not in it comes after, in natural order. */
function inventoryOrder(names: HostNames): HostIndex["inOrder"] {
  // The IP keeps the order of namesakes steady.
  const sortName = ({ key, machine }: Host) => (names.isShared(key) ? `${key} ${machine?.ip ?? ""}` : key);
  const sorted = (some: readonly Host[]) => {
    const inTurn: Host[] = [];
    for (const place of naturalOrder(some.map(sortName))) {
      const host = some[place];
      if (host) inTurn.push(host);
    }
    return inTurn;
  };
  return (some) => {
    if (some.length < 2) return some;
    if (!some.some((host) => host.position !== null)) return sorted(some);
    const listed = some.filter((host) => host.position !== null);
    listed.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
    return [...listed, ...sorted(some.filter((host) => host.position === null))];
  };
}
