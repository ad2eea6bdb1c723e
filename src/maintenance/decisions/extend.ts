import { z } from "zod";
import { toAskAnew, withdrawn } from "../approval/question.js";
import { endMs, isOver } from "../cluster/schedule.js";
import { withMoves } from "../phases/late-batches.js";
import { tooLong } from "../policy/drain-rules.js";
import { failedLookup, mentions } from "../policy/may-approve.js";
import { isAmong, settingOf } from "../policy/policy.js";
import { drainingAgain, isDraining, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Batch, BatchIn, DrainingBatch, Maintenance } from "../record/record.js";
import { isIn } from "../record/troubles.js";
import { shifted } from "../rolling/shift.js";
import { isItsTurn, waitingForTurn } from "../rolling/turn.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { formatSpan, millisToNanos, nanosToMillis } from "../time.js";
import { decisionRow, refused } from "./decided.js";
import { doneBefore } from "./done-before.js";
import { beingCancelled, isMoving } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

/** The batches whose window stands in the schedule, or will, and can be made longer; of several the one whose turn it is. */
function extendable(record: Maintenance): Extendable[] {
  return record.batches
    .filter((batch) => isItsTurn(record, batch))
    .filter((batch) => isDraining(batch) || isStillToBePosted(record, batch) || batch.phase === "down");
}

type Extendable = DrainingBatch | NotPosted | BatchIn<"down">;

type NotPosted = BatchIn<"kill_draining" | "scheduled">;

/** Whether its window is posted later, as the record has it by then; one of a batch that only waits for that has ended. */
function isStillToBePosted(record: Maintenance, batch: Batch): batch is NotPosted {
  return batch.phase === "kill_draining" || (batch.phase === "scheduled" && isIn(record, "window_over"));
}

const NOT_DONE = "The window stays as it is.";

/**
 * Makes our window longer. The record says so at once; the post follows with the next tick (`phases/move-window.ts`). A
 * question that stands was asked about the old window, so it is withdrawn and asked anew. Whoever may ask for a drain may
 * ask for a longer one.
 */
export const extend = decisionRow({
  takes: z.object({ kind: z.literal("extend"), byMs: z.number().int().positive() }),
  wanted: "extend the window",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record) {
    const cancelled = beingCancelled(record);
    if (cancelled !== null) return cancelled;
    const standing = extendable(record);
    const isGoing = record.batches.some(({ phase }) => phase === "taking_down");
    if (standing.length === 0 || isGoing) return wrongPhase(record, "Extend");
    if (record.batches.some(({ movingFrom }) => movingFrom !== null)) return isMoving(record, NOT_DONE);
    if (standing.some(({ window }) => window.duration !== null)) return null;
    return { tone: "info", text: `${record.id}: the window has no end, so there is nothing to extend.` };
  },
  alreadyDone: (record, { byMs }, context) =>
    doneBefore(record, "extended", context)?.byMs === byMs ? longerReply(record, byMs) : null,
  decide(record, { byMs }, context) {
    const { person, policy, nowMs, askedAtMs } = context;
    const { requesters } = policy;
    if (requesters.length > 0 && person.user !== record.requester && !isAmong(person, requesters)) {
      const setting = settingOf(record.cluster, "requesters");
      const failed = failedLookup(person);
      const text = `A window of ${record.cluster} is extended by those who may ask for one (${setting}): ${mentions(requesters)}.${failed}`;
      const reply = { tone: "refused", text, notDone: NOT_DONE } as const;
      return refused(record, "extend", reply, `not among ${setting}.${failed}`, context);
    }
    const moved = extendable(record).flatMap((batch) => longer(batch, byMs, person.user, nowMs));
    const long = moved
      .map((batch) => tooLong(record, nanosToMillis(batch.window.duration ?? 0n), policy))
      .find((why) => why !== null);
    if (long !== undefined) {
      const next = "Extend it by less, or bring these machines back and open another maintenance.";
      const text = `${record.id}: ${long}`;
      return refused(record, "extend", { tone: "refused", text, notDone: NOT_DONE, next }, long, context);
    }
    const next = moved.reduce(
      (current, batch) =>
        withEvent(withBatch(current, batch), nowMs, {
          kind: "extended",
          batch: batch.id,
          by: person.user,
          byMs,
          endMs: endMs(batch.window),
          askedAtMs,
        }),
      record,
    );
    const all = withMoves(next, shifted(next, policy, nowMs));
    return { record: all, reply: replyOf(longerReply(all, byMs)) };
  },
});

function longerReply(record: Maintenance, byMs: number): ReplyParts {
  const { id, batches } = record;
  const draining = batches.some(isDraining);
  const later = waitingForTurn(record).length;
  const asked = batches.some((batch) => batch.phase === "draining" && batch.askAnew !== null);
  return {
    tone: "done",
    text: [
      `${id}: the window is made ${formatSpan(byMs)} longer.`,
      ...(later > 0 ? ["The windows of the batches after it move along where they would overlap."] : []),
      ...(draining ? ["The post erases the answers of all frameworks, so they are asked again."] : []),
      ...(asked ? ["The question is withdrawn, and asked anew once the longer window stands."] : []),
    ].join(" "),
  };
}

/** The batch with its longer window still to be posted; none for a window without an end. */
function longer(batch: Extendable, byMs: number, by: string, nowMs: number): Batch[] {
  const { start, duration } = batch.window;
  if (duration === null) return [];
  const window = { start, duration: duration + millisToNanos(byMs) };
  const overdueTold = batch.overdueTold && isOver(window, nowMs);
  // The one of before may still stand, or be written back.
  if (batch.phase === "kill_draining" || batch.phase === "scheduled")
    return [{ ...batch, window, overdueTold, earlierWindows: [...batch.earlierWindows, batch.window] }];
  const moved = { window, movingFrom: batch.window, overdueTold };
  if (batch.phase === "down") return [{ ...batch, ...moved }];
  const unasked = drainingAgain(withdrawn(batch, nowMs, { why: "extended", by }), false);
  return [{ ...unasked, ...moved, askAnew: toAskAnew(batch) }];
}
