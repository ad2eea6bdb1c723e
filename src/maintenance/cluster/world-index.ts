import { groupBy } from "../group-by.js";
import { type Machine, type MachineId, machineKey } from "./machine.js";
import type { Agent, Answer, Framework, Task, World } from "./world.js";

/** A machine of a maintenance with the agents ever seen on it: after Down they are no longer in the list of agents. */
export interface WatchedMachine {
  readonly machine: Machine;
  readonly agentIds: readonly string[];
}

/** A world by keys. Machines go by `machineKey`, everything else by its id. */
export interface WorldIndex {
  /** By agent. */
  readonly tasks: ReadonlyMap<string, readonly Task[]>;
  readonly frameworks: ReadonlyMap<string, Framework>;
  /** Frameworks with an outstanding inverse offer, by agent. */
  readonly offers: ReadonlyMap<string, ReadonlySet<string>>;
  /** By draining machine. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  /** Registered agents by machine. */
  readonly agents: ReadonlyMap<string, readonly Agent[]>;
  readonly recovering: readonly Agent[];
  /** Machines that are Down. */
  readonly down: ReadonlySet<string>;
}

const indexes = new WeakMap<World, WorldIndex>();

/** One pass over a world, shared by all maintenances that look at the same one. */
export function indexWorld(world: World): WorldIndex {
  const known = indexes.get(world);
  if (known !== undefined) return known;
  const offers = new Map<string, Set<string>>();
  for (const framework of world.frameworks) {
    for (const { agentId } of framework.inverseOffers) {
      const set = offers.get(agentId) ?? new Set<string>();
      offers.set(agentId, set.add(framework.id));
    }
  }
  const index: WorldIndex = {
    tasks: groupBy(world.tasks, (task) => task.agentId),
    frameworks: new Map(world.frameworks.map((framework) => [framework.id, framework])),
    offers,
    answers: new Map(world.status.draining.map((entry) => [machineKey(entry.machine), entry.answers])),
    agents: groupBy(world.agents, (agent) => machineKey(agent.machine)),
    recovering: world.recoveredAgents,
    down: new Set(world.status.down.map(machineKey)),
  };
  indexes.set(world, index);
  return index;
}

/** The agents registered on these machines, each with the key of its machine. */
export function agentsOn(world: World, machines: readonly MachineId[]): { machine: string; id: string }[] {
  const { agents } = indexWorld(world);
  return machines
    .map(machineKey)
    .flatMap((machine) => (agents.get(machine) ?? []).map(({ id }) => ({ machine, id })));
}

/** Ids of the agents that are or were on a machine. */
export function agentIdsOf(watched: WatchedMachine, index: WorldIndex): ReadonlySet<string> {
  return new Set([...watched.agentIds, ...agentsOf(watched, index).map((agent) => agent.id)]);
}

/** The agents registered on a machine. */
export function agentsOf(watched: WatchedMachine, index: WorldIndex): readonly Agent[] {
  return index.agents.get(machineKey(watched.machine)) ?? [];
}

/** The tasks on a machine that are not over. */
export function tasksOf(watched: WatchedMachine, index: WorldIndex): Task[] {
  return [...agentIdsOf(watched, index)].flatMap((id) => index.tasks.get(id) ?? []);
}
