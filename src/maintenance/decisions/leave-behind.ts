import { z } from "zod";
import { notBack } from "../pausing/not-back.js";
import { agentsMissing, hostnamesOf } from "../record/agents-back.js";
import { withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { BatchIn, Maintenance } from "../record/record.js";
import { turnOf, waitingForTurn } from "../rolling/turn.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { replyOf } from "../text/reply.js";
import { aboutTurn, whyNotOnTurn } from "./about-turn.js";
import { decisionRow, unchanged } from "./decided.js";
import { nothingToDo } from "./replies.js";

/**
 * Lets the batches after this one go on though not all its agents are back. Nothing is forgotten: the maintenance still
 * waits for them at its end (invariant 11).
 */
export const leaveBehind = decisionRow({
  takes: z.object({ kind: z.literal("leave_behind"), ...aboutTurn }),
  wanted: "leave machines behind",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record, { batch: about }) {
    const why = whyNotOnTurn(record, about);
    if (why !== null) return why;
    if (waits(record) !== null && waitingForTurn(record).length > 0) return null;
    return {
      tone: "refused",
      text: `${record.id}: no batch waits for agents of the one before.`,
      notDone: "Nobody is left behind.",
      next: `See how it stands with /mesos status ${record.id}.`,
    };
  },
  decide(record, _, { person, nowMs }) {
    const batch = waits(record);
    if (batch === null) return unchanged(record, nothingToDo(record));
    const missing = agentsMissing(batch);
    const machines = hostnamesOf(missing, batch);
    const by = person.user;
    const leftBehind = [...(batch.leftBehind ?? []), ...missing.map(({ id }) => id)];
    const paused = record.paused?.rule === notBack.name ? null : record.paused;
    const next = withBatch({ ...record, paused }, { ...batch, leftBehind });
    return {
      record: withEvent(next, nowMs, { kind: "left_behind", batch: batch.id, machines, by }),
      reply: replyOf({
        tone: "done",
        text: `${record.id}: the next batch goes on without the agents of ${quoted(list(machines))}.`,
        next: "They are still waited for at the end. Start the agents and look at their logs.",
      }),
    };
  },
});

/** The batch that is up, whose agents hold up the rest. */
function waits(record: Maintenance): BatchIn<"up"> | null {
  const batch = turnOf(record);
  return batch?.phase === "up" ? batch : null;
}
