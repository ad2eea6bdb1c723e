import { withdrawnToAskAnew } from "../approval/question.js";
import { endMs } from "../cluster/schedule.js";
import { WINDOW_CHANGED } from "../phases/foreign-changes.js";
import { isDraining, withBatch } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { OWN_WINDOW_UNSEEN } from "../sight/nothing-shown.js";
import { replyOf } from "../text/reply.js";
import type { Millis } from "../time.js";
import { type Decided, type DecisionContext, unchanged } from "./decided.js";

/**
 * Posts our window once more: after somebody else removed it, or after the master accepted it and showed no window at
 * all. A person decides that, since on a filtered view the post replaces windows that nobody here can see (invariant 2).
 */
export function retry(record: Maintenance, { person, nowMs }: DecisionContext): Decided {
  const batches = record.batches.filter((batch) => isToPostAgain(batch, record.trouble?.code));
  if (record.cancel !== null || batches.length === 0) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: there is no removed window to post again, as far as the last look at the master shows.`,
      notDone: "Nothing was changed.",
      next: `See how it stands with /mesos status ${record.id}.`,
    });
  }
  if (batches.some((batch) => isDraining(batch) && isOver(batch, nowMs))) {
    return unchanged(record, {
      tone: "refused",
      text: `${record.id}: its window has ended, and nobody expects the machines to go away after it.`,
      notDone: "The window was not posted again.",
      next: `Make it longer first, with Extend or /mesos extend ${record.id} <duration>, then post it again; or /mesos cancel ${record.id}.`,
    });
  }
  let next = record;
  for (const batch of batches) {
    // What an earlier post came to says nothing about the one that follows.
    const how = { why: "posted_again", by: person.user } as const;
    const unasked = withdrawnToAskAnew(batch, nowMs, how);
    next = withBatch(next, { ...unasked, postedAtMs: null, phase: "scheduled", askedByItself: false });
  }
  return {
    record: next,
    reply: replyOf({ tone: "done", text: `${record.id}: the window is being posted again.` }),
  };
}

function isOver({ window }: Batch, nowMs: Millis): boolean {
  const end = endMs(window);
  return end !== null && end <= nowMs;
}

function isToPostAgain(batch: Batch, trouble: string | undefined): boolean {
  if (trouble === OWN_WINDOW_UNSEEN) return batch.phase === "scheduled" && batch.postedAtMs !== null;
  return trouble === WINDOW_CHANGED && isDraining(batch);
}
