import { z } from "zod";
import { nowBringingUp, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow } from "./decided.js";
import { beingCancelled } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

/** Brings machines that are Down in our window back into service; the time before an extension stays ours until then. */
export const up = decisionRow({
  takes: z.object({ kind: z.literal("up") }),
  wanted: "bring the machines up",
  needsWorld: false,
  isOnce: true,
  whyNotPossible(record) {
    const isDown = record.batches.some(({ phase }) => phase === "down");
    return isDown ? beingCancelled(record) : wrongPhase(record, "Up");
  },
  alreadyDone(record, _, { person }) {
    if (record.batches.some(({ phase }) => phase === "down")) return null;
    const asked = record.events.findLast((event) => event.kind === "bringing_up");
    const isTheirs = record.batches.some(({ phase }) => phase === "bringing_up") && asked?.by === person.user;
    return isTheirs ? broughtUp(record) : null;
  },
  decide(record, _, { person, nowMs }) {
    const next = record.batches
      .filter((batch) => batch.phase === "down")
      .reduce(
        (current, batch) =>
          withEvent(withBatch(current, nowBringingUp(batch)), nowMs, {
            kind: "bringing_up",
            batch: batch.id,
            by: person.user,
          }),
        record,
      );
    return { record: next, reply: replyOf(broughtUp(record)) };
  },
});

function broughtUp({ id }: Maintenance): ReplyParts {
  return { tone: "done", text: `${id}: the machines are being brought up.` };
}
