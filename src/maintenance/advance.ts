import { adopt } from "./adopt.js";
import { pictureOf } from "./answers/verdicts.js";
import { versionAdvice } from "./cluster/version-advice.js";
import { dyingTasks } from "./moving/moves.js";
import { askAnew } from "./phases/ask-anew.js";
import { bringingUp } from "./phases/bringing-up.js";
import { atDeadline, deadlineWake } from "./phases/deadline.js";
import { down } from "./phases/down.js";
import { draining } from "./phases/draining.js";
import { giveBack, giveBackSkipped } from "./phases/give-back.js";
import { killDraining } from "./phases/kill-draining.js";
import { withLateBatchesMoved } from "./phases/late-batches.js";
import { withMovesOver } from "./phases/move-tasks.js";
import { moveWindow } from "./phases/move-window.js";
import { observe } from "./phases/observe.js";
import { tellOverdue } from "./phases/overdue.js";
import { lookBack } from "./phases/pause.js";
import { machinesWithoutTasks, withReactivations, withReactivationsSeen } from "./phases/reactivate.js";
import { keepGone, staysGone } from "./phases/removal.js";
import { scheduled } from "./phases/scheduled.js";
import type { Effect, Moment, Rule, Step } from "./phases/step.js";
import { takingDown } from "./phases/taking-down.js";
import { tellOwners } from "./phases/tell-owners.js";
import { isDone, up } from "./phases/up.js";
import { plan, refuse } from "./plan.js";
import { batchOf, ended, isBeforeApproval, isDownSent, isToGoDown, isUnsettled } from "./record/batch.js";
import { whyNotAllAreBack } from "./record/left-behind.js";
import { withEvent } from "./record/log.js";
import type { Batch, BatchToGoDown, Maintenance } from "./record/record.js";
import { openRuns } from "./record/runs.js";
import { inTrouble, withTrouble } from "./record/troubles.js";
import { besideUnreadable } from "./record/unreadable-trouble.js";
import { whyNothingShown } from "./sight/nothing-shown.js";
import { sightOf, whyFiltered } from "./sight/sight.js";

/** The lifecycle of a batch: what each phase does with what the world shows. */
const followPhase: Rule = (record, batch, picture, moment) => {
  if (isSkipped(batch)) return giveBackSkipped(record, batch, picture, moment);
  switch (batch.phase) {
    case "kill_draining":
      return killDraining(record, batch, picture, moment);
    case "scheduled":
      return scheduled(record, batch, picture, moment);
    case "draining":
    case "awaiting_approval":
      return draining(record, batch, picture, moment);
    case "taking_down":
      return takingDown(record, batch, picture, moment);
    case "down":
      return down(record, batch, picture, moment);
    case "bringing_up":
      return bringingUp(record, batch, picture, moment);
    case "up":
      return up(record, batch, picture, moment);
    case "cancelled":
      return keepGone(record, batch, moment);
    case "failed":
      return { record, effects: [], wakeAtMs: null };
  }
};

/**
 * One step of a maintenance: from its record and the world to the next record and what is to be done at the master.
 * Pure and level-triggered: it starts from what the world shows, so every call may be the first after a crash, a
 * fail-over or a week-end. Effects count as done when a later world shows them, not when a call returned.
 *
 * The record must be stored before the effects are carried out (invariant 5).
 */
export function advance(record: Maintenance, look: Omit<Moment, "sight">): Step {
  if (record.end !== null) return { record, effects: [], wakeAtMs: null };
  const moment: Moment = { ...look, sight: sightOf(look.world) };
  // Invariant 2: nothing is concluded and nothing is written on a filtered view.
  const filtered = whyFiltered(moment.sight);
  if (filtered !== null) {
    return { record: withTrouble(record, filtered, moment.nowMs), effects: [], wakeAtMs: poll(moment) };
  }
  if (record.batches.length === 0) {
    const step = requested(record, moment);
    return step.record.batches.length === 0 ? step : advance(step.record, look);
  }
  const before = record.trouble;
  const looked = withReactivationsSeen(observe({ ...record, trouble: null }, moment), moment);
  const step = withReactivations(nextStep(looked, moment), moment);
  const finished = finish(withMovesOver(step.record, moment.nowMs), moment);
  return {
    record: tellTrouble(finished, before, step.effects.length > 0 || isUnderWay(finished, moment), moment),
    effects: finished.end === null ? step.effects : [],
    wakeAtMs: finished.end === null ? Math.min(step.wakeAtMs ?? poll(moment), poll(moment)) : null,
  };
}

/** The first phase: its hosts are looked up, and then it is planned. Until then it is not forgotten (invariant 11). */
function requested(record: Maintenance, moment: Moment): Step {
  const { hosts, world, nowMs } = moment;
  const wakeAtMs = poll(moment);
  // It would post: somebody has to want that now.
  if (record.unwatched !== null) return { record, effects: [], wakeAtMs };
  switch (hosts?.kind) {
    case undefined:
      return { record, effects: [{ kind: "look_up_hosts" }], wakeAtMs };
    case "others_unreadable":
      return {
        record: withTrouble(record, besideUnreadable(hosts.unreadable), nowMs),
        effects: [],
        wakeAtMs,
      };
    case "unreadable": {
      const refusal = {
        why: `${hosts.why} ${record.wanted.adopt ? "Nothing was adopted." : "No window was posted."}`,
        next: `${hosts.mend}, then ${record.wanted.adopt ? "adopt them again" : "send the drain again"}.`,
      };
      return { record: refuse(record, refusal, nowMs), effects: [], wakeAtMs: null };
    }
    case "found": {
      const planned = record.wanted.adopt ? adopt(record, hosts, moment) : plan(record, hosts, moment);
      if (planned.batches.length === 0) {
        return { record: planned, effects: [], wakeAtMs: planned.end === null ? wakeAtMs : null };
      }
      const advised = versionAdvice(world.version).reduce(
        (told, text) => withEvent(told, nowMs, { kind: "note", text }),
        planned,
      );
      return { record: advised, effects: [], wakeAtMs };
    }
  }
}

function isSkipped(batch: Batch): batch is BatchToGoDown & { readonly skippedBy: string } {
  return isToGoDown(batch) && batch.skippedBy !== undefined;
}

function poll({ nowMs, policy }: Moment): number {
  return nowMs + policy.pollMs;
}

/** What follows from what the world shows; only what is overdue is told when it shows nothing where ours should stand. */
function nextStep(record: Maintenance, moment: Moment): Step {
  const unseen = whyNothingShown(record, moment, moment.policy.hasCredentials);
  if (unseen !== null) {
    const away = record.batches.filter((batch) => batch.phase === "down");
    const told = away.reduce((next, batch) => tellOverdue(next, batch, moment.nowMs), record);
    return { record: inTrouble(told, unseen, moment.nowMs), effects: [], wakeAtMs: null };
  }
  const timed = withLateBatchesMoved(atDeadline(withoutStalePause(record), moment), moment);
  return timed.cancel === null ? followPhases(timed, moment) : giveBack(timed, moment);
}

/**
 * A pause is about a batch that is still to go down: one that went Down, was given back, or was approved where it was asked
 * about alone, is not paused any more.
 */
function withoutStalePause(record: Maintenance): Maintenance {
  const batch = record.paused === null ? null : batchOf(record, record.paused.batch);
  if (batch === null) return record;
  const isPaused = record.paused?.asksAlone
    ? isBeforeApproval(batch)
    : isToGoDown(batch) && !isDownSent(batch);
  return isPaused ? record : { ...record, paused: null };
}

function followPhases(record: Maintenance, moment: Moment): Step {
  const effects: Effect[] = [];
  const wakes: number[] = [];
  let current = record;
  for (const { id } of record.batches) {
    const batch = batchOf(current, id);
    if (batch === null || current.picture === null) continue;
    const { trouble } = current;
    const picture = pictureOf(batch.machines, current.picture);
    // The window of one that is skipped is only taken out.
    for (const rule of isSkipped(batch) ? [followPhase] : [lookBack, moveWindow, askAnew, followPhase]) {
      const step = rule(current, batchOf(current, id) ?? batch, picture, moment);
      current = step.record;
      effects.push(...step.effects);
      if (step.wakeAtMs !== null) wakes.push(step.wakeAtMs);
    }
    // There is room for one: what an earlier batch waits for comes first, the others are told when it is over.
    if (trouble !== null && current.end === null) current = { ...current, trouble };
  }
  const deadline = deadlineWake(current, moment.nowMs);
  if (deadline !== null) wakes.push(deadline);
  return {
    record: current.end === null ? tellOwners(current, moment) : current,
    effects,
    wakeAtMs: wakes.length > 0 ? Math.min(...wakes) : null,
  };
}

/** Ends the maintenance when its last batch has ended. */
function finish(record: Maintenance, moment: Moment): Maintenance {
  if (record.end !== null) return record;
  const { batches } = record;
  if (isUnsettled(record, moment.world.observedAtMs)) return record;
  // Whoever wants to know how a run came out looks here.
  if (openRuns(record).length > 0) return record;
  // Other maintenances must not count what it is killing as healthy, and they see open ones alone.
  if (dyingTasks(record, moment.nowMs).length > 0) return record;
  // Until then nobody else looks after the machines that were left behind (invariant 11).
  if (record.leftBehind.some(({ opening }) => opening !== null)) return record;
  const isOver = batches.every(
    (batch) =>
      batch.phase === "failed" ||
      (batch.phase === "cancelled" && staysGone(batch, moment)) ||
      (batch.phase === "up" && isDone(batch, moment)),
  );
  if (!isOver) return record;
  if (batches.every(({ phase }) => phase === "cancelled" || phase === "failed")) {
    const still = machinesWithoutTasks(record, moment);
    const event = { kind: "cancelled", ...(still.length === 0 ? {} : { stillDrained: still }) } as const;
    return ended(withEvent(record, moment.nowMs, event), "cancelled", moment.nowMs);
  }
  const up = batches.filter((batch) => batch.phase === "up");
  return ended(record, "up", moment.nowMs, whyNotAllAreBack(record, up));
}

/** Whether a call that got no answer may still take effect. */
function isUnderWay(record: Maintenance, { nowMs }: Moment): boolean {
  return isUnsettled(record, nowMs) || record.batches.some(isDownSent);
}

/**
 * Trouble that the rules set, against what was there before: told once when it comes and once when it is over. While
 * something is still to be done at the master, trouble of an earlier attempt is not over.
 */
function tellTrouble(
  record: Maintenance,
  before: Maintenance["trouble"],
  pending: boolean,
  moment: Moment,
): Maintenance {
  if (record.end !== null) return record;
  const now = record.trouble ?? (pending ? before : null);
  return withTrouble({ ...record, trouble: before }, now, moment.nowMs);
}
