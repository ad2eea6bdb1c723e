import { obstacles } from "../approval/obstacles.js";
import { ask, askAgainBecauseWorse, BY_ITSELF, grantedApproval, seenNow } from "../approval/question.js";
import { worseThan } from "../approval/seen.js";
import { machineKey } from "../cluster/machine.js";
import { nextOpening } from "../policy/calendar.js";
import { closedForDown } from "../policy/hours.js";
import { batchOf, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { MachineView, Picture } from "../record/picture.js";
import type { Batch, Maintenance, Trouble } from "../record/record.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { tellOverdue } from "./overdue.js";
import { type Moment, type Rule, type Step, soon } from "./step.js";

/**
 * From an approval to Down. START_MAINTENANCE kills what still runs and cannot be undone, so: the picture is compared
 * once more with what was approved, the intent is written down before the call, and a call without an answer is
 * settled by what the world shows once it can no longer be under way (invariants 5 and 7).
 */
export const takingDown: Rule = (record, batch, picture, moment) => {
  const { nowMs, policy } = moment;
  const waiting = picture.machines.filter((machine) => machine.mode !== "down");
  if (waiting.length === 0) {
    if (batch.intent === null) return downByOthers(record, batch, nowMs);
    const next: Batch = { ...batch, phase: "down", intent: null };
    const told = withEvent(withBatch(record, next), nowMs, {
      kind: "down",
      batch: batch.id,
      machines: batch.machines.length,
      tasksLost: batch.intent.tasks,
    });
    return { record: told, effects: [], wakeAtMs: null };
  }
  if (batch.intent !== null && nowMs < batch.intent.sentAtMs + policy.settleMs) {
    return {
      record,
      effects: [],
      wakeAtMs: Math.min(batch.intent.sentAtMs + policy.settleMs, soon(moment)),
    };
  }
  const told = tellOverdue(record, batch, nowMs);
  return takeDown(told, batchOf(told, batch.id) ?? batch, waiting, picture, moment);
};

/** No call is under way: sends it, or says why not. */
function takeDown(
  record: Maintenance,
  batch: Batch,
  waiting: readonly MachineView[],
  picture: Picture,
  moment: Moment,
): Step {
  const { world, nowMs, policy } = moment;
  if (record.held !== null) return { record, effects: [], wakeAtMs: null };
  const { notOurs, unknown } = obstacles(world, batch, picture);
  const approval = grantedApproval(batch);
  // Invariant 2: without knowing what runs there nobody can say that it is what was approved. Its age is known all the same.
  if (unknown.length > 0 && notOurs.length === 0 && (approval === null || nowMs < approval.expiresAtMs)) {
    const trouble = unknownTasks(unknown, nowMs);
    return { record: { ...record, trouble }, effects: [], wakeAtMs: approval?.expiresAtMs ?? null };
  }
  const seen = seenNow(world, batch, picture);
  if (approval === null) {
    return { record: ask(record, batch, seen, BY_ITSELF, policy, nowMs), effects: [], wakeAtMs: null };
  }
  const tooOld = nowMs >= approval.expiresAtMs ? ["the approval is older than it may be"] : [];
  const worse = unknown.length === 0 ? worseThan(approval.seen, seen) : [];
  const changes = [...notOurs, ...worse, ...tooOld];
  if (changes.length > 0) {
    const canAsk = notOurs.length === 0 && unknown.length === 0;
    const asked = askAgainBecauseWorse(record, batch, seen, changes, null, policy, nowMs, canAsk);
    return { record: asked, effects: [], wakeAtMs: null };
  }
  const closed = closedForDown(record, policy, nowMs);
  if (closed !== null) {
    const trouble = {
      code: "calendar_closed",
      what: closed.why,
      said: null,
      notDone: "The machines were not taken down, though it was approved.",
      next: `Nothing, if they open again before the approval expires: it goes on by itself then. ${closed.next}`,
      sinceMs: nowMs,
    };
    const opens = nextOpening(policy.calendar, nowMs);
    return { record: { ...record, trouble }, effects: [], wakeAtMs: earliest(opens, approval.expiresAtMs) };
  }
  const toStart = new Set(waiting.map(machineKey));
  const machines = batch.machines.filter((machine) => toStart.has(machineKey(machine)));
  const next: Batch = {
    ...batch,
    intent: { approvalId: approval.id, sentAtMs: nowMs, tasks: seen.tasks.length },
  };
  return {
    record: withBatch(record, next),
    effects: [{ kind: "start_maintenance", batch: batch.id, machines }],
    wakeAtMs: soon(moment),
  };
}

function unknownTasks(unknown: readonly string[], nowMs: number): Trouble {
  return {
    code: "tasks_unknown",
    what: `It is not known what runs in the cluster: ${quoted(list(unknown, "; "))}.`,
    said: null,
    notDone: "The machines were not taken down, though it was approved.",
    next: "It goes on by itself once that is known, and asks anew if the approval has expired by then. Cancel takes the approval back.",
    sinceMs: nowMs,
  };
}

function earliest(a: number | null, b: number): number {
  return a === null ? b : Math.min(a, b);
}

/** Approved, but our call was never sent: it was somebody else's. */
function downByOthers(record: Maintenance, batch: Batch, nowMs: number): ReturnType<Rule> {
  const told = withEvent(withBatch(record, { ...batch, phase: "down" }), nowMs, {
    kind: "foreign_change",
    text: "Somebody else took these machines Down between the approval and our call.",
  });
  return { record: told, effects: [], wakeAtMs: null };
}
