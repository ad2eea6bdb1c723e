import { z } from "zod";
import { ABOUT_WORDS } from "../approval/about.js";
import { type Blocked, type DownAsked, downAsked, whyNotDown } from "../approval/down-rules.js";
import { isClear } from "../approval/obstacles.js";
import {
  type AskableBatch,
  askAgainBecauseWorse,
  conclude,
  freshPicture,
  isAskedAbout,
} from "../approval/question.js";
import { beginMove, whyNotMove } from "../moving/moves.js";
import { planMoves } from "../moving/plan.js";
import { mayNotApprove } from "../policy/may-approve.js";
import { approvalOf, batchOf, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { MovePlan } from "../record/move.js";
import type { Approval, Maintenance } from "../record/record.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { type Decided, type DecisionContext, decisionRow, refused, unchanged } from "./decided.js";
import { onOpenQuestion } from "./open-question.js";
import { approvedReply, filtered, nothingToDo, votedReply } from "./replies.js";

/**
 * A vote for what the question is about, Down above all, when the person may, and the world read after the click breaks no rule for going down; the last vote
 * that is needed grants (invariants 5, 6).
 */
export const approve = decisionRow({
  /**
   * `questionAtMs`: when the question was asked that the button stands in. A queue that comes back as it was before gives
   * the id of a lost question to another one; buttons of earlier builds carry only the id.
   */
  takes: z.object({
    kind: z.literal("approve"),
    batch: z.string(),
    approval: z.string(),
    questionAtMs: z.number().int().optional(),
  }),
  wanted: "approve",
  needsWorld: true,
  looksAtMarathons: (record, about) => approvalOf(record, about)?.about === "move_tasks",
  isOnce: true,
  ...onOpenQuestion,
  decide(record, about, context) {
    const { world, others, marathons = [], nowMs, policy, person } = context;
    const batch = batchOf(record, about.batch);
    const approval = approvalOf(record, about);
    if (batch === null || !isAskedAbout(batch) || approval === null || world === null)
      return unchanged(record, nothingToDo(record));
    if (about.questionAtMs !== undefined && about.questionAtMs !== approval.askedAtMs)
      return unchanged(record, anotherQuestion(record));
    const { name, notDone } = ABOUT_WORDS[approval.about];
    const notAllowed = mayNotApprove(record, person, policy, approval.askedBy, name);
    if (notAllowed !== null) {
      const { text, why, next } = notAllowed;
      const reply = { tone: "refused", text, notDone: `${notDone}.`, next } as const;
      return refused(record, "approve", reply, why, context);
    }
    const needed = Math.max(approval.votesNeeded, policy.votes);
    if (nowMs < approval.expiresAtMs && approval.votes.some((vote) => vote.by === person.user)) {
      // Also when the job of the first click is run again after a crash: told as it stands.
      const text = `${record.id}: you have already approved this (${approval.votes.length} of ${needed}).`;
      return unchanged(record, { ...votedReply(record, approval, approval.votes.length, needed), text });
    }
    const unbelievable = filtered(world);
    if (unbelievable !== null) return unchanged(record, unbelievable);
    const picture = freshPicture(record, batch, world);
    const asked = downAsked({ record, batch, approval, world, others, policy, nowMs }, picture);
    if (approval.about === "move_tasks") {
      const plan = planMoves(world, batch, marathons, policy);
      const blocked = whyNotMove(asked, plan);
      return blocked === null
        ? vote(record, batch, approval, needed, context)
        : blockedBy(blocked, asked, context, plan);
    }
    const blocked = whyNotDown(asked);
    return blocked === null
      ? vote(record, batch, approval, needed, context)
      : blockedBy(blocked, asked, context);
  },
});

/**
 * The button of a question that is not on record any more, under an id that another one has got since: the queue came back
 * as it was before (invariants 5 and 13).
 */
function anotherQuestion({ id }: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: this button belongs to a question that is not on record any more; the one of its name shows something else.`,
    notDone: "Nothing was decided.",
    next: "Decide on the newest question in the thread.",
  };
}

/** Why the vote came to nothing, and what becomes of the question. */
function blockedBy(
  blocked: Blocked,
  asked: DownAsked,
  context: DecisionContext,
  move: MovePlan | null = null,
): Decided {
  const { record, batch, approval, policy, nowMs } = asked;
  const { why, next } = blocked;
  const { notDone } = ABOUT_WORDS[approval.about];
  const reply = { tone: "refused", text: why, next } as const;
  switch (blocked.then) {
    case "waits": {
      const open = { ...reply, notDone: `${notDone}; the question stays open.` };
      return blocked.isPolicy ? refused(record, "approve", open, why, context) : unchanged(record, open);
    }
    case "expired":
      return {
        record: conclude(record, batch, { kind: "expired", atMs: nowMs }),
        reply: replyOf({ ...reply, notDone: `${notDone}.` }),
      };
    case "worse": {
      const by = context.person.user;
      const canAsk = isClear(asked.obstacles) && (move === null || move.apps.length > 0);
      const how = { changes: blocked.changes, by, canAsk, ...(move === null ? {} : { move }) };
      return {
        record: askAgainBecauseWorse(record, batch, asked.seen, how, policy, nowMs),
        reply: replyOf({ ...reply, notDone: `${notDone}.` }),
      };
    }
  }
}

/** One more distinct person has approved. */
function vote(
  record: Maintenance,
  batch: AskableBatch,
  approval: Approval,
  needed: number,
  { person, nowMs }: DecisionContext,
): Decided {
  const by = person.user;
  const votes = [...approval.votes, { by, atMs: nowMs }];
  const voted = {
    ...batch,
    approvals: batch.approvals.map((one) =>
      one.id === approval.id ? { ...one, votes, votesNeeded: needed } : one,
    ),
  };
  if (votes.length >= needed) {
    const granted = conclude(withBatch(record, voted), voted, { kind: "granted", by, atMs: nowMs });
    const begun = approval.about === "move_tasks" ? beginMove(granted, batch, approval, by, nowMs) : granted;
    return { record: begun, reply: replyOf(approvedReply(begun, approval)) };
  }
  const told = withEvent(withBatch(record, voted), nowMs, {
    kind: "voted",
    batch: batch.id,
    approval: approval.id,
    by,
    votes: votes.length,
    needed,
  });
  return { record: told, reply: replyOf(votedReply(record, approval, votes.length, needed)) };
}
