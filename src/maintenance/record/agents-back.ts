import { type Machine, machineKey } from "../cluster/machine.js";
import type { Agent, World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { AgentSeen } from "./agent-seen.js";
import type { BatchIn } from "./record.js";

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

/** The host names of agents, as the batch writes them, each once. */
export function hostnamesOf(agents: readonly AgentSeen[], batch: BatchIn<"up">): string[] {
  const names = new Map(batch.machines.map((machine) => [machineKey(machine), machine.hostname]));
  return [...new Set(agents.map(({ machine }) => names.get(machine) ?? machine))];
}

/** Why not all agents of these batches are waited for; `null` when they are. */
export function whyNotAwaited(batches: readonly BatchIn<"up">[]): string | null {
  const gone = batches.map((batch) => ({ batch, agents: batch.agents.filter((agent) => agent.gone) }));
  const count = gone.reduce((sum, { agents }) => sum + agents.length, 0);
  if (count === 0) return null;
  const hosts = quoted(list([...new Set(gone.flatMap(({ agents, batch }) => hostnamesOf(agents, batch)))]));
  return `not waited for: ${counted(count, "agent")} marked gone, on ${hosts}; a gone agent's id cannot register again, so what comes back there is a new agent`;
}

/**
 * Agents that were missing and are registered now: under their id, wherever that is, or as one of a new id on a machine of
 * their name. Each of these stands for one that is missing.
 */
export function newlyBack(batch: BatchIn<"up">, world: World): AgentBack[] {
  const missing = agentsMissing(batch);
  if (missing.length === 0) return [];
  const byId = indexWorld(world).registered;
  const strangers = strangersOn(batch, world, byId);
  const back: AgentBack[] = [];
  for (const before of missing) {
    const same = byId.get(before.id);
    const now = same ?? strangers.get(hostOf(before))?.shift();
    if (now === undefined || !isConnected(now)) continue;
    const drainedByUs = batch.drained.some(({ agentId }) => agentId === now.id);
    const changes = changesOf(before, now);
    back.push({
      id: before.id,
      machine: now.machine,
      changes: now.deactivated && !drainedByUs ? [...changes, deactivated(now)] : changes,
    });
  }
  return back;
}

/** A master shows a deactivated agent as inactive too, although it is connected. */
function isConnected({ active, deactivated }: Agent): boolean {
  return active || deactivated;
}

function deactivated({ machine }: Agent): string {
  return `${machine.hostname} is deactivated, and not by this maintenance: it takes no tasks until somebody reactivates it`;
}

/**
 * By host name the agents that the batch did not know, less those that stand for one that is back already and those at the
 * address of one that was marked gone.
 */
function strangersOn(
  batch: BatchIn<"up">,
  world: World,
  byId: ReadonlyMap<string, Agent>,
): Map<string, Agent[]> {
  const known = new Set(batch.agents.map(({ id }) => id));
  const hosts = new Map<string, Agent[]>(batch.agents.map((agent) => [hostOf(agent), []]));
  const gone = batch.agents.filter((agent) => agent.gone);
  const isInPlaceOfGone = ({ machine, port }: Agent) =>
    port !== null &&
    gone.some((before) => before.machine === machineKey(machine) && before.lastSeen?.port === port);
  for (const agent of world.agents) {
    if (!known.has(agent.id) && !isInPlaceOfGone(agent))
      hosts.get(agent.machine.hostname.toLowerCase())?.push(agent);
  }
  for (const agent of batch.agents) {
    if (batch.returned.includes(agent.id) && !byId.has(agent.id)) hosts.get(hostOf(agent))?.shift();
  }
  return hosts;
}

function hostOf({ machine }: AgentSeen): string {
  return machine.split("|")[0] ?? machine;
}

function changesOf(before: AgentSeen, now: Agent): string[] {
  const name = now.machine.hostname;
  const changes: string[] = [];
  if (now.id !== before.id) {
    changes.push(`${name} has a new agent id (${now.id}), so its old volumes and tasks are gone`);
  }
  if (machineKey(now.machine) !== before.machine) {
    changes.push(
      `${name} is at ${now.machine.ip} now, so windows that name its old address (${before.machine.split("|")[1]}) no longer match it`,
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
