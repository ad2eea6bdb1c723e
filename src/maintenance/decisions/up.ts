import { withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { replyOf } from "../text/reply.js";
import { type Decided, type DecisionContext, unchanged } from "./decided.js";
import { phaseRefusal } from "./possible.js";

/** Brings machines that are Down in our window back into service; the time before an extension stays ours until then. */
export function up(record: Maintenance, { person, nowMs }: DecisionContext): Decided {
  const by = person.user;
  const done = replyOf({ tone: "done", text: `${record.id}: the machines are being brought up.` });
  const refusal = phaseRefusal(record, "Up");
  if (refusal !== null) {
    const asked = record.events.findLast((event) => event.kind === "bringing_up");
    const isTheirs = record.batches.some((batch) => batch.phase === "bringing_up") && asked?.by === by;
    return isTheirs ? { record, reply: done } : unchanged(record, refusal);
  }
  let next = record;
  for (const batch of record.batches.filter(({ phase }) => phase === "down")) {
    next = withBatch(next, { ...batch, phase: "bringing_up" });
    next = withEvent(next, nowMs, { kind: "bringing_up", batch: batch.id, by });
  }
  return { record: next, reply: done };
}
