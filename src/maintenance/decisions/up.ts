import { z } from "zod";
import { batchOf, nowBringingUp, placeOf, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Batch, Maintenance } from "../record/record.js";
import { openRun } from "../record/runs.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow } from "./decided.js";
import { doneBefore } from "./done-before.js";
import { beingCancelled } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

/** Brings machines that are Down in our window back into service; the time before an extension stays ours until then. */
export const up = decisionRow({
  /** `batch`: that one alone; without it all that are Down. */
  takes: z.object({ kind: z.literal("up"), batch: z.string().optional() }),
  wanted: "bring the machines up",
  needsWorld: false,
  isOnce: true,
  whyNotPossible(record, { batch }) {
    const down = meant(record, batch).filter(({ phase }) => phase === "down");
    if (down.some(({ id }) => openRun(record, id) !== null)) return isRunning(record);
    if (down.length > 0) return beingCancelled(record);
    return batch === undefined ? wrongPhase(record, "Up") : notDown(record, batch);
  },
  alreadyDone(record, { batch }, context) {
    if (batch === undefined && doneBefore(record, "bringing_up", context) !== null) return broughtUp(record);
    const { person } = context;
    const batches = meant(record, batch);
    if (batches.some(({ phase }) => phase === "down")) return null;
    const coming = batches.filter(({ phase }) => phase === "bringing_up").map(({ id }) => id);
    const asked = record.events.findLast(
      (event) => event.kind === "bringing_up" && coming.includes(event.batch),
    );
    return asked !== undefined && "by" in asked && asked.by === person.user ? broughtUp(record) : null;
  },
  decide(record, { batch: about }, { person, nowMs, askedAtMs }) {
    const next = meant(record, about)
      .filter((batch) => batch.phase === "down")
      .reduce(
        (current, batch) =>
          withEvent(withBatch(current, nowBringingUp(batch)), nowMs, {
            kind: "bringing_up",
            batch: batch.id,
            by: person.user,
            askedAtMs,
          }),
        record,
      );
    return { record: next, reply: replyOf(broughtUp(record)) };
  },
});

function meant({ batches }: Maintenance, batch: string | undefined): readonly Batch[] {
  return batch === undefined ? batches : batches.filter(({ id }) => id === batch);
}

/** Nobody brings machines back under a runbook that works on them. */
function isRunning({ id, wanted }: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: the runbook ${quoted(wanted.run ?? "")} is running on the machines.`,
    notDone: "They were not brought up.",
    next: `Wait for it, or stop it first: Stop run in the thread, or /mesos stop-run ${id}.`,
  };
}

function notDown(record: Maintenance, id: string): ReplyParts {
  const phase = batchOf(record, id)?.phase.replaceAll("_", " ");
  return {
    tone: "refused",
    text: `${record.id}: ${placeOf(record, id)} is ${phase}, not Down.`,
    notDone: "Nothing was done.",
    next: `See how it stands with /mesos status ${record.id}.`,
  };
}

function broughtUp({ id }: Maintenance): ReplyParts {
  return { tone: "done", text: `${id}: the machines are being brought up.` };
}
