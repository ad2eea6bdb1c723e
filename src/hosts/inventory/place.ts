import { byShortName, type Host, type HostNames, hostOf, lazy, shortName } from "../host.js";
import type { Inventory } from "./inventory.js";

/**
 * Finds the machine of every inventory host: by name, else by `ansible_host`, else by short name. Hosts take their
 * place in the inventory and its names for them; those without a machine are added to `hosts`.
 *
 * @returns the hosts of every inventory name
 */
export function placeInventory(
  inventory: Inventory,
  hosts: Host[],
  named: HostNames,
  addressed: (ip: string) => readonly Host[],
): ReadonlyMap<string, readonly Host[]> {
  const registered = [...hosts];
  const shortNames = lazy(() => byShortName(registered));
  const find = (name: string, address: string | null): readonly Host[] => {
    const sameName = named.get(name).filter((host) => host.machine !== null);
    if (sameName.length > 0) {
      const sameAddress = address === null ? [] : sameName.filter((host) => host.machine?.ip === address);
      return sameAddress.length > 0 ? sameAddress : sameName;
    }
    for (const target of [address, name]) {
      if (target === null) continue;
      const byIp = /^[\d.]+$/.test(target) ? addressed(target) : [];
      const found = byIp.length > 0 ? byIp : named.get(target).filter((host) => host.machine !== null);
      if (found.length > 0) return found;
    }
    const short = shortNames().get(shortName(name));
    // web-01 may stand for web-01.dc1 and the other way round, but web-01.dc2 never for web-01.dc1.
    const oneIsShort = short && (!name.includes(".") || short.key === shortName(name));
    return oneIsShort ? [short] : [];
  };

  const found = inventory.hosts.map(({ name, address }) =>
    find(name.toLowerCase(), address?.toLowerCase() ?? null),
  );
  const placed = new Map<string, readonly Host[]>();
  for (const [position, entry] of inventory.hosts.entries()) {
    const name = entry.name.toLowerCase();
    let same = found[position] ?? [];
    // Names that differ only in case are one host to a master.
    if (same.length === 0) same = named.get(name).filter((host) => host.machine === null);
    if (same.length === 0) {
      const host = hostOf(entry.name, null, null);
      hosts.push(host);
      named.add(name, host);
      same = [host];
    }
    for (const host of same) {
      host.position = Math.min(host.position ?? position, position);
      if (host.key === name || host.aliases.includes(name)) continue;
      host.aliases = [...host.aliases, name];
      named.add(name, host);
    }
    placed.set(entry.name, same);
  }
  return placed;
}
