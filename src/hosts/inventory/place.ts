import { list } from "../../maintenance/text/list.js";
import { byShortName, type Host, type HostNames, hostOf, shortName } from "../host.js";
import { forEach, type Steps } from "../steps.js";
import type { Inventory, InventoryHost } from "./inventory.js";

/** A host of the inventory in lower case, with the machines that stand for it as far as they are known. */
interface Entry {
  readonly host: InventoryHost;
  readonly name: string;
  readonly address: string | null;
  machines: readonly Host[];
  /** Why no machine stands for it although one might; a sentence. */
  doubt: string | null;
}

/**
 * Finds the machine of every inventory host: by name, else by its address, else by short name. Hosts take their place in the
 * inventory and its names for them; those without a machine are added to `hosts`. A machine stands for one inventory host only,
 * unless their names are the same: behind an address or a short name that several have may be any of them.
 *
 * @returns the hosts of every inventory name
 */
export function* placeInventory(
  inventory: Inventory,
  hosts: Host[],
  named: HostNames,
  addresses: ReadonlyMap<string, readonly Host[]>,
): Steps<ReadonlyMap<string, readonly Host[]>> {
  const registered = [...hosts];
  const machinesNamed = (name: string) => {
    const found = named.get(name);
    return found.every(({ machine }) => machine !== null)
      ? found
      : found.filter(({ machine }) => machine !== null);
  };
  const entries: Entry[] = [];
  yield* forEach(inventory.hosts, 2, (host) => {
    const entry = { host, name: host.name.toLowerCase(), address: host.address?.toLowerCase() ?? null };
    entries.push({ ...entry, machines: byName(entry, machinesNamed(entry.name)), doubt: null });
  });
  const find = (target: string) => (isIp(target) ? (addresses.get(target) ?? []) : machinesNamed(target));
  if (entries.some(isOpen)) yield* placeByAddress(entries, find);
  if (entries.some(isOpen)) yield* placeByShortName(entries, yield* byShortName(registered));
  return yield* takePlaces(entries, hosts, named);
}

/** Whether no machine stands for it yet. */
function isOpen({ machines }: Entry): boolean {
  return machines.length === 0;
}

/** Of several machines of one name that at the inventory's address, if there is one. */
function byName({ address }: Pick<Entry, "address">, sameName: readonly Host[]): readonly Host[] {
  if (sameName.length < 2) return sameName;
  const sameAddress = sameName.filter(({ machine }) => machine?.ip === address);
  return sameAddress.length > 0 ? sameAddress : sameName;
}

/** Where several hosts have one address, or a host has a port of its own, the address may be that of a gateway. */
function* placeByAddress(entries: readonly Entry[], find: (target: string) => readonly Host[]): Steps<void> {
  const claims = new Map<Host, Entry[]>();
  yield* forEach(entries, 2, (entry) => {
    if (!isOpen(entry)) return;
    for (const machine of leadsTo(entry, find)) {
      const others = claims.get(machine);
      if (others) others.push(entry);
      else claims.set(machine, [entry]);
    }
  });
  if (claims.size === 0) return;
  yield* forEach(entries, 2, (entry) => {
    if (isOpen(entry)) return;
    for (const machine of entry.machines) claims.get(machine)?.push(entry);
    for (const machine of leadsTo(entry, find)) claims.get(machine)?.push(entry);
  });
  yield* forEach(claims, 4, ([machine, claiming]) => {
    const names = new Map(claiming.map((entry) => [entry.name, entry.host.name]));
    const shared = names.size > 1 ? severalAddressed([...names.values()]) : null;
    for (const entry of claiming) {
      if (!isOpen(entry)) continue;
      if (shared !== null) entry.doubt ??= shared;
      else if (entry.host.hasOwnPort) entry.doubt ??= behindPort(entry);
      else entry.machines = [machine];
    }
  });
}

function severalAddressed(names: readonly string[]): string {
  return `One address in the inventory leads to ${list(names, ", ", 4)}, so it stands for none of them.`;
}

function behindPort({ host }: Entry): string {
  return `${host.name} has a port of its own in the inventory, so its address may be that of a gateway.`;
}

/** The machine behind the address of an inventory host, or behind its name where that is an address. */
function leadsTo({ name, address }: Entry, find: (target: string) => readonly Host[]): readonly Host[] {
  const byAddress = address === null ? [] : find(address);
  const found = byAddress.length > 0 || !isIp(name) ? byAddress : find(name);
  // Several machines at one address: none of them is meant more than another.
  return found.length === 1 ? found : [];
}

/**
 * web-01 at the master may stand for web-01.dc1 of the inventory and the other way round, but web-01.dc2 never for web-01.dc1. Only
 * if one host of the inventory has the short name, and is not known to be elsewhere.
 */
function* placeByShortName(
  entries: readonly Entry[],
  machines: ReadonlyMap<string, Host | null>,
): Steps<void> {
  const taken = new Map<Host, Entry>();
  const namesakes = new Map<string, Map<string, string>>();
  yield* forEach(entries, 1, (entry) => {
    if (isOpen(entry)) namesakes.set(shortName(entry.name), new Map());
  });
  yield* forEach(entries, 2, (entry) => {
    for (const machine of entry.machines) taken.set(machine, entry);
    namesakes.get(shortName(entry.name))?.set(entry.name, entry.host.name);
  });
  const doubts = new Map<Host, string>();
  yield* forEach(entries, 4, (entry) => {
    if (entry.machines.length > 0) return;
    const short = shortName(entry.name);
    const machine = machines.get(short);
    if (!machine || (entry.name.includes(".") && machine.key !== short)) return;
    const owner = taken.get(machine);
    const names = namesakes.get(short) ?? new Map<string, string>();
    if (owner && owner.name !== entry.name) names.set(owner.name, owner.host.name);
    if (names.size > 1) {
      const doubt = doubts.get(machine) ?? severalShort(machine, [...names.values()]);
      doubts.set(machine, doubt);
      entry.doubt ??= doubt;
    } else if (isElsewhere(entry, machine)) {
      entry.doubt ??= `${entry.host.name} has another address in the inventory than ${machine.name} at the master.`;
    } else entry.machines = [machine];
  });
}

function severalShort({ name }: Host, names: readonly string[]): string {
  return `${name} at the master may be ${list(names, " or ", 4)} of the inventory, so no short name is taken for it.`;
}

function isElsewhere({ address }: Entry, { key, machine }: Host): boolean {
  if (address === null || address === machine?.ip) return false;
  return isIp(address) || shortName(address) !== shortName(key);
}

/** Gives the hosts their places and their names in the inventory, and adds those that no machine stands for. */
function* takePlaces(
  entries: readonly Entry[],
  hosts: Host[],
  named: HostNames,
): Steps<ReadonlyMap<string, readonly Host[]>> {
  const placed = new Map<string, readonly Host[]>();
  yield* forEach(entries.entries(), 4, ([position, { host, name, machines, doubt }]) => {
    let same = machines;
    // Names that differ only in case are one host to a master.
    if (same.length === 0) same = named.get(name).filter(({ machine }) => machine === null);
    if (same.length === 0) {
      const unknown = hostOf(host.name, null, null);
      unknown.doubt = doubt;
      hosts.push(unknown);
      named.add(name, unknown);
      same = [unknown];
    }
    for (const one of same) {
      one.position = Math.min(one.position ?? position, position);
      if (one.key === name || one.aliases.includes(name)) continue;
      one.aliases = [...one.aliases, name];
      named.add(name, one);
    }
    placed.set(host.name, same);
  });
  return placed;
}

function isIp(text: string): boolean {
  return /^[\d.]+$/.test(text);
}
