import type { Machine } from "../maintenance/machine.js";
import type { Agent } from "../maintenance/world.js";

/** A machine with its agents, or a host of the inventory that the master does not know. */
export interface Host {
  /** The identity as the master has it (invariant 4); `null` for a host known only from the inventory. */
  readonly machine: Machine | null;
  /** As it is shown. */
  readonly name: string;
  /** Lower case: the host name, then every other name that the inventory has for it. */
  readonly names: string[];
  readonly agents: Agent[];
  /** Place in the inventory's file; hosts that are not in it come after, in natural order of their names. */
  position: number;
}

/** The part of a host name before its first dot; an IP address has none. */
export function shortName(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 || /^[\d.]+$/.test(name) ? name : name.slice(0, dot);
}

/** Hosts by name. A name mostly has one host, which then stands there itself: a list for each would cost as much again. */
export class HostNames {
  readonly #byName = new Map<string, Host | Host[]>();

  add(name: string, host: Host): void {
    const same = this.#byName.get(name);
    if (same === undefined) this.#byName.set(name, host);
    else if (Array.isArray(same)) same.push(host);
    else this.#byName.set(name, [same, host]);
  }

  get(name: string): readonly Host[] {
    const found = this.#byName.get(name);
    if (found === undefined) return NOBODY;
    return Array.isArray(found) ? found : [found];
  }
}

const NOBODY: readonly Host[] = [];

/** Hosts by short name; `null` where several share one, which then stands for none of them. */
export function byShortName(hosts: readonly Host[]): ReadonlyMap<string, Host | null> {
  const map = new Map<string, Host | null>();
  for (const host of hosts) {
    for (const name of host.names) {
      const short = shortName(name);
      const other = map.get(short);
      map.set(short, other === undefined || other === host ? host : null);
    }
  }
  return map;
}

/** A value made when it is first asked for. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
