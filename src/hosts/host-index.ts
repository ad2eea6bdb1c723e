import type { Agent } from "../maintenance/cluster/world.js";
import { byShortName, type Host, HostNames, hostOf } from "./host.js";
import type { Inventory } from "./inventory/inventory.js";
import { placeInventory } from "./inventory/place.js";
import { naturalOrder } from "./natural-order.js";
import { filtered, forEach, lazily, type Steps, sorted } from "./steps.js";

/** A master's machines, made ready for patterns; it holds for as long as they are the same. */
export interface HostIndex {
  /** In the order of the inventory's file; those that are not in it come after, in natural order. */
  readonly hosts: readonly Host[];
  /** Every host, in Ansible's order of the group `all`. */
  all(): Steps<readonly Host[]>;
  /** By host name or inventory name, lower case. */
  named(name: string): readonly Host[];
  /** By the IP of their machine. */
  addresses(): Steps<ReadonlyMap<string, readonly Host[]>>;
  /** By the part before the first dot, lower case; `null` where several have it. */
  shortNames(): Steps<ReadonlyMap<string, Host | null>>;
  /** Names of the inventory's groups, lower case, with `ungrouped`, without `all`. */
  readonly groupNames: readonly string[];
  hasGroup(name: string): boolean;
  /** The hosts of a group, in its order; none if there is no such group. */
  group(name: string): Steps<readonly Host[]>;
}

/** Builds the index over the registered agents and, if there is one, the cluster's Ansible inventory. */
export function* createHostIndex(agents: readonly Agent[], inventory: Inventory | null): Steps<HostIndex> {
  const names = new HostNames();
  const found = yield* machinesOf(agents, names);
  const addresses = lazily(() => byAddress(found));
  const placed = inventory ? yield* placeInventory(inventory, found, names, yield* addresses()) : null;
  const hosts = yield* inInventoryOrder(found, names);

  const notListed = lazily(() => filtered(hosts, 1, ({ position }) => position === null));
  const groups = new Map<string, () => Steps<readonly Host[]>>();
  const addGroup = (name: string, more: () => Steps<readonly Host[]>) => {
    // Groups whose names differ only in case become one, because patterns compare without case.
    const key = name.toLowerCase();
    const other = groups.get(key);
    const members = function* () {
      const all = new Set(other ? yield* other() : []);
      const listed = inventory === null ? [] : yield* inventory.membersOf(name);
      yield* forEach(listed, 2, (host) => {
        for (const one of placed?.get(host) ?? []) all.add(one);
      });
      yield* forEach(yield* more(), 1, (host) => all.add(host));
      return [...all];
    };
    groups.set(key, lazily(members));
  };
  addGroup("all", notListed);
  addGroup("ungrouped", notListed);
  for (const name of inventory?.groupNames ?? [])
    if (name !== "all" && name !== "ungrouped") addGroup(name, nothing);
  const groupNames = [...groups.keys()].filter((name) => name !== "all");
  return {
    hosts,
    all: groups.get("all") ?? nothing,
    named: (name) => names.get(name),
    addresses,
    shortNames: lazily(() => byShortName(hosts)),
    groupNames,
    hasGroup: (name) => name !== "all" && groups.has(name),
    group: (name) => (groups.get(name) ?? nothing)(),
  };
}

/** The hosts of a group that has none. */
function nothing(): Steps<readonly Host[]> {
  return filtered<Host>([], 1, () => true);
}

function* byAddress(hosts: readonly Host[]): Steps<ReadonlyMap<string, readonly Host[]>> {
  const map = new Map<string, Host[]>();
  yield* forEach(hosts, 1, (host) => {
    if (host.machine === null) return;
    const same = map.get(host.machine.ip);
    if (same) same.push(host);
    else map.set(host.machine.ip, [host]);
  });
  return map;
}

/** Each machine once, with all agents that share it. */
function* machinesOf(agents: readonly Agent[], names: HostNames): Steps<Host[]> {
  const hosts: Host[] = [];
  yield* forEach(agents, 2, (agent) => {
    const host = hostOf(agent.machine.hostname, agent.machine, agent);
    const known = names.addMachine(host);
    if (known === host) hosts.push(host);
    else known.others = [...known.others, agent];
  });
  return hosts;
}

/** In the order of the inventory's file; what is not in it comes after, in natural order. */
function* inInventoryOrder(hosts: readonly Host[], names: HostNames): Steps<readonly Host[]> {
  const listed = yield* filtered(hosts, 1, ({ position }) => position !== null);
  const inFile = yield* sorted(listed, (a, b) => (a.position ?? 0) - (b.position ?? 0));
  const others = listed.length === 0 ? hosts : yield* filtered(hosts, 1, ({ position }) => position === null);
  // The IP keeps the order of namesakes steady.
  const sortName = ({ key, machine }: Host) => (names.isShared(key) ? `${key} ${machine?.ip ?? ""}` : key);
  const inTurn = [...inFile];
  yield* forEach(yield* naturalOrder(others.map(sortName)), 1, (place) => {
    const host = others[place];
    if (host) inTurn.push(host);
  });
  return inTurn;
}
