import { type Machine, type MachineNames, machineKey } from "../cluster/machine.js";
import type { Agent, World } from "../cluster/world.js";
import { indexWorld, namesIn } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { AgentSeen } from "./agent-seen.js";
import type { Batch, BatchIn } from "./record.js";

/** An agent of a batch that is back after Up. */
export interface AgentBack {
  /** The id that it had before. */
  readonly id: string;
  /** Where it is now. */
  readonly machine: Machine;
  /** What is not as it was before Down, and what that means; a sentence each. */
  readonly changes: readonly string[];
}

/** Agents of the batch that are to come back after Up: all but those that were marked gone, whose ids never register again. */
export function agentsAwaited(batch: BatchIn<"up">): AgentSeen[] {
  return batch.agents.filter(({ gone }) => !gone);
}

/** Agents of the batch that have not registered again since Up. */
export function agentsMissing(batch: BatchIn<"up">): AgentSeen[] {
  const returned = new Set(batch.returned);
  return agentsAwaited(batch).filter(({ id, machine }) => !returned.has(id) && !returned.has(machine));
}

/** The machines of agents by their names, each once. */
export function machinesOf(
  agents: readonly AgentSeen[],
  batch: Pick<Batch, "machines">,
  names: MachineNames,
): string[] {
  const machines = new Map(batch.machines.map((machine) => [machineKey(machine), machine]));
  return [...new Set(agents.map(({ machine }) => names.of(machines.get(machine) ?? machine)))];
}

/** Why not all agents of these batches are waited for; `null` when they are. */
export function whyNotAwaited(batches: readonly BatchIn<"up">[], names: MachineNames): string | null {
  const gone = batches.map((batch) => ({ batch, agents: batch.agents.filter((agent) => agent.gone) }));
  const count = gone.reduce((sum, { agents }) => sum + agents.length, 0);
  if (count === 0) return null;
  const hosts = quoted(
    list([...new Set(gone.flatMap(({ agents, batch }) => machinesOf(agents, batch, names)))]),
  );
  return `not waited for: ${counted(count, "agent")} marked gone, on ${hosts}; a gone agent's id cannot register again, so what comes back there is a new agent`;
}

/**
 * Agents that were missing and are registered now: under their id, wherever that is, or as one of a new id on a machine of
 * their name. Each of these stands for one that is missing.
 */
export function newlyBack(batch: BatchIn<"up">, world: World): AgentBack[] {
  const names = namesIn(world, batch.machines);
  const missing = agentsMissing(batch);
  if (missing.length === 0) return [];
  const byId = indexWorld(world).registered;
  const strangers = standIns(batch, missing, world);
  const back: AgentBack[] = [];
  for (const before of missing) {
    const now = byId.get(before.id) ?? strangers.get(before);
    if (now === undefined || !isConnected(now)) continue;
    const drainedByUs = batch.drained.some(({ agentId }) => agentId === now.id);
    const changes = changesOf(before, now, names);
    back.push({
      id: before.id,
      machine: now.machine,
      changes: now.deactivated && !drainedByUs ? [...changes, deactivated(now, names)] : changes,
    });
  }
  return back;
}

/** A master shows a deactivated agent as inactive too, although it is connected. */
export function isConnected({ active, deactivated }: Agent): boolean {
  return active || deactivated;
}

function deactivated({ machine }: Agent, names: MachineNames): string {
  return `${names.of(machine)} is deactivated, and not by this maintenance: it takes no tasks until somebody reactivates it`;
}

/**
 * Agents that the batch did not know, each for one that is missing: one on the same machine first, and then one of its host
 * name. Left out are those that stand for one that is back already, those at the address of one that was marked gone, and
 * those that ran beside it before Down.
 */
function standIns(batch: BatchIn<"up">, missing: readonly AgentSeen[], world: World): Map<AgentSeen, Agent> {
  const { registered } = indexWorld(world);
  const known = new Set([...batch.agents.map(({ id }) => id), ...(batch.namesakes ?? [])]);
  const hostnames = new Set(batch.agents.map(hostOf));
  const gone = batch.agents.filter((agent) => agent.gone);
  const isInPlaceOfGone = ({ machine, port }: Agent) =>
    port !== null &&
    gone.some((before) => before.machine === machineKey(machine) && before.lastSeen?.port === port);
  const strangers = world.agents.filter(
    (agent) =>
      hostnames.has(agent.machine.hostname.toLowerCase()) && !known.has(agent.id) && !isInPlaceOfGone(agent),
  );
  const byName = groupBy(strangers, ({ machine }) => machine.hostname.toLowerCase());
  const returned = batch.agents.filter(({ id }) => batch.returned.includes(id));
  const vacant = [...returned, ...missing].filter(({ id }) => !registered.has(id));
  const found = new Map<AgentSeen, Agent>();
  const taken = new Set<Agent>();
  for (const isSameMachine of [true, false]) {
    for (const before of vacant) {
      // Of one that nobody ever saw only its machine is known.
      if (found.has(before) || (before.supposed && !isSameMachine)) continue;
      const now = byName
        .get(hostOf(before))
        ?.find((one) => !taken.has(one) && (!isSameMachine || machineKey(one.machine) === before.machine));
      if (now !== undefined) found.set(before, now);
      if (now !== undefined) taken.add(now);
    }
  }
  return found;
}

/** The host name of the machine of an agent, in lower case. */
export function hostOf({ machine }: AgentSeen): string {
  return machine.split("|")[0] ?? machine;
}

function changesOf(before: AgentSeen, now: Agent, names: MachineNames): string[] {
  const name = names.of(now.machine);
  const changes: string[] = [];
  if (now.id !== before.id && !before.supposed) {
    changes.push(`${name} has a new agent id (${now.id}), so its old volumes and tasks are gone`);
  }
  if (machineKey(now.machine) !== before.machine) {
    changes.push(
      `${now.machine.hostname} is at ${now.machine.ip} now, so windows that name its old address (${before.machine.split("|")[1]}) no longer match it`,
    );
  }
  if (before.lastSeen === undefined) return changes;
  const { attributes, resources } = before.lastSeen;
  const [were, are] = [pairs(attributes), pairs(now.attributes)];
  if (were !== are) {
    changes.push(`${name} had the attributes ${were || "none"} and has ${are || "none"} now`);
  }
  const [had, has] = [resources?.total, now.resources?.total];
  if (had !== undefined && has !== undefined && (had.cpus !== has.cpus || had.memMb !== has.memMb)) {
    changes.push(
      `${name} had ${had.cpus} cpus and ${had.memMb} MB and has ${has.cpus} cpus and ${has.memMb} MB now`,
    );
  }
  return changes;
}

function pairs(attributes: readonly { readonly name: string; readonly value: string }[]): string {
  return attributes
    .map(({ name, value }) => `${name}=${value}`)
    .sort()
    .join(", ");
}
