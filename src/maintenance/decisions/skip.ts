import { z } from "zod";
import { takenBack } from "../approval/question.js";
import { isDownSent, isToGoDown, placeOf, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Batch, Maintenance } from "../record/record.js";
import { turnOf, waitingForTurn } from "../rolling/turn.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { aboutTurn, whyNotOnTurn } from "./about-turn.js";
import { decisionRow, unchanged } from "./decided.js";
import { doneBefore } from "./done-before.js";
import { nothingToDo, onceReleased } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

/** Gives back the batch whose turn it is without taking it down; the other batches go on. */
export const skip = decisionRow({
  takes: z.object({ kind: z.literal("skip"), ...aboutTurn }),
  wanted: "skip the batch",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record, { batch: about }) {
    const why = whyNotOnTurn(record, about);
    if (why !== null) return why;
    const batch = turnOf(record);
    if (record.batches.length < 2) {
      return {
        tone: "refused",
        text: `${record.id} has no batches to skip.`,
        notDone: "Nothing was skipped.",
        next: `Give all its machines back with /mesos cancel ${record.id}.`,
      };
    }
    if (batch?.phase === "up" && waitingForTurn(record).length > 0) return waitsForAgents(record, batch);
    if (batch === null || !isToGoDown(batch) || isDownSent(batch)) return wrongPhase(record, "Skip");
    return null;
  },
  alreadyDone(record, { batch: about }, context) {
    const before = about === null ? doneBefore(record, "skipped", context) : null;
    if (before !== null) return skippedReply(record, before.batch);
    const batch = turnOf(record);
    if (batch === null || !isToGoDown(batch) || batch.skippedBy === undefined) return null;
    return { tone: "info", text: `${record.id}: ${placeOf(record, batch.id)} is being given back already.` };
  },
  decide(record, _, { person, nowMs, askedAtMs }) {
    const batch = turnOf(record);
    if (batch === null || !isToGoDown(batch)) return unchanged(record, nothingToDo(record));
    const by = person.user;
    const back = takenBack(batch, nowMs, { why: "skipped", by });
    if (!isToGoDown(back)) return unchanged(record, nothingToDo(record));
    const skipped = withBatch({ ...record, paused: null }, { ...back, skippedBy: by });
    return {
      record: withEvent(skipped, nowMs, { kind: "skipped", batch: batch.id, by, askedAtMs }),
      reply: replyOf(skippedReply(record, batch.id)),
    };
  },
});

function waitsForAgents(record: Maintenance, batch: Batch): ReplyParts {
  const { id } = record;
  return {
    tone: "refused",
    text: `${id}: ${placeOf(record, batch.id)} is up and waits for its agents, so it cannot be skipped.`,
    notDone: "Nothing was skipped.",
    next: `To go on without those agents: /mesos leave-behind ${id}.`,
  };
}

function skippedReply(record: Maintenance, batch: string): ReplyParts {
  const isLast = !record.batches.some((one) => one.id !== batch && isToGoDown(one));
  const next = isLast ? "no other batch is to come" : `the next batch goes on${onceReleased(record)}`;
  return {
    tone: "done",
    text: `${record.id}: ${placeOf(record, batch)} is given back without having been down; ${next}.`,
  };
}
