import type { AgentSeen } from "../record/agent-seen.js";
import { agentsMissing, machinesOf } from "../record/agents-back.js";
import { placeOf, withBatch } from "../record/batch.js";
import { namesOf } from "../record/names.js";
import type { BatchIn, Maintenance } from "../record/record.js";
import { turnOf } from "../rolling/turn.js";
import { counted, list } from "../text/list.js";
import { formatSpan } from "../time.js";
import type { PauseRule } from "./rule.js";

/** Agents of a batch that is up are not back in time. */
export const notBack: PauseRule = {
  name: "not_back",
  looksAt: "batches_before",
  goneOnFor: "roll",
  next: "start the agent on those machines and look at its log. With Leave behind those machines get a maintenance of their own, and the next batch goes on. With Go on the next batch goes on too, and this maintenance waits for them at its end.",
  sees({ record, policy: { agentReturnMs }, nowMs }) {
    const waiting = heldUp(record);
    if (waiting === null || nowMs < waiting.batch.upAtMs + agentReturnMs) return null;
    const { batch, missing } = waiting;
    const have = `${counted(missing.length, "agent")} of ${placeOf(record, batch.id)} ${missing.length === 1 ? "has" : "have"}`;
    const hosts = list(machinesOf(missing, batch, namesOf(record)));
    return {
      saw: `${have} not registered again within ${formatSpan(agentReturnMs)} after Up: ${hosts}`,
      about: missing.map(({ id }) => id),
    };
  },
  /** The batches after it do not wait for those agents any more; at its end the maintenance still does (invariant 11). */
  goOn(record) {
    const waiting = heldUp(record);
    if (waiting === null) return record;
    const { batch, missing } = waiting;
    return withBatch(record, {
      ...batch,
      wentOnWithout: [...(batch.wentOnWithout ?? []), ...missing.map(({ id }) => id)],
    });
  },
};

/** The batch that is up and holds up the next one, and the agents that are not back. */
function heldUp(record: Maintenance): {
  readonly batch: BatchIn<"up">;
  readonly missing: readonly AgentSeen[];
} | null {
  const batch = turnOf(record);
  if (batch?.phase !== "up") return null;
  const without = new Set(batch.wentOnWithout);
  return { batch, missing: agentsMissing(batch).filter(({ id }) => !without.has(id)) };
}
