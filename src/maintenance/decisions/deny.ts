import { z } from "zod";
import { conclude, isAskedAbout } from "../approval/question.js";
import { mayNotApprove } from "../policy/may-approve.js";
import { approvalOf, batchOf } from "../record/batch.js";
import { replyOf } from "../text/reply.js";
import { decisionRow, refused, unchanged } from "./decided.js";
import { onOpenQuestion } from "./open-question.js";
import { deniedReply, nothingToDo } from "./replies.js";

/** Says no to what the question is about; the machines go on draining and a person asks again. One no outweighs the votes given so far. */
export const deny = decisionRow({
  takes: z.object({
    kind: z.literal("deny"),
    batch: z.string(),
    approval: z.string(),
    reason: z.string().nullable(),
  }),
  wanted: "deny",
  needsWorld: false,
  isOnce: true,
  ...onOpenQuestion,
  decide(record, about, context) {
    const { person, nowMs, policy } = context;
    const batch = batchOf(record, about.batch);
    const approval = approvalOf(record, about);
    if (batch === null || !isAskedAbout(batch) || approval === null)
      return unchanged(record, nothingToDo(record));
    // Whoever asked may always take their own question back.
    const own = person.user === record.requester || person.user === approval.askedBy;
    const notAllowed = own ? null : mayNotApprove(record, person, policy);
    if (notAllowed !== null) {
      const { text, why, next } = notAllowed;
      return refused(
        record,
        "deny",
        { tone: "refused", text, notDone: "Nothing was decided.", next },
        why,
        context,
      );
    }
    return {
      record: conclude(record, batch, { kind: "denied", by: person.user, atMs: nowMs, reason: about.reason }),
      reply: replyOf(deniedReply(record, approval)),
    };
  },
});
