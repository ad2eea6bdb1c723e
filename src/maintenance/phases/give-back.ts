import { withdrawn } from "../approval/question.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import { isToGoDown, isUnsettled, nowDown, placeOf, withBatch } from "../record/batch.js";
import { always } from "../record/batch-phases.js";
import { noteOnce, withEvent } from "../record/log.js";
import { namesOf } from "../record/names.js";
import type { Batch, BatchIn, BatchToGoDown, Maintenance } from "../record/record.js";
import { isOver } from "../rolling/turn.js";
import { list } from "../text/list.js";
import type { Millis } from "../time.js";
import { inOurWindow } from "../window/ours.js";
import { isRemoved, PUT_BACK, removalsOf } from "./removal.js";
import { type Moment, type Rule, type Step, soon } from "./step.js";

/**
 * Cancel: gives draining machines back by taking them out of the schedule, one post for all, and leaves everybody
 * else's windows (invariants 1 and 12). A batch is cancelled when the master no longer shows our window, and taken out again should it come back; a view that
 * shows no window at all has been dealt with before (`sight/nothing-shown.ts`).
 */
export function giveBack(record: Maintenance, moment: Moment): Step {
  const { world, nowMs } = moment;
  if (isUnsettled(record, world.observedAtMs))
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  const batches = record.batches.map((batch) => withdrawn(batch, nowMs));
  const removals = (batch: Batch) => removalsOf(world, batch);
  const effects = batches.flatMap(removals);
  if (effects.length > 0) {
    const isPutBack = batches.some((batch) => removals(batch).length > 0 && isRemoved(batch));
    const asked = batches.map((batch) =>
      removals(batch).length > 0 ? removalAsked(batch, world.leaderId) : batch,
    );
    const next = { ...record, batches: asked };
    return {
      record: isPutBack ? noteOnce(next, PUT_BACK, nowMs) : next,
      effects,
      wakeAtMs: soon(moment),
    };
  }
  let current: Maintenance = { ...record, batches };
  for (const batch of batches.filter(isToGoDown)) current = givenBackOrDown(current, batch, moment);
  return { record: withRestGoingOn(current, nowMs), effects: [], wakeAtMs: null };
}

/** A batch that is skipped: its machines leave the schedule in one post, and the other batches go on. */
export const giveBackSkipped: Rule<BatchToGoDown> = (record, batch, _picture, moment) => {
  const { world } = moment;
  if (isUnsettled(record, world.observedAtMs)) {
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  }
  const effects = removalsOf(world, batch);
  return effects.length > 0
    ? { record: withBatch(record, removalAsked(batch, world.leaderId)), effects, wakeAtMs: soon(moment) }
    : { record: givenBackOrDown(record, batch, moment), effects: [], wakeAtMs: null };
};

/** Nothing of the batch stands in the schedule but what is Down. */
function givenBackOrDown(record: Maintenance, batch: BatchToGoDown, moment: Moment): Maintenance {
  const stuck = inOurWindow(moment.world, batch);
  return stuck.length === 0
    ? withBatch(record, givenBack(batch, moment))
    : leftDown(record, batch, stuck, moment.nowMs);
}

/** Batches that were taken down before the cancel go on to their Up; it was for the others. */
function withRestGoingOn(record: Maintenance, nowMs: Millis): Maintenance {
  const rest = record.batches.filter(({ phase }) => phase !== "cancelled");
  if (rest.length === 0 || record.cancel === null) return record;
  const open = rest.filter((batch) => !isOver(batch));
  const going =
    open.length === 0
      ? ""
      : ` The rest goes on: ${list(open.map(({ id, phase }) => `${placeOf(record, id)} is ${phase.replaceAll("_", " ")}`))}.`;
  const text = `What was not Down is given back.${going}`;
  return withEvent({ ...record, cancel: null }, nowMs, { kind: "note", text });
}

/** Its machines are free again at once; the maintenance goes on until the window has stayed away. */
function givenBack(batch: BatchToGoDown, { world }: Moment): Batch {
  const next: BatchIn<"cancelled"> = { ...always(batch), phase: "cancelled" };
  const isPosted = batch.phase !== "scheduled" || batch.post.kind === "posted" || batch.seenSinceMs !== null;
  return isPosted ? { ...next, goneSinceMs: world.observedAtMs } : next;
}

/** The batch once this leader, which shows its window, is asked to take its machines out. */
export function removalAsked(batch: Batch, leaderId: string): Batch {
  if (!isToGoDown(batch) || batch.removal?.kind === "accepted") return batch;
  return { ...batch, removal: { kind: "asked", leaderId } };
}

/**
 * Somebody else, or a late call of ours, took machines Down in our window before they could be given back. A master keeps those in its schedule
 * until Up, and who took them down may still be at work on them: so a person says when.
 */
function leftDown(
  record: Maintenance,
  batch: BatchToGoDown,
  stuck: readonly Machine[],
  nowMs: Millis,
): Maintenance {
  const names = list(stuck.map(namesOf(record).of));
  const keys = new Set(stuck.map(machineKey));
  const confirmedUp = batch.machines.map(machineKey).filter((key) => !keys.has(key));
  const next = withBatch({ ...record, cancel: null }, nowDown(batch, confirmedUp));
  const rest = `Machines that were draining are given back; bring ${names} back into service with Up.`;
  return batch.intent === null
    ? withEvent(next, nowMs, {
        kind: "foreign_change",
        text: `Somebody else took ${names} Down at the master before the cancel. ${rest}`,
      })
    : withEvent(next, nowMs, {
        kind: "note",
        text: `${names} went Down before the cancel: the call that was sent under approval ${batch.intent.approvalId} got no answer and seems to have taken effect late. ${rest}`,
      });
}
