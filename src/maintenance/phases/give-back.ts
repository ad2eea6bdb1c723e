import { withdrawn } from "../approval/question.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import { isToGoDown, isUnsettled, nowDown, withBatch } from "../record/batch.js";
import { always } from "../record/batch-phases.js";
import { noteOnce, withEvent } from "../record/log.js";
import type { Batch, BatchIn, BatchToGoDown, Maintenance } from "../record/record.js";
import { list } from "../text/list.js";
import type { Millis } from "../time.js";
import { inOurWindow, ourTimes, standingAt } from "../window/ours.js";
import { type Effect, type Moment, type Step, soon } from "./step.js";

/**
 * Cancel: gives draining machines back by taking them out of the schedule, one post for all, and leaves everybody
 * else's windows (invariants 1 and 12). A batch is cancelled when the master has not shown our window for a poll; a view
 * that shows no window at all has been dealt with before (`sight/nothing-shown.ts`).
 */
export function giveBack(record: Maintenance, moment: Moment): Step {
  const { world, nowMs } = moment;
  if (isUnsettled(record, world.observedAtMs))
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  const batches = record.batches.map((batch) => withdrawn(batch, nowMs));
  const removals = (batch: Batch) => removalsOf(world, batch);
  const effects = batches.flatMap(removals);
  if (effects.length > 0) {
    const isPutBack = batches.some((batch) => removals(batch).length > 0 && wasGone(batch));
    const asked = batches.map((batch) =>
      removals(batch).length > 0 ? removalAsked(stands(batch), world.leaderId) : batch,
    );
    const next = { ...record, batches: asked };
    return {
      record: isPutBack ? noteOnce(next, PUT_BACK, nowMs) : next,
      effects,
      wakeAtMs: soon(moment),
    };
  }
  let current: Maintenance = { ...record, batches };
  for (const batch of batches.filter(isToGoDown)) {
    const stuck = inOurWindow(world, batch);
    current =
      stuck.length === 0
        ? withBatch(current, givenBack(batch, moment))
        : leftDown(current, batch, stuck, nowMs);
  }
  return { record: current, effects: [], wakeAtMs: null };
}

/** Told once when our window came back to the schedule after it had been taken out. */
export const PUT_BACK =
  "Somebody else's post put machines back into our window after it had been taken out of the schedule; they are taken out of it again, and other people's windows stay.";

/** One that was never posted needs no second look. */
function givenBack(batch: BatchToGoDown, moment: Moment): Batch {
  const isPosted = batch.phase !== "scheduled" || batch.post.kind === "posted" || batch.seenSinceMs !== null;
  const looked = seenGone(batch, moment);
  return !isPosted || staysGone(looked, moment) ? { ...always(batch), phase: "cancelled" } : looked;
}

/** A batch whose window was to be taken out of the schedule. */
type Removed = BatchToGoDown | BatchIn<"up">;

/** The batch with since when the master no longer shows our window. */
export function seenGone<B extends Removed>(batch: B, { world }: Moment): B {
  return batch.goneSinceMs === undefined ? { ...batch, goneSinceMs: world.observedAtMs } : batch;
}

/**
 * Whether our window has stayed away for a poll. One look does not prove it: who read the schedule before our post may
 * write it back a moment after.
 */
export function staysGone({ goneSinceMs }: Removed, { world, policy }: Moment): boolean {
  return goneSinceMs !== undefined && world.observedAtMs - goneSinceMs >= policy.pollMs;
}

function wasGone(batch: Batch): boolean {
  return "goneSinceMs" in batch && batch.goneSinceMs !== undefined;
}

/** The batch whose window the master shows again. */
export function stands<B extends Batch>(batch: B): B {
  return wasGone(batch) ? { ...batch, goneSinceMs: undefined } : batch;
}

function removalAsked(batch: Batch, leaderId: string): Batch {
  if (!isToGoDown(batch) || batch.removal?.kind === "accepted") return batch;
  return { ...batch, removal: { kind: "asked", leaderId } };
}

/** What takes those of our machines that are not Down out of the schedule: one edit for each of our times. */
export function removalsOf(world: World, batch: Batch): Effect[] {
  const { down } = indexWorld(world);
  return ourTimes(batch).flatMap((time): Effect[] => {
    const machines = standingAt(world, batch, time).filter((machine) => !down.has(machineKey(machine)));
    const edit = { kind: "remove" as const, machines, time };
    return machines.length > 0 ? [{ kind: "update_schedule", edit }] : [];
  });
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
  const names = list(stuck.map((machine) => machine.hostname));
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
