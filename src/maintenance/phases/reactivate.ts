import type { World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import type { Batch } from "../record/record.js";
import type { Effect, Moment } from "./step.js";

// An agent that was drained takes no task until it was Down and is up again, or is reactivated (Mesos: agent draining).

/** What has those agents take tasks again that were drained for this batch. Nobody can hurry one that is still draining. */
export function reactivationsOf(world: World, batch: Batch): Effect[] {
  const { registered } = indexWorld(world);
  return batch.drained.flatMap(({ agentId }): Effect[] =>
    registered.get(agentId)?.drain === "drained"
      ? [{ kind: "reactivate_agent", batch: batch.id, agentId }]
      : [],
  );
}

/** Whether none of the agents that were drained for this batch is, or may yet come to be, without tasks because of it. */
export function areReactivated({ drained }: Batch, { world, policy, nowMs }: Moment): boolean {
  const { registered } = indexWorld(world);
  return drained.every(({ agentId, sentAtMs }) => {
    const drain = registered.get(agentId)?.drain ?? null;
    // A call without an answer may still take effect (invariant 7).
    return drain === null && nowMs >= sentAtMs + policy.settleMs;
  });
}
