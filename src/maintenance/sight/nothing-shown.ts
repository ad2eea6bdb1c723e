import { type Machine, machineKey, machineName } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { withBatch } from "../record/batch.js";
import type { Batch, Maintenance, Trouble } from "../record/record.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Millis } from "../time.js";

/** The code of the trouble: our window is not shown, and nothing proves that it is gone. */
export const OWN_WINDOW_UNSEEN = "own_window_unseen";

/** The same after a cancel: a person may then close the maintenance with a second one. */
export const CANCEL_UNSEEN = "cancel_unseen";

/**
 * Whether a master shows no window and no machine in maintenance, of nobody. Everything may really be over; without the
 * rights to see windows it looks the same, so nothing of ours may be called over because of it alone (invariant 2).
 */
export function showsNothing({ schedule, status }: World): boolean {
  return schedule.windows.length === 0 && status.draining.length === 0 && status.down.length === 0;
}

/**
 * Whether a window of the batch may stand at a master that shows none: it was posted or seen there, no accepted post
 * took it out, and it is not this very leader that showed it until it was asked to take it out. What somebody may see
 * does not change while a master leads, so there a call without an answer is settled by what is no longer shown.
 */
export function mayStand(batch: Batch, leaderId: string): boolean {
  if (batch.removedAtMs !== null || batch.removalLeaderId === leaderId) return false;
  return batch.postedAtMs !== null || batch.drainingSinceMs !== null;
}

/** The record after a master accepted a post that takes these machines out of the schedule. */
export function withAcceptedRemoval(
  record: Maintenance,
  machines: readonly Machine[],
  nowMs: Millis,
): Maintenance {
  return changed(record, machines, (batch) => ({ ...batch, removedAtMs: nowMs }));
}

/**
 * The record after a master refused a post that takes these machines out: rights to post and to see may go together, so
 * that the same leader shows our window no longer proves nothing any more (invariant 2).
 */
export function withRefusedRemoval(record: Maintenance, machines: readonly Machine[]): Maintenance {
  return changed(record, machines, (batch) => ({ ...batch, removalLeaderId: null }));
}

/**
 * The record after a master confirmed that these machines are not Down: it accepted a STOP_MAINTENANCE for them, or
 * answered that they are not Down.
 */
export function withConfirmedUp(record: Maintenance, machines: readonly Machine[]): Maintenance {
  const keys = machines.map(machineKey);
  return changed(record, machines, (batch) => ({
    ...batch,
    confirmedUp: [...new Set([...batch.confirmedUp, ...keys])],
  }));
}

function changed(record: Maintenance, machines: readonly Machine[], change: (batch: Batch) => Batch) {
  const keys = new Set(machines.map(machineKey));
  return record.batches
    .filter((batch) => batch.machines.some((machine) => keys.has(machineKey(machine))))
    .reduce((next, batch) => withBatch(next, change(batch)), record);
}

/** Cancelled, and the master shows nothing at all: whether our window was taken out, nobody can tell from here. */
export function unseenGivingBack(record: Maintenance, batches: readonly Batch[]): Omit<Trouble, "sinceMs"> {
  return {
    code: CANCEL_UNSEEN,
    what: `The master shows no window at all any more, so it cannot be seen whether ours of ${namesOf(batches)} is gone: somebody cleared the schedule, or the view we get is filtered.`,
    said: null,
    notDone:
      "The cancel is not finished, and nothing was posted for it: on a filtered view a post wipes windows.",
    next: `${GRANT}; it goes on when the master shows a window. Once you have seen that ours is gone: /mesos cancel ${record.id} again closes it here.`,
  };
}

/** Ours should be Down, and the master shows nothing at all: nobody is said to have brought them Up because of that. */
export function unseenDown(record: Maintenance, batch: Batch): Omit<Trouble, "sinceMs"> {
  return {
    code: OWN_WINDOW_UNSEEN,
    what: `The master shows no machine in maintenance any more, not even ${namesOf([batch])}, which went Down here: somebody brought all of them Up, or the view we get is filtered.`,
    said: null,
    notDone: "Nothing is concluded from it, and nothing was sent.",
    next: `${GRANT}. It goes on when an agent on them registers again; with /mesos up ${record.id} the master is made to say how they stand.`,
  };
}

const GRANT =
  "Make sure that the bot's principal has get_maintenance_schedules and get_maintenance_statuses on ANY";

function namesOf(batches: readonly Batch[]): string {
  return quoted(list(batches.flatMap((batch) => batch.machines.map(machineName))));
}
