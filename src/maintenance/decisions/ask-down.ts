import { z } from "zod";
import { type Obstacles, obstacles } from "../approval/obstacles.js";
import { ask, conclude, freshPicture, killTakenBack, openApproval, seenNow } from "../approval/question.js";
import { nobodyCouldApprove } from "../policy/may-approve.js";
import { overBudget } from "../policy/over-budget.js";
import {
  batchOf,
  drainingNow,
  isDraining,
  isKillSent,
  isToGoDown,
  toBePosted,
  withBatch,
} from "../record/batch.js";
import type { Batch, BatchIn, Maintenance } from "../record/record.js";
import { isIn } from "../record/troubles.js";
import { isItsTurn, notItsTurn } from "../rolling/turn.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import type { Millis } from "../time.js";
import { aboutTurn } from "./about-turn.js";
import { type Decided, decisionRow, unchanged } from "./decided.js";
import { beingCancelled, filtered, isHeld, isMoving, nothingToDo } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

const NOT_ASKED = "The approval was not asked for.";

/** Asks for the Down of a draining batch. */
export const askDown = decisionRow({
  takes: z.object({ kind: z.literal("ask_down"), ...aboutTurn }),
  wanted: "ask for Down",
  needsWorld: true,
  isOnce: false,
  whyNotPossible(record, about) {
    const batch = batchMeant(record, about.batch);
    if (batch === null) return nothingToDo(record);
    const cancelled = beingCancelled(record);
    if (cancelled !== null) return cancelled;
    const waits = { tone: "refused", ...notItsTurn(record, batch), notDone: NOT_ASKED } as const;
    // A kill-drain need not be waited for: it may never be possible, and may not end.
    if (batch.phase === "kill_draining" && isItsTurn(record, batch))
      return record.held === null ? null : isHeld(record, NOT_ASKED);
    // One that is still to come may not even be announced.
    if ((batch.phase === "scheduled" || batch.phase === "kill_draining") && !isItsTurn(record, batch))
      return waits;
    if (!isDraining(batch)) return wrongPhase(record, "Down");
    if (record.held !== null) return isHeld(record, NOT_ASKED);
    if (record.paused !== null && !record.paused.asksAlone) return isPaused(record);
    if (!isItsTurn(record, batch)) return waits;
    return batch.movingFrom === null ? null : isMoving(record, NOT_ASKED);
  },
  isObstructed: isObstructedNow,
  alreadyDone(record, about, { nowMs }) {
    const batch = batchMeant(record, about.batch);
    const open = batch === null ? null : openApproval(batch);
    if (open?.about !== "down" || nowMs >= open.expiresAtMs || record.cancel !== null) return null;
    return {
      tone: "info",
      text: `${record.id}: the approval is already asked for; the question stands in the thread.`,
      next: "Approve or deny it there.",
    };
  },
  decide(record, about, { world, others, nowMs, policy, person }) {
    const batch = batchMeant(record, about.batch);
    if (batch?.phase === "kill_draining") return withoutWaiting(record, batch, person.user, nowMs);
    if (batch === null || !isDraining(batch) || world === null) return unchanged(record, nothingToDo(record));
    const picture = freshPicture(record, batch, world);
    const why = filtered(world) ?? obstructed(record, obstacles(world, batch, picture));
    if (why !== null) return unchanged(record, why);
    const over = overBudget({ record, batch, world, others, policy, nowMs });
    if (over !== null) {
      const next = `It is asked for by itself when what is out is back. If it cannot wait, ${over.override}`;
      return unchanged(record, {
        tone: "refused",
        text: `${record.id}: ${over.why}`,
        notDone: NOT_ASKED,
        next,
      });
    }
    const nobody = nobodyCouldApprove(record, policy, person.user);
    if (nobody !== null) {
      return unchanged(record, {
        tone: "refused",
        text: `${record.id}: ${nobody}`,
        notDone: NOT_ASKED,
        next: "Have it asked for by somebody who is not needed to approve it.",
      });
    }
    const open = openApproval(batch);
    // One about something else is withdrawn for this one.
    const isOver = open !== null && nowMs >= open.expiresAtMs;
    const current = isOver ? conclude(record, batch, { kind: "expired", atMs: nowMs }) : record;
    const how = { about: "down", by: person.user, forced: open?.forced ?? false } as const;
    const seen = seenNow(world, batch, picture);
    return {
      record: ask(current, drainingNow(current, batch), seen, how, policy, nowMs),
      reply: replyOf({
        tone: "done",
        text: `${record.id}: the approval is asked for in the thread.`,
        next: policy.selfApproval ? null : "Somebody else has to approve it.",
      }),
    };
  },
});

/** The batch that is named; without one, the first that is not away yet. */
function batchMeant(record: Maintenance, batch: string | null): Batch | null {
  return batch === null
    ? (record.batches.find(isToGoDown) ?? record.batches.at(-1) ?? null)
    : batchOf(record, batch);
}

/** The window is posted although the kill-drain has not ended, or was not sent; Down is asked for once it stands. */
function withoutWaiting(
  record: Maintenance,
  batch: BatchIn<"kill_draining">,
  by: string,
  nowMs: Millis,
): Decided {
  const unasked = killTakenBack(batch, nowMs, { why: "replaced", by });
  const isSent = isKillSent(batch);
  const without = isSent ? "without waiting for the end of the kill-drain" : "without the kill-drain";
  return {
    record: withBatch(record, toBePosted(unasked, false, { by, forced: false })),
    reply: replyOf({
      tone: "done",
      text: `${record.id}: its window is posted ${without}. The approval of Down is asked for once the machines drain in it.`,
      notDone: isSent
        ? "The kill-drain is not taken back; Mesos cannot."
        : "Nothing was killed under its approval.",
    }),
  };
}

function isPaused({ id, paused }: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${id} is paused: ${quoted(paused?.saw ?? "")}.`,
    notDone: NOT_ASKED,
    next: `Press Go on on the card, or type /mesos go-on ${id}.`,
  };
}

/** The same, as far as the last look tells; also for an approval. */
export function isObstructedNow(record: Maintenance): boolean {
  return (
    isIn(record, "window_changed", "windows_gone", "agent_moved") || (record.picture?.recovering ?? 0) > 0
  );
}

/** Machines that cannot be taken down as they stand: a person puts that right first, or it passes by itself. */
export function obstructed(
  { id }: Maintenance,
  { notOurs, unknown }: Obstacles,
  notDone: string = NOT_ASKED,
): ReplyParts | null {
  if (notOurs.length > 0) {
    return {
      tone: "refused",
      text: `${id}: ${quoted(list(notOurs, "; ", 5))}. Only machines that drain in our window can be taken down.`,
      notDone,
      next: "Look at the card: if somebody removed the window, post it again with the button, or cancel.",
    };
  }
  if (unknown.length === 0) return null;
  return {
    tone: "refused",
    text: `${id}: ${quoted(list(unknown, "; ", 5))}.`,
    notDone,
    next: "Wait until the agents have registered again, then ask once more.",
  };
}
