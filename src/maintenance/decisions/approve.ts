import { obstacles } from "../approval/obstacles.js";
import { askAgainBecauseWorse, conclude, freshPicture, seenNow } from "../approval/question.js";
import { worseThan } from "../approval/seen.js";
import { closedForDown } from "../policy/hours.js";
import { mayNotApprove } from "../policy/may-approve.js";
import { batchOf, withBatch } from "../record/batch.js";
import type { Decision } from "../record/decision.js";
import { withEvent } from "../record/log.js";
import type { Approval, Batch, Maintenance } from "../record/record.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { replyOf } from "../text/reply.js";
import { type Decided, type DecisionContext, refused, unchanged } from "./decided.js";
import {
  alreadySettled,
  approvedReply,
  beingCancelled,
  expiredReply,
  filtered,
  isHeld,
  nothingToDo,
  votedReply,
} from "./replies.js";

/**
 * A vote for Down, when the person may, nothing holds it, the hour is right, and the world read after the click is no
 * worse than what was shown; the last vote that is needed grants (invariants 5, 6).
 */
export function approve(
  record: Maintenance,
  { batch: batchId, approval: approvalId }: Extract<Decision, { kind: "approve" }>,
  context: DecisionContext,
): Decided {
  const { world, nowMs, policy, person } = context;
  const batch = batchOf(record, batchId);
  const approval = batch?.approvals.find((a) => a.id === approvalId) ?? null;
  if (batch === null || approval === null || world === null) return unchanged(record, nothingToDo(record));
  const settled = alreadySettled(record, approval, person.user);
  if (settled !== null) return unchanged(record, settled);
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  const notAllowed = mayNotApprove(record, person, policy, approval.askedBy);
  if (notAllowed !== null) {
    const { text, why } = notAllowed;
    return refused(
      record,
      "approve",
      { tone: "refused", text, notDone: "Nothing was taken down." },
      why,
      context,
    );
  }
  if (nowMs >= approval.expiresAtMs) {
    const expired = conclude(record, batch, { kind: "expired", atMs: nowMs });
    return { record: expired, reply: replyOf(expiredReply(record)) };
  }
  const needed = Math.max(approval.votesNeeded, policy.votes);
  if (approval.votes.some((vote) => vote.by === person.user)) {
    // Also when the job of the first click is run again after a crash: told as it stands.
    const text = `${record.id}: you have already approved this (${approval.votes.length} of ${needed}).`;
    return unchanged(record, { ...votedReply(record, approval.votes.length, needed), text });
  }
  if (record.held !== null) {
    return unchanged(record, isHeld(record, "Nothing was taken down; the question stays open."));
  }
  const closed = closedForDown(record, policy, nowMs);
  if (closed !== null) {
    const notDone = "Nothing was taken down; the question stays open.";
    const reply = {
      tone: "refused",
      text: `${record.id}: ${closed.why}`,
      notDone,
      next: closed.next,
    } as const;
    return refused(record, "approve", reply, closed.why, context);
  }
  const blind = filtered(world);
  if (blind !== null) return unchanged(record, blind);

  const picture = freshPicture(record, batch, world);
  const { notOurs, unknown } = obstacles(world, batch, picture);
  // Invariant 2: without knowing what runs there nobody can say that it is what was shown. It passes by itself.
  if (unknown.length > 0) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: ${quoted(list(unknown, "; ", 5))}.`,
      notDone: "Nothing was taken down; the question stays open.",
      next: "Click again when the agents have registered again.",
    });
  }
  const seen = seenNow(world, batch, picture);
  const changes = [...notOurs, ...worseThan(approval.seen, seen)];
  if (changes.length > 0) {
    const canAsk = notOurs.length === 0;
    return {
      record: askAgainBecauseWorse(record, batch, seen, changes, person.user, policy, nowMs, canAsk),
      reply: replyOf({
        tone: "refused",
        text: `The picture got worse since the question was asked: ${quoted(list(changes, "; ", 5))}.`,
        notDone: "Nothing was taken down.",
        next: canAsk
          ? "Look at the new question in the thread and decide again."
          : "Post the window again with the button, or cancel; once the machines drain again the question is asked anew.",
      }),
    };
  }
  return vote(record, batch, approval, needed, context);
}

/** One more distinct person has approved. */
function vote(
  record: Maintenance,
  batch: Batch,
  approval: Approval,
  needed: number,
  { person, nowMs }: DecisionContext,
): Decided {
  const by = person.user;
  const votes = [...approval.votes, { by, atMs: nowMs }];
  const voted: Batch = {
    ...batch,
    approvals: batch.approvals.map((one) =>
      one.id === approval.id ? { ...one, votes, votesNeeded: needed } : one,
    ),
  };
  if (votes.length >= needed) {
    const granted = conclude(withBatch(record, voted), voted, { kind: "granted", by, atMs: nowMs });
    return {
      record: granted,
      reply: replyOf(approvedReply(granted)),
    };
  }
  const told = withEvent(withBatch(record, voted), nowMs, {
    kind: "voted",
    batch: batch.id,
    approval: approval.id,
    by,
    votes: votes.length,
    needed,
  });
  return { record: told, reply: replyOf(votedReply(record, votes.length, needed)) };
}
