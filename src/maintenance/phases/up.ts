import { namesIn } from "../cluster/world-index.js";
import { nextToGo } from "../pausing/table.js";
import type { AgentSeen } from "../record/agent-seen.js";
import { agentsAwaited, agentsMissing, hostOf, machinesOf, newlyBack } from "../record/agents-back.js";
import { withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import { namesOf } from "../record/names.js";
import type { BatchIn, Maintenance } from "../record/record.js";
import { lastRun } from "../record/runs.js";
import { whyLate } from "../record/why-late.js";
import { isItsTurn } from "../rolling/turn.js";
import { keepGone, staysGone } from "./removal.js";
import type { Moment, Rule } from "./step.js";

/**
 * Mesos stops the agent process on Down, and after Up somebody has to start it: waits until the same agents have
 * registered again, and says which have not in time. What somebody puts back into our window meanwhile is taken out again.
 */
export const up: Rule<BatchIn<"up">> = (record, batch, _picture, moment) => {
  const { nowMs, policy } = moment;
  const { record: told, batch: now } = withAgentsBack(record, batch, moment);
  const missing = agentsMissing(now);
  const dueAtMs = now.upAtMs + policy.agentReturnMs;
  const names = namesOf(told);
  const isLate = missing.length > 0 && nowMs >= dueAtMs && !now.missingTold;
  const next = isLate ? { ...now, missingTold: true } : now;
  // Where the next batch waits for them, the pause tells it.
  const isPause = isItsTurn(told, now) && nextToGo(told) !== null;
  const current = !isLate
    ? told
    : isPause
      ? withBatch(told, next)
      : withEvent(withBatch(told, next), nowMs, {
          kind: "agents_missing",
          machines: machinesOf(missing, next, names),
          ...reasons(told, missing, next, moment),
        });
  const step = keepGone(current, next, moment);
  return step.effects.length > 0 ? step : { ...step, wakeAtMs: dueAtMs > nowMs ? dueAtMs : null };
};

function reasons(
  record: Maintenance,
  missing: readonly AgentSeen[],
  batch: BatchIn<"up">,
  { world }: Moment,
) {
  const run = lastRun(record, batch.id);
  const names = namesOf(record);
  const why = missing.flatMap((agent) => {
    const result = run?.outcome?.hosts.find(({ hostname }) => hostname.toLowerCase() === hostOf(agent));
    const ran =
      run === null || result === undefined || result.how === "ok"
        ? null
        : `the runbook ${run.runbook.name} came out there as ${result.how.replace("_", " ")}`;
    const clause = whyLate(agent, world) ?? ran;
    return clause === null ? [] : [`${machinesOf([agent], batch, names).join()}: ${clause}`];
  });
  return why.length === 0 ? {} : { why };
}

/** Whether a batch that is up needs nothing more: its agents are back, and its window stays away. */
export function isDone(batch: BatchIn<"up">, moment: Moment): boolean {
  return agentsMissing(batch).length === 0 && staysGone(batch, moment);
}

function withAgentsBack(record: Maintenance, batch: BatchIn<"up">, { world, nowMs }: Moment) {
  const back = newlyBack(batch, world);
  if (back.length === 0) return { record, batch };
  const names = namesIn(
    world,
    record.batches.flatMap(({ machines }) => machines),
  );
  const next = { ...batch, returned: [...batch.returned, ...back.map(({ id }) => id)] };
  const changes = back.flatMap(({ changes }) => changes);
  const told = withEvent(withBatch(record, next), nowMs, {
    kind: "agents_returned",
    machines: [...new Set(back.map(({ machine }) => names.of(machine)))],
    missing: agentsMissing(next).length,
    agents: agentsAwaited(next).length,
    ...(changes.length === 0 ? {} : { changes }),
  });
  return { record: told, batch: next };
}
