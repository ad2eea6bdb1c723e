import { machineKey } from "../cluster/machine.js";
import type { Agent, Task, World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import { isToGoDown } from "./batch.js";
import type { Batch } from "./record.js";
import type { AgentSeen } from "./stored-batch.js";

/**
 * The batch with its agents, and what runs on them, as the master shows them now. What is kept of an agent stays as it was
 * when the agent is no longer shown: silence says nothing about it (invariant 13), unless somebody marked it gone. Until the
 * machines are Down; from then on it is what agents that come back are compared with.
 */
export function withAgentsSeen<B extends Batch>(batch: B, world: World): B {
  if (!isToGoDown(batch)) return batch;
  const index = indexWorld(world);
  const shown = batch.machines.flatMap((machine) => {
    const key = machineKey(machine);
    return (index.agents.get(key) ?? []).map((agent) =>
      agentSeen(key, agent, index.tasks.get(agent.id) ?? []),
    );
  });
  const now = new Map(shown.map((seen) => [seen.id, seen]));
  let changed = shown.length > 0 && shown.some(({ id }) => !batch.agents.some((before) => before.id === id));
  const kept = batch.agents.map((before) => {
    const seen = now.get(before.id);
    if (seen === undefined && index.gone.has(before.id) && !before.gone) {
      changed = true;
      return { ...before, gone: true };
    }
    if (seen === undefined || seen.machine !== before.machine || same(seen, before)) return before;
    changed = true;
    return seen;
  });
  if (!changed) return batch;
  const known = new Set(kept.map(({ id }) => id));
  const added = shown.filter(({ id }) => !known.has(id));
  // At the address of one that was there before it takes that one's place.
  const stay = kept.filter((before) => !added.some((seen) => isAtAddressOf(before, seen)));
  return { ...batch, agents: [...stay, ...added] };
}

function isAtAddressOf(before: AgentSeen, seen: AgentSeen): boolean {
  const port = before.lastSeen?.port ?? null;
  return port !== null && before.machine === seen.machine && seen.lastSeen?.port === port;
}

function same(a: AgentSeen, b: AgentSeen): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function agentSeen(machine: string, agent: Agent, tasks: readonly Task[]): AgentSeen {
  const { id, port, attributes, region, zone, resources } = agent;
  return {
    machine,
    id,
    lastSeen: structuredClone({ port, attributes, region, zone, resources, tasks }) as AgentSeen["lastSeen"],
  };
}
