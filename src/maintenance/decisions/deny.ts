import { conclude } from "../approval/question.js";
import { mayNotApprove } from "../policy/may-approve.js";
import { batchOf } from "../record/batch.js";
import type { Decision } from "../record/decision.js";
import type { Maintenance } from "../record/record.js";
import { replyOf } from "../text/reply.js";
import { type Decided, type DecisionContext, refused, unchanged } from "./decided.js";
import { alreadySettled, beingCancelled, deniedReply, nothingToDo } from "./replies.js";

/** Says no to Down; the machines go on draining and a person asks again. One no outweighs the votes given so far. */
export function deny(
  record: Maintenance,
  { batch: batchId, approval: approvalId, reason }: Extract<Decision, { kind: "deny" }>,
  context: DecisionContext,
): Decided {
  const { person, nowMs, policy } = context;
  const batch = batchOf(record, batchId);
  const approval = batch?.approvals.find((a) => a.id === approvalId) ?? null;
  if (batch === null || approval === null) return unchanged(record, nothingToDo(record));
  const settled = alreadySettled(record, approval, person.user);
  if (settled !== null) return unchanged(record, settled);
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  // Whoever asked may always take their own question back.
  const own = person.user === record.requester || person.user === approval.askedBy;
  const notAllowed = own ? null : mayNotApprove(record, person, policy);
  if (notAllowed !== null) {
    const { text, why } = notAllowed;
    return refused(record, "deny", { tone: "refused", text, notDone: "Nothing was decided." }, why, context);
  }
  return {
    record: conclude(record, batch, { kind: "denied", by: person.user, atMs: nowMs, reason }),
    reply: replyOf(deniedReply(record)),
  };
}
