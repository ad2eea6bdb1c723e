import { z } from "zod";
import { takenBack } from "../approval/question.js";
import { dyingTasks } from "../moving/moves.js";
import { agentsAwaited, agentsMissing, machinesOf } from "../record/agents-back.js";
import { ended, isDownSent, isToGoDown, isWaitingForAgents, withBatch } from "../record/batch.js";
import { machinesStillDrained } from "../record/drained-agents.js";
import { whyNotAllAreBack } from "../record/left-behind.js";
import { withEvent } from "../record/log.js";
import { namesOf } from "../record/names.js";
import type { Maintenance, Phase } from "../record/record.js";
import { openRuns } from "../record/runs.js";
import { isIn } from "../record/troubles.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import type { Millis } from "../time.js";
import { type Decided, decisionRow, unchanged } from "./decided.js";
import { doneBefore } from "./done-before.js";
import { beingCancelled } from "./replies.js";
import { wrongPhase } from "./wrong-phase.js";

const GONE_TOO_FAR: readonly Phase[] = ["down", "bringing_up", "up"];

/**
 * Gives the machines back, as long as no call that takes them down has been sent: approved, and nothing sent yet, can be
 * taken back. After Up it means to wait no longer for agents. A second cancel closes the maintenance as it stands, where the
 * master stopped showing windows or an agent that was drained does not come back.
 */
export const cancel = decisionRow({
  /** `rest`: of several batches those that are not Down; where none is left it does not mean to wait no longer. */
  takes: z.object({ kind: z.literal("cancel"), rest: z.boolean().optional() }),
  wanted: "cancel",
  needsWorld: false,
  isOnce: true,
  whyNotPossible(record, { rest }) {
    // To close it means to look no longer, and a run is still to be told of.
    const closes = waitsInVain(record) || isWaitingForAgents(record);
    if (closes && openRuns(record).length > 0) return isRunning(record);
    if (record.cancel !== null) return waitsInVain(record) ? null : beingCancelled(record);
    if (isWaitingForAgents(record)) return rest ? nothingLeft(record) : null;
    const { id, batches } = record;
    if (batches.some(isDownSent)) {
      return {
        tone: "refused",
        text: `${id} is being taken down right now; that cannot be called back.`,
        notDone: "Nothing was cancelled.",
        next: `Bring the machines back with /mesos up ${id} once they are down.`,
      };
    }
    // Of several batches those that are not Down can be given back beside one that is.
    if (batches.some(isToGoDown)) return null;
    return batches.some(({ phase }) => GONE_TOO_FAR.includes(phase)) ? wrongPhase(record, "Cancel") : null;
  },
  alreadyDone(record, _, context) {
    if (doneBefore(record, "cancel_asked", context) !== null) return givenBack(record);
    const { person } = context;
    return record.cancel?.by === person.user && !waitsInVain(record) ? givenBack(record) : null;
  },
  decide(record, _, { person, nowMs, askedAtMs }) {
    const by = person.user;
    const closes = record.cancel !== null || isWaitingForAgents(record);
    if (closes && dyingTasks(record, nowMs).length > 0) return unchanged(record, isKilling(record));
    if (record.cancel !== null) return closeAsItStands(record, by, nowMs);
    if (isWaitingForAgents(record)) return stopWaiting(record, by, nowMs);
    const how = { why: "cancelled", by } as const;
    const drained = record.batches.reduce(
      (next, batch) => withBatch(next, takenBack(batch, nowMs, how)),
      record,
    );
    const asked = withEvent({ ...drained, paused: null, cancel: { by, atMs: nowMs } }, nowMs, {
      kind: "cancel_asked",
      by,
      askedAtMs,
    });
    if (record.batches.length > 0) return { record: asked, reply: replyOf(givenBack(asked)) };
    return {
      record: ended(withEvent(asked, nowMs, { kind: "cancelled" }), "cancelled", nowMs),
      reply: replyOf({ tone: "done", text: `${record.id} is cancelled; nothing had been posted yet.` }),
    };
  },
});

/** What the cancel waits for may never come; a second one closes the maintenance as it stands. */
function waitsInVain(record: Maintenance): boolean {
  return isIn(record, "cancel_unseen", "still_drained");
}

function isRunning({ id, wanted }: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: the runbook ${quoted(wanted.run ?? "")} has not ended yet.`,
    notDone: "It was not closed.",
    next: `Wait for it, or stop it first: /mesos stop-run ${id}.`,
  };
}

/** Whoever moves tasks of the same app sees them only here. */
function isKilling({ id }: Maintenance): ReplyParts {
  return {
    tone: "refused",
    text: `${id}: of tasks that Marathon was asked to kill some are not known to be gone.`,
    notDone: "It was not closed.",
    next: "Try again in five minutes: a kill that has not happened by then does not happen.",
  };
}

/** The rest was given back by the time of the click. */
function nothingLeft({ id }: Maintenance): ReplyParts {
  return {
    tone: "info",
    text: `${id}: no batch is left to give back; it waits for agents.`,
    notDone: "Nothing was changed.",
    next: `To stop waiting: /mesos cancel ${id}.`,
  };
}

function givenBack(record: Maintenance): ReplyParts {
  const { id, batches } = record;
  const nameOf = namesOf(record).of;
  const killed = stillDrained(record);
  const down = batches.filter(({ phase }) => phase === "down").flatMap(({ machines }) => machines);
  const what = down.length === 0 ? "the machines are" : "what is not Down is";
  const again =
    killed === null ? "" : ` The agents of ${killed} take tasks again once their kill-drain has ended.`;
  const kept = [
    killed === null ? null : `The kill-drain of ${killed} is not taken back: Mesos cannot.`,
    down.length === 0 ? null : `${quoted(list(down.map(nameOf)))}: Down, and stays so.`,
  ].filter((one) => one !== null);
  return {
    tone: "done",
    text: `${id}: ${what} being given back; other people's windows stay.${again}`,
    ...(kept.length === 0 ? {} : { notDone: kept.join(" ") }),
    ...(down.length === 0 ? {} : { next: `Bring them back with /mesos up ${id}.` }),
  };
}

/** A cancel whose end nobody could prove: a person says that it is enough. */
function closeAsItStands(record: Maintenance, by: string, nowMs: Millis): Decided {
  const hosts = quoted(list(record.batches.flatMap((batch) => batch.machines.map(namesOf(record).of))));
  const isUnseen = isIn(record, "cancel_unseen");
  const drained = stillDrained(record);
  const window = isUnseen ? `the master showing whether the window of ${hosts} is gone` : null;
  const agents = drained === null ? null : `the agents of ${drained} being reactivated`;
  const without = list(
    [window, agents].filter((one) => one !== null),
    " and ",
  );
  const told = withEvent(record, nowMs, {
    kind: "note",
    text: `<@${by}> closed this without ${without}. Nothing more was sent to the master.`,
  });
  const closed = withEvent(told, nowMs, {
    kind: "cancelled",
    ...(isUnseen ? { unseen: true } : {}),
    ...(drained === null ? {} : { stillDrained: machinesStillDrained(record) }),
  });
  const ways = [
    isUnseen
      ? `If the window of ${hosts} still stands there, take it out with an account that sees the schedule.`
      : null,
    drained === null ? null : reactivateThem(drained),
  ].filter((one) => one !== null);
  return {
    record: ended(closed, "cancelled", nowMs, `closed without ${without}`),
    reply: replyOf({
      tone: "done",
      text: `${record.id} is closed here.`,
      notDone: "Nothing more was sent to the master.",
      next: ways.join(" "),
    }),
  };
}

/** The machines whose agents a kill-drain has left without tasks, in words; `null` when there are none. */
function stillDrained(record: Maintenance): string | null {
  const machines = machinesStillDrained(record);
  return machines.length === 0 ? null : quoted(list(machines));
}

/** Whoever closes a maintenance that has drained agents is told what the bot does not do any more. */
function reactivateThem(machines: string): string {
  return `The agents of ${machines} may take no tasks until somebody reactivates them (REACTIVATE_AGENT), which works once they are registered and drained.`;
}

/** After Up: agents that never come back must not keep a maintenance open for ever. */
function stopWaiting(record: Maintenance, by: string, nowMs: Millis): Decided {
  const up = record.batches.filter((batch) => batch.phase === "up");
  const missing = up.flatMap(agentsMissing).length;
  const gone = whyNotAllAreBack(record, up);
  const drained = stillDrained(record);
  const reactivate = drained === null ? null : reactivateThem(drained);
  if (missing === 0) {
    const text = `${record.id} is closed; ${gone ?? "all agents are back"}.`;
    return {
      record: ended(record, "up", nowMs, gone),
      reply: replyOf({ tone: "done", text, next: reactivate }),
    };
  }
  const hosts = quoted(list(up.flatMap((batch) => machinesOf(agentsMissing(batch), batch, namesOf(record)))));
  const all = up.reduce((sum, batch) => sum + agentsAwaited(batch).length, 0);
  const notBack = `closed without waiting; not back: ${missing} of ${counted(all, "agent")}, on ${hosts}`;
  const why = gone === null ? notBack : `${notBack}; ${gone}`;
  const told = withEvent(record, nowMs, { kind: "note", text: `<@${by}> stops the waiting: ${why}.` });
  return {
    record: ended(told, "up", nowMs, why),
    reply: replyOf({
      tone: "done",
      text: `${record.id} is ${why}.`,
      next: [
        "Start the agents that are missing and look at their logs; the machines are Up at the master.",
        reactivate,
      ]
        .filter((one) => one !== null)
        .join(" "),
    }),
  };
}
