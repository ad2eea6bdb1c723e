import { z } from "zod";
import { pictureOf } from "../answers/verdicts.js";
import { toAskAnew, withdrawn } from "../approval/question.js";
import { isOver } from "../cluster/schedule.js";
import { isDraining, isPosted, withBatch } from "../record/batch.js";
import { untilDown } from "../record/batch-phases.js";
import type { BatchIn, DrainingBatch, Maintenance } from "../record/record.js";
import { isIn } from "../record/troubles.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow, unchanged } from "./decided.js";

/**
 * Posts our window once more: after somebody else removed it, or after the master accepted it and showed no window at
 * all. Its kind is `retry`, as buttons in channels have it. A person decides that, since on a filtered view the post replaces windows that nobody here can see (invariant 2).
 */
export const postAgain = decisionRow({
  takes: z.object({ kind: z.literal("retry") }),
  wanted: "post the window again",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record) {
    const batches = record.cancel === null ? batchesToPost(record) : [];
    const lookedAtMs = record.picture?.atMs ?? record.requestedAtMs;
    if (batches.some((batch) => isDraining(batch) && isOver(batch.window, lookedAtMs)))
      return tooLate(record);
    if (batches.length > 0) return null;
    return {
      tone: "info",
      text: `${record.id}: there is no removed window to post again, as far as the last look at the master shows.`,
      notDone: "Nothing was changed.",
      next: `See how it stands with /mesos status ${record.id}.`,
    };
  },
  decide(record, _, { person, nowMs }) {
    const batches = batchesToPost(record);
    if (batches.some((batch) => isDraining(batch) && isOver(batch.window, nowMs))) {
      return unchanged(record, tooLate(record));
    }
    const how = { why: "posted_again", by: person.user } as const;
    const next = batches.reduce((current, batch) => {
      return withBatch(current, {
        ...untilDown(withdrawn(batch, nowMs, how)),
        phase: "scheduled",
        // What an earlier post came to says nothing about the one that follows.
        post: { kind: "none", sightProved: false },
        askAnew: toAskAnew(batch),
      });
    }, record);
    return {
      record: next,
      reply: replyOf({ tone: "done", text: `${record.id}: the window is being posted again.` }),
    };
  },
});

function tooLate({ id }: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: its window has ended, and nobody expects the machines to go away after it.`,
    notDone: "The window was not posted again.",
    next: `Make it longer first, with Extend or /mesos extend ${id} <duration>, then post it again; or /mesos cancel ${id}.`,
  };
}

/** Batches whose window is known to be gone, or was posted and never shown. */
function batchesToPost(record: Maintenance): (BatchIn<"scheduled"> | DrainingBatch)[] {
  if (isIn(record, "window_changed", "windows_gone")) {
    const draining = record.batches.filter(isDraining);
    // Of several those that miss one; where none does, nothing but a machine in another window is in the way.
    const missing = draining.filter((batch) => missesWindow(record, batch));
    return missing.length > 0 ? missing : draining;
  }
  if (!isIn(record, "own_window_unseen")) return [];
  return record.batches.filter(isPosted);
}

/** Whether the last look showed one of its machines in no window. */
function missesWindow({ picture }: Maintenance, batch: DrainingBatch): boolean {
  return picture !== null && pictureOf(batch.machines, picture).machines.some(({ mode }) => mode === "up");
}
