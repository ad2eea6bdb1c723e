import { machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import type { Batch, BatchIn, BatchToGoDown } from "../record/record.js";
import { ourTimes, standingAt } from "../window/ours.js";
import type { Effect, Moment } from "./step.js";

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

/** Whether the master had stopped showing our window. */
export function wasGone(batch: Batch): boolean {
  return "goneSinceMs" in batch && batch.goneSinceMs !== undefined;
}

/** The batch whose window the master shows again. */
export function stands<B extends Batch>(batch: B): B {
  return wasGone(batch) ? { ...batch, goneSinceMs: undefined } : batch;
}
