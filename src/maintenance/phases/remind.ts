import { openApproval } from "../approval/question.js";
import { withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Approval, Batch, Maintenance } from "../record/record.js";

/** Told once, when half of the time for an answer is over. */
export function remind(record: Maintenance, batch: Batch, nowMs: number): Maintenance {
  const open = openApproval(batch);
  if (open === null || open.reminded || record.held !== null || nowMs < halfTime(open)) return record;
  const approvals = batch.approvals.map((one) => (one.id === open.id ? { ...one, reminded: true } : one));
  return withEvent(withBatch(record, { ...batch, approvals }), nowMs, {
    kind: "approval_reminder",
    batch: batch.id,
    approval: open.id,
    expiresAtMs: open.expiresAtMs,
  });
}

/** When a question is next due: its reminder, or its end. */
export function questionWakes({ expiresAtMs, reminded, ...open }: Approval): readonly number[] {
  return reminded ? [expiresAtMs] : [halfTime({ ...open, expiresAtMs }), expiresAtMs];
}

function halfTime({ askedAtMs, expiresAtMs }: Pick<Approval, "askedAtMs" | "expiresAtMs">): number {
  return askedAtMs + Math.floor((expiresAtMs - askedAtMs) / 2);
}
