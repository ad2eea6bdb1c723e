import { ask, askAgainBecauseWorse, openApproval, seenNow, settle, watchedMachines } from "./approval.js";
import type { Decided, DecisionContext } from "./decide.js";
import type { Decision } from "./decision.js";
import { withBatch, withEvent } from "./log.js";
import type { Picture } from "./picture.js";
import { list } from "./plan.js";
import { mayNotApprove } from "./policy.js";
import { obstacles } from "./readiness.js";
import type { Approval, Batch, Maintenance } from "./record.js";
import {
  alreadySettled,
  beingCancelled,
  expiredReply,
  filtered,
  nothingToDo,
  unchanged,
  wrongPhase,
} from "./refusals.js";
import { replyOf } from "./reply.js";
import { worseThan } from "./seen.js";
import type { Millis } from "./time.js";
import { lookAt, pictureOf } from "./verdicts.js";
import type { World } from "./world.js";

/** Asks for the Down of a draining batch. */
export function askDown(record: Maintenance, batchId: string, context: DecisionContext): Decided {
  const { world, nowMs, policy, by } = context;
  const batch = batchOf(record, batchId);
  if (batch === null || world === null) return unchanged(record, nothingToDo(record));
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  const open = openApproval(batch);
  if (open !== null && nowMs < open.expiresAtMs) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: the approval is already asked for; the question stands in the thread.`,
      next: "Approve or deny it there.",
    });
  }
  if (batch.phase !== "draining" && batch.phase !== "awaiting_approval") {
    return unchanged(record, wrongPhase(record, "Down"));
  }
  const blind = filtered(world);
  if (blind !== null) return unchanged(record, blind);
  const picture = freshPicture(record, batch, world);
  const { notOurs, unknown } = obstacles(world, batch, picture);
  if (notOurs.length > 0) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: ${list(notOurs, "; ", 5)}. Only machines that drain in our window can be taken down.`,
      notDone: "The approval was not asked for.",
      next: "Look at the card: if somebody removed the window, post it again with the button, or cancel.",
    });
  }
  if (unknown.length > 0) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: ${list(unknown, "; ", 5)}.`,
      notDone: "The approval was not asked for.",
      next: "Wait until the agents have registered again, then ask once more.",
    });
  }
  const current = open === null ? record : expire(record, batch, open, nowMs);
  const asked = ask(
    current,
    batchOf(current, batchId) ?? batch,
    seenNow(world, batch, picture),
    by,
    policy,
    nowMs,
  );
  return {
    record: asked,
    reply: replyOf({ tone: "done", text: `${record.id}: the approval is asked for in the thread.` }),
  };
}

/** Grants Down, when the person may and the world read after the click is no worse than what was shown (invariants 5, 6). */
export function approve(
  record: Maintenance,
  { batch: batchId, approval: approvalId }: Extract<Decision, { kind: "approve" }>,
  context: DecisionContext,
): Decided {
  const { world, nowMs, policy, by } = context;
  const batch = batchOf(record, batchId);
  const approval = batch?.approvals.find((a) => a.id === approvalId) ?? null;
  if (batch === null || approval === null || world === null) return unchanged(record, nothingToDo(record));
  const settled = alreadySettled(record, approval);
  if (settled !== null) return unchanged(record, settled);
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  const refused = mayNotApprove(record, by, policy);
  if (refused !== null) {
    return unchanged(record, { tone: "refused", text: refused, notDone: "Nothing was taken down." });
  }
  if (nowMs >= approval.expiresAtMs) {
    return { record: expire(record, batch, approval, nowMs), reply: replyOf(expiredReply(record)) };
  }
  const blind = filtered(world);
  if (blind !== null) return unchanged(record, blind);

  const picture = freshPicture(record, batch, world);
  const { notOurs, unknown } = obstacles(world, batch, picture);
  // Invariant 2: without knowing what runs there nobody can say that it is what was shown. It passes by itself.
  if (unknown.length > 0) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: ${list(unknown, "; ", 5)}.`,
      notDone: "Nothing was taken down; the question stays open.",
      next: "Click again when the agents have registered again.",
    });
  }
  const seen = seenNow(world, batch, picture);
  const changes = [...notOurs, ...worseThan(approval.seen, seen)];
  if (changes.length > 0) {
    const canAsk = notOurs.length === 0;
    return {
      record: askAgainBecauseWorse(record, batch, seen, changes, by, policy, nowMs, canAsk),
      reply: replyOf({
        tone: "refused",
        text: `The picture got worse since the question was asked: ${list(changes, "; ", 5)}.`,
        notDone: "Nothing was taken down.",
        next: canAsk
          ? "Look at the new question in the thread and decide again."
          : "Post the window again with the button, or cancel; once the machines drain again the question is asked anew.",
      }),
    };
  }
  const granted: Batch = {
    ...settle(batch, { kind: "granted", by, atMs: nowMs }),
    phase: "taking_down",
    intent: null,
  };
  const told = withEvent(withBatch(record, granted), nowMs, {
    kind: "approved",
    batch: batch.id,
    approval: approval.id,
    by,
  });
  return {
    record: withEvent(told, nowMs, { kind: "taking_down", batch: batch.id }),
    reply: replyOf({ tone: "done", text: `You approved ${record.id}; the machines are being taken down.` }),
  };
}

/** Says no to Down; the machines go on draining and a person asks again. */
export function deny(
  record: Maintenance,
  { batch: batchId, approval: approvalId, reason }: Extract<Decision, { kind: "deny" }>,
  { by, nowMs, policy }: DecisionContext,
): Decided {
  const batch = batchOf(record, batchId);
  const approval = batch?.approvals.find((a) => a.id === approvalId) ?? null;
  if (batch === null || approval === null) return unchanged(record, nothingToDo(record));
  const settled = alreadySettled(record, approval);
  if (settled !== null) return unchanged(record, settled);
  if (record.cancel !== null) return unchanged(record, beingCancelled(record));
  // The requester may always take their own question back.
  const refused = by === record.requester ? null : mayNotApprove(record, by, policy);
  if (refused !== null) {
    return unchanged(record, { tone: "refused", text: refused, notDone: "Nothing was decided." });
  }
  const denied = withBatch(record, {
    ...settle(batch, { kind: "denied", by, atMs: nowMs, reason }),
    phase: "draining",
  });
  return {
    record: withEvent(denied, nowMs, { kind: "denied", batch: batch.id, approval: approval.id, by, reason }),
    reply: replyOf({
      tone: "done",
      text: `You denied the Down of ${record.id}. The machines go on draining.`,
      next: `Ask again with the button or /mesos down ${record.id}, or give them back with /mesos cancel ${record.id}.`,
    }),
  };
}

/** Fail closed: a question nobody answered in time is a no. */
function expire(record: Maintenance, batch: Batch, approval: Approval, nowMs: Millis): Maintenance {
  const expired: Batch = { ...settle(batch, { kind: "expired", atMs: nowMs }), phase: "draining" };
  return withEvent(withBatch(record, expired), nowMs, {
    kind: "approval_expired",
    batch: batch.id,
    approval: approval.id,
  });
}

/**
 * What the world that was read for this decision shows of the batch. It is not stored: the next tick looks for itself,
 * and tells the thread what has changed since the last one.
 */
function freshPicture(record: Maintenance, batch: Batch, world: World): Picture {
  const picture = lookAt(world, record.batches.flatMap(watchedMachines), record.picture);
  return pictureOf(batch.machines, picture);
}

function batchOf(record: Maintenance, id: string): Batch | null {
  return record.batches.find((batch) => batch.id === id) ?? null;
}
