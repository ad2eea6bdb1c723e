import { machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import { isUnsettled } from "../record/batch.js";
import { noteOnce } from "../record/log.js";
import type { Batch, BatchIn, Maintenance } from "../record/record.js";
import { ourTimes, standingAt } from "../window/ours.js";
import { type Effect, type Moment, type Step, soon } from "./step.js";

// When is our window gone for good? After Up and after a cancel alike it is taken out until it stays away.

/** Told once when our window came back to the schedule after it had been taken out. */
export const PUT_BACK =
  "Somebody else's post put machines back into our window after it had been taken out of the schedule; they are taken out of it again, and other people's windows stay.";

/** What takes those of our machines that are not Down out of the schedule: one edit for each of our times. */
export function removalsOf(world: World, batch: Batch): Effect[] {
  const { down } = indexWorld(world);
  return ourTimes(batch).flatMap((time): Effect[] => {
    const machines = standingAt(world, batch, time).filter((machine) => !down.has(machineKey(machine)));
    const edit = { kind: "remove" as const, machines, time };
    return machines.length > 0 ? [{ kind: "update_schedule", edit }] : [];
  });
}

/** A batch whose machines were given back, or are up again: its window was taken out of the schedule. */
type Removed = BatchIn<"cancelled" | "up">;

/** Whether the window of a batch was taken out and the master had stopped showing it. */
export function isRemoved(batch: Batch): batch is Removed {
  return batch.phase === "cancelled" || batch.phase === "up";
}

/** The batch as of this look: since when its window, once it was taken out, has not been shown. */
export function withRemovalSeen(batch: Batch, world: World): Batch {
  if (!isRemoved(batch)) return batch;
  // 0.1.0 did not write it down for machines that are up.
  const isKnown = batch.goneSinceMs !== undefined || batch.phase === "cancelled";
  if (isKnown && removalsOf(world, batch).length === 0) return batch;
  return { ...batch, goneSinceMs: world.observedAtMs };
}

/** Takes our window out again should it come back: who read the schedule before may write that list back. */
export function keepGone(record: Maintenance, batch: Removed, moment: Moment): Step {
  const { world, nowMs } = moment;
  const effects = removalsOf(world, batch);
  if (effects.length === 0) return { record, effects, wakeAtMs: null };
  if (isUnsettled(record, world.observedAtMs)) {
    return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  }
  return { record: noteOnce(record, PUT_BACK, nowMs), effects, wakeAtMs: soon(moment) };
}

/**
 * Whether our window has stayed away for a poll: who read the schedule before our post may write it back a moment after. One
 * that was never posted cannot come back. Every agent that was drained for it takes tasks again, too.
 */
export function staysGone(batch: Removed, moment: Moment): boolean {
  const { phase, goneSinceMs, drained } = batch;
  const { world, policy } = moment;
  if (drained.length > 0) return false;
  if (goneSinceMs === undefined) return phase === "cancelled";
  return world.observedAtMs - goneSinceMs >= policy.pollMs;
}
