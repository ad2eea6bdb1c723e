import { z } from "zod";
import { obstacles } from "../approval/obstacles.js";
import { ask, conclude, freshPicture, openApproval, seenNow } from "../approval/question.js";
import { endMs } from "../cluster/schedule.js";
import { openMove } from "../moving/moves.js";
import { planMoves } from "../moving/plan.js";
import { nobodyCouldApprove } from "../policy/may-approve.js";
import { drainingNow, isDraining } from "../record/batch.js";
import type { MovePlan } from "../record/move.js";
import type { Maintenance } from "../record/record.js";
import { isItsTurn, turnOf } from "../rolling/turn.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { aboutTurn, whyNotOnTurn } from "./about-turn.js";
import { isObstructedNow, obstructed } from "./ask-down.js";
import { decisionRow, unchanged } from "./decided.js";
import { filtered, isHeld, isMoving, nothingToDo } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

const NOT_ASKED = "The approval was not asked for, and no task was killed.";

/** Asks whether tasks of Marathons are to be moved away from the machines of the batch whose turn it is. */
export const askMove = decisionRow({
  takes: z.object({ kind: z.literal("ask_move"), ...aboutTurn }),
  wanted: "move tasks",
  needsWorld: true,
  looksAtMarathons: () => true,
  isOnce: false,
  whyNotPossible(record, { batch: about }) {
    const why = whyNotOnTurn(record, about);
    if (why !== null) return why;
    const batch = turnOf(record);
    if (batch === null || !isDraining(batch)) return wrongPhase(record, "Move tasks");
    if (record.held !== null) return isHeld(record, NOT_ASKED);
    if (batch.movingFrom !== null) return isMoving(record, NOT_ASKED);
    if (openMove(record, batch.id) !== null) {
      const text = `${record.id}: tasks are being moved already; the thread tells how far it is.`;
      return { tone: "info", text, notDone: NOT_ASKED };
    }
    return hasMarathon(record) ? null : noMarathon(record);
  },
  isObstructed: isObstructedNow,
  alreadyDone(record, _, { nowMs }) {
    const batch = turnOf(record);
    const open = batch === null ? null : openApproval(batch);
    if (open?.about !== "move_tasks" || nowMs >= open.expiresAtMs || record.cancel !== null) return null;
    return {
      tone: "info",
      text: `${record.id}: the approval to move tasks is already asked for; the question stands in the thread.`,
      next: "Approve or deny it there.",
    };
  },
  decide(record, _, { world, marathons = [], nowMs, policy, person }) {
    const batch = turnOf(record);
    if (batch === null || !isDraining(batch) || world === null || !isItsTurn(record, batch))
      return unchanged(record, nothingToDo(record));
    const end = endMs(batch.window);
    if (end !== null && nowMs >= end) {
      const text = `${record.id}: its window has ended, so Marathon may start copies on these machines again.`;
      const next = `Extend the window first: /mesos extend ${record.id} 1h.`;
      return unchanged(record, { tone: "refused", text, notDone: NOT_ASKED, next });
    }
    const picture = freshPicture(record, batch, world);
    const why = filtered(world) ?? obstructed(record, obstacles(world, batch, picture), NOT_ASKED);
    if (why !== null) return unchanged(record, why);
    const nobody = nobodyCouldApprove(record, policy, person.user, "Moving tasks");
    if (nobody !== null) {
      const next = "Have it asked for by somebody who is not needed to approve it.";
      return unchanged(record, {
        tone: "refused",
        text: `${record.id}: ${nobody}`,
        notDone: NOT_ASKED,
        next,
      });
    }
    const move = planMoves(world, batch, marathons, policy);
    if (move.apps.length === 0) return unchanged(record, nothingMoves(record, move));
    const open = openApproval(batch);
    const isOver = open !== null && nowMs >= open.expiresAtMs;
    const current = isOver ? conclude(record, batch, { kind: "expired", atMs: nowMs }) : record;
    const how = { about: "move_tasks", by: person.user, forced: false, move } as const;
    return {
      record: ask(current, drainingNow(current, batch), seenNow(world, batch, picture), how, policy, nowMs),
      reply: replyOf({
        tone: "done",
        text: `${record.id}: the approval to move tasks is asked for in the thread.`,
        next: policy.selfApproval ? null : "Somebody else has to approve it.",
      }),
    };
  },
});

/** Whether a framework with tasks on the machines, by the last look, is a Marathon whose API may be called. */
function hasMarathon({ frameworks, picture }: Maintenance): boolean {
  const there = new Set(picture?.verdicts.filter(({ tasks }) => tasks > 0).map((row) => row.frameworkId));
  return frameworks.some(({ id, marathon }) => marathon === true && there.has(id));
}

function noMarathon({ id, cluster }: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: no framework with tasks on these machines is a Marathon whose address is known.`,
    notDone: NOT_ASKED,
    next: `If one is, have its address put under clusters.${cluster}.frameworks in the clusters file (docs/marathon.md).`,
  };
}

/** Every app has a reason to stay: nobody is asked about nothing. */
function nothingMoves({ id }: Maintenance, { stays }: MovePlan): ReplyParts {
  const reasons = stays.map(({ app, why }) => `${app}: ${why}`);
  return {
    tone: "refused",
    text: `${id}: nothing can be moved. ${quoted(list(reasons, " ", 6))}`,
    notDone: NOT_ASKED,
    next: "What stays is lost by Down, and the question before it says so.",
  };
}
