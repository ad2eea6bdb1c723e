import { z } from "zod";
import { isEmpty, isUnknown, pictureOf } from "../answers/verdicts.js";
import { isClear, obstaclesToKill } from "../approval/obstacles.js";
import { ask, conclude, freshPicture, openApproval, seenNow } from "../approval/question.js";
import { knowsDraining } from "../cluster/version-advice.js";
import { nobodyCouldApprove } from "../policy/may-approve.js";
import { overBudget } from "../policy/over-budget.js";
import { batchOf, isDraining, isKillSent, isStopped } from "../record/batch.js";
import type { BatchIn, DrainingBatch, Maintenance } from "../record/record.js";
import { isIn } from "../record/troubles.js";
import { isItsTurn, notItsTurn, turnOf } from "../rolling/turn.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { aboutTurn, whyNotOnTurn } from "./about-turn.js";
import { decisionRow, unchanged } from "./decided.js";
import { filtered, isHeld, isMoving, nothingToDo } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

const NOT_ASKED = "The kill-drain was not asked for.";

/**
 * Asks whether the master is to kill what stays on the machines (DRAIN_AGENT). It takes an approval of its own, as Down does,
 * and Down is asked for after it.
 */
export const askKillDrain = decisionRow({
  takes: z.object({
    kind: z.literal("ask_kill_drain"),
    ...aboutTurn,
    /** See `graceMs` of an approval. */
    graceMs: z.number().int().positive().nullable(),
  }),
  wanted: "ask for a kill-drain",
  needsWorld: true,
  isOnce: false,
  whyNotPossible(record, { batch: about }) {
    const why = whyNotOnTurn(record, about);
    if (why !== null) return why;
    const batch = turnOf(record);
    if (batch?.phase === "kill_draining" && openApproval(batch) === null)
      return wrongPhase(record, "Kill-drain");
    if (batch === null || !isAskable(batch)) return wrongPhase(record, "Kill-drain");
    if (record.held !== null) return isHeld(record, NOT_ASKED);
    if (!isItsTurn(record, batch) || isStopped(record, batch))
      return { tone: "refused", ...notItsTurn(record, batch), notDone: NOT_ASKED };
    if (batch.movingFrom !== null) return isMoving(record, NOT_ASKED);
    return isKnownEmpty(record, batch) ? nothingToKill(record) : null;
  },
  isObstructed(record) {
    const batch = turnOf(record);
    const { picture } = record;
    if (batch === null || picture === null) return true;
    const isHidden = picture.recovering > 0 || pictureOf(batch.machines, picture).machines.some(isUnknown);
    return isHidden || isIn(record, "window_changed", "agent_moved");
  },
  alreadyDone(record, { graceMs }, { nowMs }) {
    const batch = turnOf(record);
    const open = batch === null ? null : openApproval(batch);
    if (open?.about !== "kill_drain" || open.graceMs !== graceMs || nowMs >= open.expiresAtMs) return null;
    return {
      tone: "info",
      text: `${record.id}: the kill-drain is already asked for; the question stands in the thread.`,
      next: "Approve or deny it there.",
    };
  },
  decide(record, { graceMs }, { world, others, nowMs, policy, person }) {
    const batch = turnOf(record);
    if (batch === null || !isAskable(batch) || world === null) return unchanged(record, nothingToDo(record));
    if (!knowsDraining(world.version)) return unchanged(record, tooOld(record, world.version));
    const picture = freshPicture(record, batch, world);
    if (picture.machines.every(isEmpty)) return unchanged(record, nothingToKill(record));
    const found = obstaclesToKill(world, batch, picture);
    const why =
      filtered(world) ?? (isClear(found) ? null : obstructed(record, [...found.notOurs, ...found.unknown]));
    if (why !== null) return unchanged(record, why);
    const over = overBudget({ record, batch, world, others, policy, nowMs });
    if (over !== null) {
      const text = `${record.id}: ${over.why}`;
      const next = `Ask again when what is out is back. If it cannot wait, ${over.override}`;
      return unchanged(record, { tone: "refused", text, notDone: NOT_ASKED, next });
    }
    const nobody = nobodyCouldApprove(record, policy, person.user);
    if (nobody !== null) {
      const next = "Have it asked for by somebody who is not needed to approve it.";
      return unchanged(record, {
        tone: "refused",
        text: `${record.id}: ${nobody}`,
        notDone: NOT_ASKED,
        next,
      });
    }
    const open = openApproval(batch);
    const isOver = open !== null && nowMs >= open.expiresAtMs;
    const current = isOver ? conclude(record, batch, { kind: "expired", atMs: nowMs }) : record;
    const now = batchOf(current, batch.id);
    if (now === null || !isAskable(now)) return unchanged(record, nothingToDo(record));
    const how = { about: "kill_drain", by: person.user, forced: false, graceMs } as const;
    return {
      record: ask(current, now, seenNow(world, batch, picture, "kill_drain"), how, policy, nowMs),
      reply: replyOf({
        tone: "done",
        text: `${record.id}: the approval of the kill-drain is asked for in the thread.`,
        next: policy.selfApproval ? null : "Somebody else has to approve it.",
      }),
    };
  },
});

/** Whose machines drain, or whose kill-drain is being asked for already. */
function isAskable(batch: Maintenance["batches"][number]): batch is DrainingBatch | BatchIn<"kill_draining"> {
  return isDraining(batch) || (batch.phase === "kill_draining" && !isKillSent(batch));
}

/** As far as the last look tells. */
function isKnownEmpty(
  { picture }: Maintenance,
  { machines }: DrainingBatch | BatchIn<"kill_draining">,
): boolean {
  return picture !== null && pictureOf(machines, picture).machines.every(isEmpty);
}

function nothingToKill({ id }: Maintenance): ReplyParts {
  return {
    tone: "info",
    text: `${id}: nothing runs on its machines, so there is nothing to kill.`,
    notDone: NOT_ASKED,
    next: `Ask for Down with /mesos down ${id}.`,
  };
}

function tooOld({ id }: Maintenance, version: string): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: the master runs Mesos ${version}, and DRAIN_AGENT exists since 1.9.0.`,
    notDone: NOT_ASKED,
    next: `Ask for Down with /mesos down ${id}: it ends what runs there as well.`,
  };
}

function obstructed({ id }: Maintenance, clauses: readonly string[]): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: ${quoted(list(clauses, "; ", 5))}.`,
    notDone: NOT_ASKED,
    next: "Once that is put right, or over, ask again.",
  };
}
