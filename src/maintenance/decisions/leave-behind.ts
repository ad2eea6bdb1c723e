import { z } from "zod";
import { notBack } from "../pausing/not-back.js";
import { isWaitingForAgents, placeOf } from "../record/batch.js";
import { withLeftBehind } from "../record/left-behind.js";
import type { BatchIn, LeftBehind, Maintenance } from "../record/record.js";
import { turnOf, waitingForTurn } from "../rolling/turn.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { aboutTurn, whyNotOnTurn } from "./about-turn.js";
import { decisionRow, unchanged } from "./decided.js";
import { nothingToDo, onceReleased } from "./replies.js";

/**
 * Splits the machines of a batch whose agents are not back off into a maintenance of their own, and lets the batches after
 * it go on. Nothing is forgotten: that maintenance waits for the agents and says when they are late (invariant 11).
 */
export const leaveBehind = decisionRow({
  takes: z.object({ kind: z.literal("leave_behind"), ...aboutTurn }),
  wanted: "leave machines behind",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record, { batch: about }) {
    const notNow = whyNotOnTurn(record, about);
    if (notNow !== null) return notNow;
    if (waits(record) !== null && waitingForTurn(record).length > 0) return null;
    const before = record.leftBehind.at(-1);
    if (before !== undefined) return leftBehindAlready(record, before);
    const why =
      record.batches.length < 2
        ? `${record.id} has no batches that wait for one another.`
        : `${record.id}: no batch waits for agents of the one before.`;
    return {
      tone: "refused",
      text: why,
      notDone: "Nothing was left behind.",
      next: isWaitingForAgents(record)
        ? `To stop waiting for its agents: /mesos cancel ${record.id}.`
        : `See how it stands with /mesos status ${record.id}.`,
    };
  },
  alreadyDone(record, { batch }, { person, askedAtMs }) {
    const before = record.leftBehind.find((entry) =>
      batch === null ? entry.by === person.user && entry.askedAtMs === askedAtMs : entry.batch === batch,
    );
    if (before === undefined) return null;
    return before.by === person.user ? leftBehindReply(record, before) : leftBehindAlready(record, before);
  },
  decide(record, _, { person, nowMs, askedAtMs, freeId }) {
    const batch = waits(record);
    if (batch === null) return unchanged(record, nothingToDo(record));
    const paused = record.paused?.rule === notBack.name ? null : record.paused;
    const how = { id: freeId, by: person.user, atMs: nowMs, askedAtMs };
    const split = withLeftBehind({ ...record, paused }, batch, how);
    const machines = split.leftBehind.at(-1)?.machines ?? [];
    return {
      record: split,
      reply: replyOf(leftBehindReply(record, { id: freeId, machines })),
    };
  },
});

function leftBehindReply(record: Maintenance, left: Pick<LeftBehind, "id" | "machines">): ReplyParts {
  return {
    tone: "done",
    text: `${record.id} goes on${onceReleased(record)} without ${quoted(list(left.machines))}; ${left.id} waits for the agents there.`,
    next: "Start the agents and look at their logs.",
  };
}

function leftBehindAlready(record: Maintenance, { id, batch, machines, by }: LeftBehind): ReplyParts {
  return {
    tone: "info",
    text: `${record.id}: <@${by}> has left ${quoted(list(machines))} of ${placeOf(record, batch)} behind already; ${id} waits for the agents there.`,
    notDone: "Nothing was changed.",
  };
}

/** The batch that is up, whose agents hold up the rest. */
function waits(record: Maintenance): BatchIn<"up"> | null {
  const batch = turnOf(record);
  return batch?.phase === "up" ? batch : null;
}
