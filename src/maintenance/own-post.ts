import { list } from "./list.js";
import { withBatch } from "./log.js";
import { type Machine, machineKey, machineName } from "./machine.js";
import type { Maintenance, Trouble } from "./record.js";
import type { Millis } from "./time.js";
import { OWN_WINDOW_UNSEEN, showsNothing } from "./unseen-window.js";
import type { World } from "./world.js";

/**
 * The record after a master accepted a post that places these machines. Only an accepted post counts: one that got no
 * answer is settled by looking.
 */
export function withAcceptedPost(
  record: Maintenance,
  machines: readonly Machine[],
  nowMs: Millis,
): Maintenance {
  const placed = new Set(machines.map(machineKey));
  return record.batches
    .filter((batch) => batch.machines.some((machine) => placed.has(machineKey(machine))))
    .reduce((next, batch) => withBatch(next, { ...batch, postedAtMs: nowMs }), record);
}

/**
 * Our window was accepted, and the master shows nobody's: neither in the schedule nor in the status. Either somebody
 * cleared everything in the same moment, or we are not shown windows at all, and then the post has just replaced ones
 * that we could not see. Posting once more would do it again, so nothing more is written until the
 * master shows a window (invariant 2). `null` when there is nothing of the kind.
 */
export function unseenPost(record: Maintenance, world: World): Omit<Trouble, "sinceMs"> | null {
  const machines = record.batches
    .filter((batch) => batch.phase === "scheduled" && batch.postedAtMs !== undefined)
    .flatMap((batch) => batch.machines.map(machineName));
  if (machines.length === 0) return null;
  if (!showsNothing(world)) return null;
  return {
    code: OWN_WINDOW_UNSEEN,
    what: `The master accepted our window of ${list(machines)}, and now shows no window at all: the view we get is filtered, or somebody cleared the schedule in the same moment.`,
    said: null,
    notDone:
      "Nothing more is posted: on a filtered view each post wipes other people's windows. If there were any, ours may have replaced them.",
    next: `Look at the schedule with an account that sees it and restore what is missing; grant the bot's principal get_maintenance_schedules and get_maintenance_statuses on ANY. It goes on by itself when the master shows the window; otherwise type /mesos cancel ${record.id}, and once more to close it here, and send the drain again.`,
  };
}
