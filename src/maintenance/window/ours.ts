// When is a window ours, and how is the schedule edited?

import type { Machine } from "../cluster/machine.js";
import type { Unavailability } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import type { Batch } from "../record/record.js";
import { sameTime, windowOf } from "./edit.js";

/** The window of a batch, and those that it had before it was extended: an old list may put machines back there. */
export function ourTimes(batch: Batch): Unavailability[] {
  return [...earlierTimes(batch), batch.window];
}

/** The windows that a batch had before it was extended, oldest first. */
export function earlierTimes({ movingFrom, earlierWindows }: Batch): Unavailability[] {
  return movingFrom === null ? [...earlierWindows] : [...earlierWindows, movingFrom];
}

/** The machines that stand at exactly this time. */
export function standingAt(
  world: World,
  { machines }: { readonly machines: readonly Machine[] },
  time: Unavailability,
): Machine[] {
  return machines.filter((machine) => {
    const window = windowOf(world.schedule, machine);
    return window !== null && sameTime(window, time);
  });
}

/** The machines that stand at our time; one that somebody moved to another is theirs (invariant 12). */
export function inOurWindow(world: World, batch: Batch): Machine[] {
  return ourTimes(batch).flatMap((time) => standingAt(world, batch, time));
}
