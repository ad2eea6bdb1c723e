import { type Machine, machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld, namesIn } from "../cluster/world-index.js";
import { isUnsettled } from "../record/batch.js";
import { isToBeReactivated } from "../record/drained-agents.js";
import { namesOf } from "../record/names.js";
import type { Batch, Maintenance } from "../record/record.js";
import { inTrouble, troubleOf } from "../record/troubles.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Effect, KILL_STUCK_AFTER_MS, type Moment, type Step, soon } from "./step.js";

// Agents that were drained for a kill-drain take tasks again once their machines are given back. One rule for all phases.

/**
 * The record as of this look: what was sent for an agent is over once the agent is seen to take tasks, and somebody else's
 * drain of it is theirs from then on (invariant 12). An agent that is not registered may still be drained (invariant 13),
 * unless it was marked gone, or came back after Up as another one.
 */
export function withReactivationsSeen(record: Maintenance, moment: Moment): Maintenance {
  if (!record.batches.some((batch) => isToBeReactivated(record, batch))) return record;
  const batches = record.batches.map((batch) =>
    isToBeReactivated(record, batch)
      ? { ...batch, drained: batch.drained.filter((intent) => !isOver(intent, batch, moment)) }
      : batch,
  );
  return { ...record, batches };
}

function isOver(
  { agentId, sentAtMs }: Batch["drained"][number],
  batch: Batch,
  { world, policy, nowMs }: Moment,
): boolean {
  const { registered, gone } = indexWorld(world);
  const agent = registered.get(agentId);
  // Another agent at its address is there in its place.
  const isReplaced = !batch.agents.some(({ id }) => id === agentId);
  if (agent === undefined)
    return isReplaced || gone.has(agentId) || (batch.phase === "up" && batch.returned.includes(agentId));
  // A call without an answer may still take effect (invariant 7).
  return agent.drain === null && nowMs >= sentAtMs + policy.settleMs;
}

/**
 * The step with the calls that have drained agents take tasks again, once nothing else is to be done at the master. Nobody can
 * hurry one that is still draining; what that waits for is told where it takes long.
 */
export function withReactivations(step: Step, moment: Moment): Step {
  const { record } = step;
  const { world, nowMs } = moment;
  if (step.effects.length > 0 || record.end !== null) return step;
  const batches = record.batches.filter((batch) => isToBeReactivated(record, batch));
  if (batches.length === 0) return step;
  if (isUnsettled(record, world.observedAtMs)) return { ...step, wakeAtMs: record.unsettledUntilMs };
  const effects = batches.flatMap((batch) => reactivationsOf(world, batch));
  if (effects.length > 0) return { record, effects, wakeAtMs: soon(moment) };
  const late = batches.flatMap((batch) => lateOnes(batch, moment));
  if (late.length === 0 || record.trouble !== null) return step;
  const agents = quoted(list(late, "; ", 8));
  return { ...step, record: inTrouble(record, troubleOf("still_drained", { id: record.id, agents }), nowMs) };
}

function reactivationsOf(world: World, batch: Batch): Effect[] {
  const { registered } = indexWorld(world);
  return batch.drained.flatMap(({ agentId }): Effect[] =>
    registered.get(agentId)?.drain === "drained"
      ? [{ kind: "reactivate_agent", batch: batch.id, agentId }]
      : [],
  );
}

/** A clause for each agent that cannot be reactivated yet; those that went Down are told as agents that are not back. */
function lateOnes(batch: Batch, { world, nowMs }: Moment): string[] {
  if (batch.phase !== "cancelled") return [];
  const { registered } = indexWorld(world);
  const names = namesIn(world, batch.machines);
  const graceOf = (approvalId: string) => batch.approvals.find(({ id }) => id === approvalId)?.graceMs ?? 0;
  return batch.drained
    .filter(({ approvalId, sentAtMs }) => nowMs >= sentAtMs + graceOf(approvalId) + KILL_STUCK_AFTER_MS)
    .map(({ agentId }) => {
      const now = registered.get(agentId);
      const machine = now?.machine ?? batch.agents.find(({ id }) => id === agentId)?.machine ?? agentId;
      return `${names.of(machine)} ${now === undefined ? "is not registered" : "has not ended its drain"}`;
    });
}

/** The machines that were given back and whose agents are deactivated, by whomever: they take no tasks. */
export function machinesWithoutTasks(record: Maintenance, { world }: Moment): string[] {
  const { agents } = indexWorld(world);
  const machines = record.batches.flatMap((batch) => batch.machines);
  const isDeactivated = (machine: Machine) =>
    (agents.get(machineKey(machine)) ?? []).some(({ deactivated }) => deactivated);
  return machines.filter(isDeactivated).map(namesOf(record).of);
}
