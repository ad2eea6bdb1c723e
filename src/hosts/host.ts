import type { Machine } from "../maintenance/cluster/machine.js";
import type { Agent } from "../maintenance/cluster/world.js";
import { forEach, type Steps } from "./steps.js";

/** A machine with its agents, or a host of the inventory that the master does not know. */
export interface Host {
  /** The identity as the master has it (invariant 4); `null` for a host known only from the inventory. */
  readonly machine: Machine | null;
  /** As it is shown. */
  readonly name: string;
  /** `name` in lower case: what patterns are compared with. */
  readonly key: string;
  /** Other names that the inventory has for it, in lower case. */
  aliases: readonly string[];
  /** The agent that the machine was found by; `null` where none is registered. */
  readonly agent: Agent | null;
  /** Further agents on the same machine; there rarely are any. */
  others: readonly Agent[];
  /** Place in the inventory's file; those that are not in it (`null`) come after, in natural order of their names. */
  position: number | null;
  /** Of a host known only from the inventory: why a machine that might be it does not stand for it; a sentence. */
  doubt: string | null;
}

/** The part of a host name before its first dot; an IP address has none. */
export function shortName(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 || /^[\d.]+$/.test(name) ? name : name.slice(0, dot);
}

/** Hosts by name. A name mostly has one host, which then stands there itself: a list for each would cost as much again. */
export class HostNames {
  readonly #byName = new Map<string, Host | Host[]>();
  #hasShared = false;

  add(name: string, host: Host): void {
    const same = this.#byName.get(name);
    if (same === undefined) {
      this.#byName.set(name, host);
      return;
    }
    this.#hasShared = true;
    if (Array.isArray(same)) same.push(host);
    else this.#byName.set(name, [same, host]);
  }

  /**
   * Adds the host of a machine under its key, unless the machine is there already: several agents may share one, and
   * the pair of name and IP decides, as in `machineKey`. Returns the host that stands for the machine.
   */
  addMachine(host: Host): Host {
    const known = this.get(host.key).find(({ machine }) => machine?.ip === host.machine?.ip);
    if (known === undefined) this.add(host.key, host);
    return known ?? host;
  }

  get(name: string): readonly Host[] {
    const found = this.#byName.get(name);
    if (found === undefined) return NONE;
    return Array.isArray(found) ? found : [found];
  }

  /** Whether several hosts have this name. */
  isShared(name: string): boolean {
    return this.#hasShared && Array.isArray(this.#byName.get(name));
  }
}

/** A host as it is made, before the inventory gives it a place or another name. */
export function hostOf(name: string, machine: Machine | null, agent: Agent | null): Host {
  return {
    machine,
    name,
    key: name.toLowerCase(),
    aliases: NONE,
    agent,
    others: NONE,
    position: null,
    doubt: null,
  };
}

/** Most hosts have neither another name nor a second agent: one list for all. */
const NONE: readonly never[] = [];

/** What agents are selected by: a part of their fault domain, or `@` and the name of an attribute in lower case. */
export type Selector = "zone" | "region" | `@${string}`;

export function isSelector(text: string): text is Selector {
  return text === "zone" || text === "region" || text.startsWith("@");
}

/** What an agent has for a selector. */
export function valuesOf(agent: Agent, by: Selector): readonly string[] {
  if (by === "zone" || by === "region") return agent[by] === null ? [] : [agent[by]];
  return agent.attributes.filter(({ name }) => `@${name.toLowerCase()}` === by).map(({ value }) => value);
}

/** All agents of a host. */
export function agentsOf({ agent, others }: Host): readonly Agent[] {
  return agent === null ? others : [agent, ...others];
}

/** All names of a host, its own first. */
export function namesOf(host: Host): readonly string[] {
  return [host.key, ...host.aliases];
}

/** Hosts by short name; `null` where several share one, which then stands for none of them. */
export function* byShortName(hosts: readonly Host[]): Steps<ReadonlyMap<string, Host | null>> {
  const map = new Map<string, Host | null>();
  yield* forEach(hosts, 2, (host) => {
    for (const name of namesOf(host)) {
      const short = shortName(name);
      const other = map.get(short);
      map.set(short, other === undefined || other === host ? host : null);
    }
  });
  return map;
}
