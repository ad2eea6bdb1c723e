import { recordBehaviour } from "./answers/habits.js";
import { answersDiffer, answersEvent } from "./answers/summary.js";
import { lookAt, pictureOf } from "./answers/verdicts.js";
import { askAnew } from "./phases/ask-anew.js";
import { bringingUp } from "./phases/bringing-up.js";
import { atDeadline, deadlineWake } from "./phases/deadline.js";
import { down } from "./phases/down.js";
import { draining } from "./phases/draining.js";
import { giveBack } from "./phases/give-back.js";
import { moveWindow } from "./phases/move-window.js";
import { scheduled } from "./phases/scheduled.js";
import type { Effect, Moment, Rule, Step } from "./phases/step.js";
import { takingDown } from "./phases/taking-down.js";
import { tellOwners } from "./phases/tell-owners.js";
import { up } from "./phases/up.js";
import { agentsOn } from "./plan.js";
import { hasReturned } from "./record/agents-back.js";
import { batchOf, ended, isDownSent, isDraining, isUnsettled, watchedMachines } from "./record/batch.js";
import { withEvent } from "./record/log.js";
import { rowKey } from "./record/picture.js";
import type { Batch, Maintenance, Phase } from "./record/record.js";
import { withTrouble } from "./record/trouble.js";
import { whyBlind } from "./sight/filtered.js";
import { unseenPost } from "./sight/own-post.js";

const nothing: Rule = (record) => ({ record, effects: [], wakeAtMs: null });

/** The lifecycle: what each phase does with what the world shows. */
const RULES: Record<Phase, Rule> = {
  scheduled,
  draining,
  awaiting_approval: draining,
  taking_down: takingDown,
  down,
  bringing_up: bringingUp,
  up,
  cancelled: nothing,
  failed: nothing,
};

/**
 * One step of a maintenance: from its record and the world to the next record and what is to be done at the master.
 * Pure and level-triggered: it starts from what the world shows, so every call may be the first after a crash, a
 * fail-over or a week-end. Effects count as done when a later world shows them, not when a call returned.
 *
 * The record must be stored before the effects are carried out (invariant 5).
 */
export function advance(record: Maintenance, moment: Moment): Step {
  if (record.end !== null) return { record, effects: [], wakeAtMs: null };
  // Its hosts are still to be looked up (`plan`): not forgotten (invariant 11).
  if (record.batches.length === 0) return { record, effects: [], wakeAtMs: poll(moment) };
  // Invariant 2: nothing is concluded and nothing is written on a filtered view.
  const blind = whyBlind(moment.world) ?? (record.cancel === null ? unseenPost(record, moment.world) : null);
  if (blind !== null) {
    return { record: withTrouble(record, blind, moment.nowMs), effects: [], wakeAtMs: poll(moment) };
  }
  const before = record.trouble;
  const looked = atDeadline(observe({ ...record, trouble: null }, moment), moment);
  const step = looked.cancel === null ? followPhases(looked, moment) : giveBack(looked, moment);
  const finished = finish(step.record, moment);
  return {
    record: tellTrouble(finished, before, step.effects.length > 0 || isUnderWay(finished, moment), moment),
    effects: finished.end === null ? step.effects : [],
    wakeAtMs: finished.end === null ? Math.min(step.wakeAtMs ?? poll(moment), poll(moment)) : null,
  };
}

function poll(moment: Moment): number {
  return moment.nowMs + moment.policy.pollMs;
}

/** Brings the picture up to date and tells what changed in it. */
function observe(record: Maintenance, moment: Moment): Maintenance {
  const { world, nowMs } = moment;
  const batches = record.batches.map((batch) => rememberAgents(batch, agentsOn(world, batch.machines)));
  const picture = lookAt(world, batches.flatMap(watchedMachines), record.picture);
  const before = record.picture;
  let next = recordBehaviour({ ...record, batches, picture }, picture, world, nowMs);
  if (before === null) return next;
  const erasedBefore = new Set(before.verdicts.filter((row) => row.erased !== null).map(rowKey));
  const cleared = picture.verdicts.some((row) => row.erased !== null && !erasedBefore.has(rowKey(row)));
  // A window that leaves the schedule takes its answers along: after a cancel that is no news.
  const isFollowed = record.cancel === null && batches.some(isDraining);
  if (cleared && isFollowed) {
    const why = before.leaderId === picture.leaderId ? "schedule_change" : "fail_over";
    next = withEvent(next, nowMs, { kind: "answers_cleared", why });
  }
  if (isFollowed && answersDiffer(before, picture)) next = withEvent(next, nowMs, answersEvent(picture));
  return next;
}

function rememberAgents(batch: Batch, agents: readonly { machine: string; id: string }[]): Batch {
  const known = new Set(batch.agents.map((agent) => agent.id));
  const added = agents.filter((agent) => !known.has(agent.id));
  return added.length === 0 ? batch : { ...batch, agents: [...batch.agents, ...added] };
}

function followPhases(record: Maintenance, moment: Moment): Step {
  const effects: Effect[] = [];
  const wakes: number[] = [];
  let current = record;
  for (const { id } of record.batches) {
    const batch = batchOf(current, id);
    if (batch === null || current.picture === null) continue;
    const picture = pictureOf(batch.machines, current.picture);
    for (const rule of [moveWindow, askAnew, RULES[batch.phase]]) {
      const step = rule(current, batchOf(current, id) ?? batch, picture, moment);
      current = step.record;
      effects.push(...step.effects);
      if (step.wakeAtMs !== null) wakes.push(step.wakeAtMs);
    }
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
  if (batches.every((batch) => batch.phase === "cancelled")) {
    return ended(withEvent(record, moment.nowMs, { kind: "cancelled" }), "cancelled", moment.nowMs);
  }
  const done = batches.every(
    (batch) => batch.phase === "cancelled" || (batch.phase === "up" && hasReturned(batch)),
  );
  return done ? ended(record, "up", moment.nowMs) : record;
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
