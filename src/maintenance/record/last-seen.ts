import { alike } from "../alike.js";
import { machineKey } from "../cluster/machine.js";
import type { Task } from "../cluster/task.js";
import type { Agent, World } from "../cluster/world.js";
import { indexWorld, sharedNames } from "../cluster/world-index.js";
import type { AgentSeen } from "./agent-seen.js";
import { isToGoDown } from "./batch.js";
import type { Batch } from "./record.js";

/**
 * The batch with its agents, and what runs on them, as the master shows them now. What is kept of an agent stays as it was
 * when the agent is no longer shown: silence says nothing about it (invariant 13), unless somebody marked it gone. Until the
 * machines are Down; from then on it is what agents that come back are compared with.
 */
export function withAgentsSeen<B extends Batch>(batch: B, world: World): B {
  if (!isToGoDown(batch)) return batch;
  const { agents } = withLastSeen(batch, world);
  // Down takes their agents out of the list: that makes no namesake one of theirs.
  const isGoing =
    batch.phase === "taking_down" ||
    batch.machines.some((machine) => indexWorld(world).down.has(machineKey(machine)));
  const namesakes = isGoing ? (batch.namesakes ?? []) : namesakesOf(batch, world);
  if (agents === batch.agents && alike(namesakes, batch.namesakes ?? [])) return batch;
  const { namesakes: _, ...rest } = batch;
  return { ...(rest as B), agents, ...(namesakes.length === 0 ? {} : { namesakes }) };
}

/**
 * Agents on other machines of the host names of those of the batch whose own agents run now: two that run at once are two
 * machines. Where its own agent is away, another one of that name may be the same that came back at another address.
 */
function namesakesOf({ machines }: Batch, world: World): string[] {
  const shared = new Set(sharedNames(world, machines));
  const { agents } = indexWorld(world);
  const running = machines.filter(
    (machine) =>
      shared.has(machine.hostname.toLowerCase()) &&
      (agents.get(machineKey(machine)) ?? []).some(({ active }) => active),
  );
  if (running.length === 0) return [];
  const own = new Set(machines.map(machineKey));
  const hostnames = new Set(running.map(({ hostname }) => hostname.toLowerCase()));
  return world.agents
    .filter(({ machine }) => hostnames.has(machine.hostname.toLowerCase()) && !own.has(machineKey(machine)))
    .map(({ id }) => id)
    .sort();
}

function withLastSeen(batch: Batch, world: World): Pick<Batch, "agents"> {
  const index = indexWorld(world);
  const shown = batch.machines.flatMap((machine) => {
    const key = machineKey(machine);
    return (index.agents.get(key) ?? []).map((agent) => agentSeen(key, agent, index.tasks.on(agent.id)));
  });
  const now = new Map(shown.map((seen) => [seen.id, seen]));
  const ids = new Set(batch.agents.map(({ id }) => id));
  let changed = shown.some(({ id }) => !ids.has(id));
  const kept = batch.agents.map((before) => {
    const seen = now.get(before.id);
    if (seen === undefined && index.gone.has(before.id) && !before.gone) {
      changed = true;
      return { ...before, gone: true };
    }
    if (seen === undefined || seen.machine !== before.machine || alike(seen, before)) return before;
    changed = true;
    return seen;
  });
  if (!changed) return batch;
  const added = shown.filter(({ id }) => !ids.has(id));
  // At the address of one that was there before it takes that one's place.
  const stay = kept.filter((before) => !added.some((seen) => isInPlaceOf(before, seen)));
  return { agents: [...stay, ...added] };
}

function isInPlaceOf(before: AgentSeen, seen: AgentSeen): boolean {
  if (before.machine !== seen.machine) return false;
  const port = before.lastSeen?.port ?? null;
  return before.supposed === true || (port !== null && seen.lastSeen?.port === port);
}

function agentSeen(machine: string, agent: Agent, tasks: readonly Task[]): AgentSeen {
  const { id, port, attributes, region, zone, resources } = agent;
  return {
    machine,
    id,
    // Nobody changes what a look has shown, so it is shared and not copied.
    lastSeen: { port, attributes, region, zone, resources, tasks } as AgentSeen["lastSeen"],
  };
}
