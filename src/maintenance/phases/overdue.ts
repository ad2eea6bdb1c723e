import { endMs } from "../cluster/schedule.js";
import { withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { BatchIn, Maintenance, StandingBatch } from "../record/record.js";

/** Once per window: it has passed and the machines are still away (invariant 11). */
export function tellOverdue(
  record: Maintenance,
  batch: StandingBatch | BatchIn<"kill_draining" | "down">,
  nowMs: number,
): Maintenance {
  const end = endMs(batch.window);
  if (end === null || nowMs < end || batch.overdueTold) return record;
  const told = withBatch(record, { ...batch, overdueTold: true });
  return withEvent(told, nowMs, { kind: "overdue", batch: batch.id, endMs: end });
}
