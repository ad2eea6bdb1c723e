import { withdrawn } from "./approval.js";
import { list } from "./list.js";
import { isUnsettled, withBatch, withEvent } from "./log.js";
import { type Machine, machineKey } from "./machine.js";
import { type Effect, type Moment, type Step, soon } from "./phases.js";
import type { Batch, Maintenance } from "./record.js";
import type { Unavailability } from "./schedule.js";
import { sameTime, windowOf } from "./schedule-edit.js";
import type { Millis } from "./time.js";
import { mayStand, showsNothing, unseenGivingBack } from "./unseen-window.js";
import type { World } from "./world.js";

/**
 * Cancel: gives draining machines back by taking them out of the schedule, one post for all, and leaves everybody
 * else's windows (invariants 1 and 12). A batch is cancelled when the master no longer shows our window for it; if it
 * shows no window at all, only an accepted post of ours says that it is gone.
 */
export function giveBack(record: Maintenance, moment: Moment): Step {
  const { world, nowMs } = moment;
  if (isUnsettled(record, nowMs)) return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  const down = new Set(world.status.down.map(machineKey));
  const isDown = (machine: Machine) => down.has(machineKey(machine));
  const batches = record.batches.map((batch) => withdrawn(batch, nowMs));
  const removals = (batch: Batch) =>
    ourTimes(batch).flatMap((time): Effect[] => {
      const machines = standingAt(world, batch, time).filter((machine) => !isDown(machine));
      const edit = { kind: "remove" as const, machines, time };
      return machines.length > 0 ? [{ kind: "update_schedule", edit }] : [];
    });
  const effects = batches.flatMap(removals);
  if (effects.length > 0) {
    const asked = batches.map((batch) =>
      removals(batch).length > 0 ? { ...batch, removalLeaderId: world.leaderId } : batch,
    );
    return {
      record: { ...record, batches: asked },
      effects,
      wakeAtMs: soon(moment),
    };
  }
  const standing = batches.filter((batch) => mayStand(batch, world.leaderId));
  if (showsNothing(world) && standing.length > 0) {
    const trouble = { ...unseenGivingBack(record, standing), sinceMs: nowMs };
    return { record: { ...record, batches, trouble }, effects: [], wakeAtMs: null };
  }
  let current: Maintenance = { ...record, batches };
  for (const batch of batches) {
    const stuck = inOurWindow(world, batch);
    current =
      stuck.length === 0
        ? withBatch(current, { ...batch, phase: "cancelled" })
        : leftDown(current, batch, stuck, nowMs);
  }
  return { record: current, effects: [], wakeAtMs: null };
}

/** Our window; while it is being extended also the one from before. */
function ourTimes({ window, movingFrom }: Batch): Unavailability[] {
  return movingFrom === null ? [window] : [movingFrom, window];
}

/** The machines that still stand at our time; one that somebody moved since is theirs (invariant 12). */
function inOurWindow(world: World, batch: Batch): Machine[] {
  return ourTimes(batch).flatMap((time) => standingAt(world, batch, time));
}

function standingAt(world: World, batch: Batch, time: Unavailability): Machine[] {
  return batch.machines.filter((machine) => {
    const window = windowOf(world.schedule, machine);
    return window !== null && sameTime(window, time);
  });
}

/**
 * Somebody else, or a late call of ours, took machines Down in our window before they could be given back. A master keeps those in its schedule
 * until Up, and who took them down may still be at work on them: so a person says when.
 */
function leftDown(record: Maintenance, batch: Batch, stuck: readonly Machine[], nowMs: Millis): Maintenance {
  const names = list(stuck.map((machine) => machine.hostname));
  const next = withBatch({ ...record, cancel: null }, { ...batch, phase: "down", intent: null });
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
