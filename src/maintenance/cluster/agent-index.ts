import { atOnce } from "../at-once.js";
import { machineKey } from "./machine.js";
import type { Agent } from "./world.js";

/** Agents by keys. */
export interface AgentIndex {
  /** By `machineKey`. */
  readonly byMachine: ReadonlyMap<string, readonly Agent[]>;
  readonly byId: ReadonlyMap<string, Agent>;
  /** By host name, in lower case, the IP of its agents; `null` where they are on several. */
  readonly addresses: ReadonlyMap<string, string | null>;
  /** How many are active. */
  readonly active: number;
}

/** So many agents take a few milliseconds at most. */
export const AGENTS_AT_ONCE = 1_000;

const known = new WeakMap<readonly Agent[], AgentIndex>();

/** Shared by all worlds that show the same list of agents (`World.wholeAtMs`). */
export function indexAgents(agents: readonly Agent[]): AgentIndex {
  return known.get(agents) ?? atOnce(indexedAgents(agents));
}

/** The same with pauses, for whom `indexAgents` has it then. */
export function* indexedAgents(agents: readonly Agent[]): Generator<void, AgentIndex, void> {
  const found = known.get(agents);
  if (found !== undefined) return found;
  const byMachine = new Map<string, Agent[]>();
  const byId = new Map<string, Agent>();
  const addresses = new Map<string, string | null>();
  let active = 0;
  for (const [at, agent] of agents.entries()) {
    const { id, machine } = agent;
    if (agent.active) active += 1;
    const key = machineKey(machine);
    const there = byMachine.get(key);
    if (there === undefined) byMachine.set(key, [agent]);
    else there.push(agent);
    byId.set(id, agent);
    const name = machine.hostname.toLowerCase();
    const ip = addresses.get(name);
    if (ip === undefined) addresses.set(name, machine.ip);
    else if (ip !== machine.ip) addresses.set(name, null);
    if (at % AGENTS_AT_ONCE === 0) yield;
  }
  const index: AgentIndex = { byMachine, byId, addresses, active };
  known.set(agents, index);
  return index;
}
