import { takenBack } from "../approval/question.js";
import { machineName } from "../cluster/machine.js";
import { hostnamesOf, machinesMissing } from "../record/agents-back.js";
import { ended, hasEnded, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { CANCEL_UNSEEN } from "../sight/nothing-shown.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import type { Millis } from "../time.js";
import { type Decided, type DecisionContext, unchanged } from "./decided.js";
import { phaseRefusal } from "./possible.js";
import { beingCancelled } from "./replies.js";

/**
 * Gives the machines back, as long as no call that takes them down has been sent. After Up it means to wait no longer
 * for agents; once the master stopped showing windows, a second cancel closes the maintenance as it stands.
 */
export function cancel(record: Maintenance, { person, nowMs }: DecisionContext): Decided {
  const by = person.user;
  if (record.cancel !== null) {
    if (record.trouble?.code === CANCEL_UNSEEN) return closeUnseen(record, by, nowMs);
    if (record.cancel.by === by) return { record, reply: givenBack(record) };
    return unchanged(record, beingCancelled(record));
  }
  if (record.batches.length > 0 && record.batches.every(hasEnded)) return stopWaiting(record, by, nowMs);
  const refusal = phaseRefusal(record, "Cancel");
  if (refusal !== null) return unchanged(record, refusal);
  const how = { why: "cancelled", by } as const;
  const drained = record.batches.reduce(
    (next, batch) => withBatch(next, takenBack(batch, nowMs, how)),
    record,
  );
  const asked = withEvent({ ...drained, cancel: { by, atMs: nowMs } }, nowMs, { kind: "cancel_asked", by });
  if (record.batches.length === 0) {
    return {
      record: ended(withEvent(asked, nowMs, { kind: "cancelled" }), "cancelled", nowMs),
      reply: replyOf({ tone: "done", text: `${record.id} is cancelled; nothing had been posted yet.` }),
    };
  }
  return { record: asked, reply: givenBack(record) };
}

function givenBack({ id }: Maintenance): Reply {
  const text = `${id}: the machines are being given back; other people's windows stay.`;
  return replyOf({ tone: "done", text });
}

/** The master shows no window any more, and a person says that ours is gone: nobody could prove it otherwise. */
function closeUnseen(record: Maintenance, by: string, nowMs: Millis): Decided {
  const hosts = quoted(list(record.batches.flatMap((batch) => batch.machines.map(machineName))));
  const told = withEvent(record, nowMs, {
    kind: "note",
    text: `<@${by}> closed this without the master showing whether the window of ${hosts} is gone. Nothing was posted.`,
  });
  const closed = withEvent(told, nowMs, { kind: "cancelled" });
  return {
    record: ended(closed, "cancelled", nowMs),
    reply: replyOf({
      tone: "done",
      text: `${record.id} is closed here.`,
      notDone: "Nothing was posted to the master.",
      next: `If the window of ${hosts} still stands there, take it out with an account that sees the schedule.`,
    }),
  };
}

/** After Up: agents that never come back must not keep a maintenance open for ever. */
function stopWaiting(record: Maintenance, by: string, nowMs: Millis): Decided {
  const missing = quoted(list(record.batches.flatMap((batch) => hostnamesOf(machinesMissing(batch), batch))));
  const told = withEvent(record, nowMs, {
    kind: "note",
    text: `<@${by}> closed this without waiting any longer for the agents on ${missing}.`,
  });
  return {
    record: ended(told, "up", nowMs),
    reply: replyOf({
      tone: "done",
      text: `${record.id} is closed. The machines are up; no agent has registered again on ${missing}.`,
    }),
  };
}
