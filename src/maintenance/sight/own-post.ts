import { type Machine, machineKey, machineName } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { isUnsettled, withBatch } from "../record/batch.js";
import type { Batch, Maintenance, Trouble } from "../record/record.js";
import { list } from "../text/list.js";
import type { Millis } from "../time.js";
import { OWN_WINDOW_UNSEEN, showsNothing } from "./nothing-shown.js";

/**
 * The record after a post that places these machines was accepted, or may have been carried out: without an answer it is
 * settled by looking, and a master that shows no window then may have carried it out all the same (invariant 7).
 */
export function withPossiblePost(
  record: Maintenance,
  machines: readonly Machine[],
  nowMs: Millis,
): Maintenance {
  const placed = new Set(machines.map(machineKey));
  return record.batches
    .filter((batch) => batch.machines.some((machine) => placed.has(machineKey(machine))))
    .reduce(
      // From here on our own window is what has to be shown.
      (next, batch) => withBatch(next, { ...batch, sightProved: false, postedAtMs: nowMs }),
      record,
    );
}

/**
 * Our window was posted, and the master shows nobody's: neither in the schedule nor in the status. Either somebody
 * cleared everything in the same moment, or we are not shown windows at all, and then the post has just replaced ones
 * that we could not see. Posting once more would do it again, so nothing more is written until the
 * master shows a window (invariant 2). `null` when there is nothing of the kind.
 */
export function unseenPost(record: Maintenance, world: World): Omit<Trouble, "sinceMs"> | null {
  const machines = record.batches
    .filter((batch) => batch.phase === "scheduled" && batch.postedAtMs !== null)
    .flatMap((batch) => batch.machines.map(machineName));
  if (machines.length === 0 || !showsNothing(world)) return null;
  // It may still take effect after this look (invariant 7).
  if (isUnsettled(record, world.observedAtMs)) return null;
  return {
    code: OWN_WINDOW_UNSEEN,
    what: `The master accepted, or may have accepted our window of ${list(machines)}, and now shows no window at all: the view we get is filtered, or somebody cleared the schedule in the same moment.`,
    said: null,
    notDone:
      "Nothing more is posted: on a filtered view each post wipes other people's windows. If there were any, ours may have replaced them.",
    next: `Look at the schedule with an account that sees it and restore what is missing; grant the bot's principal get_maintenance_schedules and get_maintenance_statuses on ANY. It goes on by itself when the master shows the window; otherwise type /mesos cancel ${record.id}, and once more to close it here, and send the drain again.`,
  };
}

/** The code of the trouble: windows were shown, and before our first post none is any more. */
const WINDOWS_VANISHED = "windows_vanished";

/**
 * The master showed windows since the drain was planned, and now, before our first post, none: they are over, or this
 * leader does not show them to us, and then our post would replace them (invariant 2). `null` when nothing speaks against
 * the post. A window of ours that was seen or posted before is another matter: there a person has said to post again.
 */
export function vanished(record: Maintenance, batch: Batch, world: World): Omit<Trouble, "sinceMs"> | null {
  if (!batch.sightProved || batch.drainingSinceMs !== null || !showsNothing(world)) return null;
  return {
    code: WINDOWS_VANISHED,
    what: "The master showed windows when this drain was planned, and now shows none of anybody: they are over, or the view we get is filtered.",
    said: null,
    notDone: "No window was posted: on a filtered view the post would wipe other people's windows.",
    next: `Look at the schedule with an account that sees it. If windows stand there, grant the bot's principal get_maintenance_schedules and get_maintenance_statuses on ANY, and it goes on by itself. If it really is empty: /mesos cancel ${record.id}, and send the drain again.`,
  };
}
