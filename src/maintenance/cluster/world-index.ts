import { groupBy } from "../group-by.js";
import { indexAgents } from "./agent-index.js";
import {
  type Addresses,
  addressesOf,
  type Machine,
  type MachineId,
  type MachineNames,
  machineKey,
  machineNames,
  spellingOf,
} from "./machine.js";
import type { Task } from "./task.js";
import type { Tasks } from "./tasks.js";
import type { Agent, Answer, Framework, World } from "./world.js";

/** A machine of a maintenance with the agents ever seen on it: after Down they are no longer in the list of agents. */
export interface WatchedMachine {
  readonly machine: Machine;
  readonly agentIds: readonly string[];
  /** Of those agents how they were when last registered; absent once the machine went Down, for then they are to be gone. */
  readonly lastSeen?: readonly LastSeen[];
  /** How many more agents it had that somebody marked gone; absent when there were none. */
  readonly gone?: number;
}

/** An agent, and what ran on it, as the master last showed it while it was registered. */
export interface LastSeen {
  readonly agent: Agent;
  readonly tasks: readonly Task[];
}

/** A world by keys. Machines go by `machineKey`, everything else by its id. */
export interface WorldIndex {
  readonly tasks: Tasks;
  readonly frameworks: ReadonlyMap<string, Framework>;
  /** Frameworks with an outstanding inverse offer, by agent. */
  readonly offers: ReadonlyMap<string, ReadonlySet<string>>;
  /** By draining machine. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  /** Registered agents by machine. */
  readonly agents: ReadonlyMap<string, readonly Agent[]>;
  /** Registered agents by id. */
  readonly registered: ReadonlyMap<string, Agent>;
  /** Recovered agents that have not registered again, by machine; a master shows most of them without an IP. */
  readonly recovering: ReadonlyMap<string, readonly Agent[]>;
  /** Their ids. */
  readonly recoveringIds: ReadonlySet<string>;
  /** Ids of agents that are known to have been marked gone. */
  readonly gone: ReadonlySet<string>;
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
  const { byMachine, byId } = indexAgents(world.agents);
  const index: WorldIndex = {
    tasks: world.tasks,
    frameworks: new Map(world.frameworks.map((framework) => [framework.id, framework])),
    offers,
    answers: new Map(world.status.draining.map((entry) => [machineKey(entry.machine), entry.answers])),
    agents: byMachine,
    registered: byId,
    recovering: groupBy(world.recoveredAgents, (agent) => machineKey(agent.machine)),
    recoveringIds: new Set(world.recoveredAgents.map(({ id }) => id)),
    gone: new Set(world.goneAgents),
    down: new Set(world.status.down.map(machineKey)),
  };
  indexes.set(world, index);
  return index;
}

const others = new WeakMap<
  World,
  { readonly addresses: Addresses; readonly spelling: (key: string) => MachineId | undefined }
>();

/** Of the machines that a world shows without an agent that is registered. */
function othersIn(world: World) {
  const known = others.get(world);
  if (known !== undefined) return known;
  const machines = [...machinesWithoutAgents(world)];
  const found = { addresses: addressesOf(machines), spelling: spellingOf(machines) };
  others.set(world, found);
  return found;
}

/** The IP of all machines of this host name that a world shows; `null` where they are several, `undefined` where there is none. */
function addressIn(world: World, hostname: string): string | null | undefined {
  const registered = indexAgents(world.agents).addresses.get(hostname);
  const other = othersIn(world).addresses.get(hostname);
  if (registered === undefined) return other;
  if (other === undefined) return registered;
  return registered === other ? registered : null;
}

/** As agents spell their machines, else as the schedule does. */
function spelledIn(world: World): (key: string) => MachineId | undefined {
  const { byMachine } = indexAgents(world.agents);
  const { spelling } = othersIn(world);
  return (key) => byMachine.get(key)?.[0]?.machine ?? spelling(key);
}

function* machinesWithoutAgents({ recoveredAgents, schedule, status }: World): Iterable<MachineId> {
  // A master tells no address of most of these: that is not another machine.
  for (const { machine } of recoveredAgents) if (machine.ip !== "") yield machine;
  for (const window of schedule.windows) yield* window.machines;
  for (const { machine } of status.draining) yield machine;
  yield* status.down;
}

/** How the machines that a world shows, and these, are called. */
export function namesIn(world: World, more: Iterable<MachineId> = []): MachineNames {
  const added = addressesOf(more);
  const isShared = (hostname: string) => {
    const [one, other] = [addressIn(world, hostname), added.get(hostname)];
    return one === null || other === null || (one !== undefined && other !== undefined && one !== other);
  };
  return machineNames(isShared, spelledIn(world));
}

/** The host names, in lower case, of those of these machines that others in the world or among them have too. */
export function sharedNames(world: World, machines: readonly MachineId[]): string[] {
  return [...addressesOf(machines)]
    .filter(([hostname, ip]) => {
      const shown = addressIn(world, hostname);
      return ip === null || (shown !== undefined && shown !== ip);
    })
    .map(([hostname]) => hostname);
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
  const registered = index.agents.get(machineKey(watched.machine)) ?? [];
  return new Set([...watched.agentIds, ...registered.map((agent) => agent.id)]);
}

/** The agents of a machine: those registered there, and those that are away as they were last seen. */
export function agentsOf(watched: WatchedMachine, index: WorldIndex): readonly Agent[] {
  const registered = index.agents.get(machineKey(watched.machine)) ?? [];
  const away = lastSeenAway(watched, index);
  return away.length === 0 ? registered : [...registered, ...away.map(({ agent }) => agent)];
}

/**
 * The tasks on a machine that are not over. What an agent that is away ran when it was last seen is among them: nobody
 * can say that it is over (invariant 13).
 */
export function tasksOf(watched: WatchedMachine, index: WorldIndex): Task[] {
  const shown: Task[] = [];
  for (const id of agentIdsOf(watched, index)) shown.push(...index.tasks.on(id));
  const away = lastSeenAway(watched, index);
  if (away.length === 0) return shown;
  const last = away.flatMap(({ tasks }) => tasks);
  const known = new Set(last.map(taskKey));
  return [...last, ...shown.filter((task) => !known.has(taskKey(task)))];
}

function taskKey({ frameworkId, id }: Task): string {
  return JSON.stringify([frameworkId, id]);
}

/**
 * Ids of the recovered agents that are a machine's. A master shows them without a pid, so without an IP: then its id, or
 * its host name alone, has to do. Taking one too many for ours only makes us wait.
 */
export function recoveringOn({ machine, agentIds }: WatchedMachine, index: WorldIndex): ReadonlySet<string> {
  const { recovering, recoveringIds } = index;
  if (recoveringIds.size === 0) return recoveringIds;
  const named = [machine, { hostname: machine.hostname }].flatMap(
    (one) => recovering.get(machineKey(one)) ?? [],
  );
  return new Set([...named.map(({ id }) => id), ...agentIds.filter((id) => recoveringIds.has(id))]);
}

/** Ids of agents that were on a machine which did not go Down, and that are not registered now. */
export function agentsAway({ machine, agentIds, lastSeen }: WatchedMachine, index: WorldIndex): string[] {
  if (lastSeen === undefined || index.down.has(machineKey(machine))) return [];
  const missing = agentIds.filter((id) => !index.registered.has(id));
  if (missing.length === 0) return missing;
  const before = new Map(lastSeen.map(({ agent }) => [agent.id, agent]));
  return missing.filter((id) => !isReplaced(before.get(id), index));
}

/** Whether another agent of the machine is registered at the port at which this one was: then this one is no more. */
function isReplaced(before: Agent | undefined, { agents }: WorldIndex): boolean {
  if (before === undefined || before.port === null) return false;
  return (agents.get(machineKey(before.machine)) ?? []).some(({ port }) => port === before.port);
}

function lastSeenAway(watched: WatchedMachine, index: WorldIndex): readonly LastSeen[] {
  const { lastSeen = [] } = watched;
  if (lastSeen.length === 0) return lastSeen;
  const away = new Set(agentsAway(watched, index));
  return lastSeen.filter(({ agent }) => away.has(agent.id));
}
