import { hostnamesOf, machinesExpected, machinesMissing } from "./agents-back.js";
import { ask, askAgainBecauseWorse, BY_ITSELF, grantedApproval, seenNow } from "./approval.js";
import { nextOpening } from "./calendar.js";
import { withChangesWhileDown, withLeftDown } from "./foreign-changes.js";
import { removalsOf } from "./give-back.js";
import { list } from "./list.js";
import { batchOf, isUnsettled, noteOnce, withBatch, withEvent } from "./log.js";
import { type Machine, machineKey } from "./machine.js";
import { inOurWindow } from "./our-window.js";
import { type Moment, type Rule, type Step, soon } from "./phases.js";
import type { MachineView, Picture } from "./picture.js";
import { closedForDown } from "./policy-rules-calendar.js";
import { quoted } from "./quote.js";
import { obstacles } from "./readiness.js";
import type { Batch, Maintenance, Trouble } from "./record.js";
import { tellOverdue } from "./rules-drain.js";
import { endMs } from "./schedule.js";
import { worseThan } from "./seen.js";
import { showsNothing, unseenDown } from "./unseen-window.js";

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

/** Machines are away; nothing happens until a person says Up, but the end of the window is told. */
export const down: Rule = (record, batch, picture, moment) => {
  const { world, nowMs } = moment;
  const end = endMs(batch.window);
  const wakeAtMs = end !== null && end > nowMs ? end : null;
  if (picture.machines.every((machine) => machine.mode !== "down")) {
    // No agent registers on a machine that is Down.
    if (showsNothing(world) && !picture.machines.some((machine) => machine.agents > 0)) {
      const trouble = { ...unseenDown(record, batch), sinceMs: nowMs };
      return { record: { ...tellOverdue(record, batch, nowMs), trouble }, effects: [], wakeAtMs };
    }
    const told = withEvent(record, nowMs, {
      kind: "foreign_change",
      text: "Somebody else brought these machines Up at the master.",
    });
    if (removalsOf(world, batch).length === 0) return isUp(told, batch, picture, moment);
    const next: Batch = { ...batch, phase: "bringing_up" };
    return bringingUp(withBatch(told, next), next, picture, moment);
  }
  const told = withChangesWhileDown(record, batch, picture, moment);
  return { record: tellOverdue(told, batch, nowMs), effects: [], wakeAtMs };
};

/**
 * Sends STOP_MAINTENANCE for what is still Down in our window until nothing is; what somebody moved to another window is
 * theirs and stays as it is (invariant 12). When the master shows no window at all, its answers
 * count instead of its view: one call per machine, because one that is not Down makes it refuse a whole list.
 */
export const bringingUp: Rule = (record, batch, picture, moment) => {
  const { world, nowMs } = moment;
  const blind = showsNothing(world);
  const still = new Set(blind ? unconfirmed(batch, picture) : downIn(picture, inOurWindow(world, batch)));
  const putBack = removalsOf(world, batch);
  if (still.size + putBack.length === 0) return isUp(record, batch, picture, moment);
  if (isUnsettled(record, nowMs)) return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  // Somebody posted a list that was read before the Up: as it stands our window would outlive the maintenance.
  if (still.size === 0) {
    return { record: noteOnce(record, PUT_BACK, nowMs), effects: putBack, wakeAtMs: soon(moment) };
  }
  const machines = batch.machines.filter((machine) => still.has(machineKey(machine)));
  const lists = blind ? machines.map((machine) => [machine]) : [machines];
  return {
    record,
    effects: lists.map((each) => ({ kind: "stop_maintenance", batch: batch.id, machines: each })),
    wakeAtMs: soon(moment),
  };
};

const PUT_BACK =
  "Somebody else's post put machines that are up back into our window; they are taken out of it again, and other people's windows stay.";

function downIn(picture: Picture, machines: readonly Machine[]): string[] {
  const keys = new Set(machines.map(machineKey));
  return picture.machines
    .filter((view) => view.mode === "down")
    .map(machineKey)
    .filter((key) => keys.has(key));
}

/** Machines of which neither an answer of the master nor an agent says that they are Up. */
function unconfirmed(batch: Batch, picture: Picture): string[] {
  const confirmed = new Set(batch.confirmedUp);
  return picture.machines
    .filter((view) => view.agents === 0)
    .map(machineKey)
    .filter((key) => !confirmed.has(key));
}

function isUp(record: Maintenance, batch: Batch, picture: Picture, moment: Moment): Step {
  const next: Batch = { ...batch, phase: "up", upAtMs: moment.nowMs };
  const { record: told, left } = withLeftDown(withBatch(record, next), batch, picture, moment);
  const machines = batch.machines.length - left;
  const done =
    machines === 0 ? told : withEvent(told, moment.nowMs, { kind: "up", batch: batch.id, machines });
  return up(done, next, picture, moment);
}

/**
 * Mesos stops the agent process on Down, and after Up somebody has to start it: waits until the same machines have
 * registered again, and says which have not in time.
 */
export const up: Rule = (record, batch, picture, moment) => {
  const { nowMs, policy } = moment;
  const back = registered(batch, picture).filter((key) => !batch.returned.includes(key));
  let next: Batch = { ...batch, returned: [...batch.returned, ...back] };
  let current = withBatch(record, next);
  if (back.length > 0) {
    current = withEvent(current, nowMs, {
      kind: "agents_returned",
      machines: hostnamesOf(back, batch),
      missing: machinesMissing(next).length,
    });
  }
  const missing = machinesMissing(next);
  const dueAtMs = (batch.upAtMs ?? nowMs) + policy.agentReturnMs;
  if (missing.length > 0 && nowMs >= dueAtMs && !batch.missingTold) {
    next = { ...next, missingTold: true };
    current = withEvent(withBatch(current, next), nowMs, {
      kind: "agents_missing",
      machines: hostnamesOf(missing, batch),
    });
  }
  return { record: current, effects: [], wakeAtMs: dueAtMs > nowMs ? dueAtMs : null };
};

function registered(batch: Batch, picture: Picture): string[] {
  const expected = new Set(machinesExpected(batch));
  return picture.machines
    .filter((machine) => machine.agents > 0)
    .map(machineKey)
    .filter((key) => expected.has(key));
}
