import { type Machine, machineKey } from "../cluster/machine.js";
import { isPosted, isToGoDown, withBatch } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import type { Millis } from "../time.js";

// What the answers to our own calls prove: all there is to go by while a master shows no window at all (invariant 2).

/**
 * The record after a post that places these machines was accepted, or may have been carried out: without an answer it is
 * settled by looking, and a master that shows no window then may have carried it out all the same (invariant 7). From here
 * on our own window is what has to be shown.
 */
export function withPossiblePost(
  record: Maintenance,
  machines: readonly Machine[],
  nowMs: Millis,
): Maintenance {
  const post = { kind: "posted", atMs: nowMs } as const;
  return changed(record, machines, (batch) => (batch.phase === "scheduled" ? { ...batch, post } : batch));
}

/** The record after a master accepted a post that takes these machines out of the schedule. */
export function withAcceptedRemoval(
  record: Maintenance,
  machines: readonly Machine[],
  nowMs: Millis,
): Maintenance {
  const removal = { kind: "accepted", atMs: nowMs } as const;
  return changed(record, machines, (batch) => (isToGoDown(batch) ? { ...batch, removal } : batch));
}

/**
 * The record after a master refused a post that takes these machines out: rights to post and to see may go together, so
 * that the same leader shows our window no longer proves nothing any more.
 */
export function withRefusedRemoval(record: Maintenance, machines: readonly Machine[]): Maintenance {
  return changed(record, machines, (batch) =>
    isToGoDown(batch) && batch.removal?.kind === "asked" ? { ...batch, removal: null } : batch,
  );
}

/**
 * The record after a master confirmed that these machines are not Down: it accepted a STOP_MAINTENANCE for them, or
 * answered that they are not Down.
 */
export function withConfirmedUp(record: Maintenance, machines: readonly Machine[]): Maintenance {
  const keys = machines.map(machineKey);
  return changed(record, machines, (batch) =>
    batch.phase === "bringing_up"
      ? { ...batch, confirmedUp: [...new Set([...batch.confirmedUp, ...keys])] }
      : batch,
  );
}

function changed(record: Maintenance, machines: readonly Machine[], change: (batch: Batch) => Batch) {
  const keys = new Set(machines.map(machineKey));
  return record.batches
    .filter((batch) => batch.machines.some((machine) => keys.has(machineKey(machine))))
    .reduce((next, batch) => withBatch(next, change(batch)), record);
}

/**
 * Whether a window of the batch may stand at a master that shows none: it was posted or seen there, no accepted post
 * took it out, and it is not this very leader that showed it until it was asked to take it out. What somebody may see
 * does not change while a master leads, so there a call without an answer is settled by what is no longer shown.
 */
export function mayStand(batch: Batch, leaderId: string): boolean {
  if (!isToGoDown(batch)) return false;
  const { removal, seenSinceMs } = batch;
  if (removal?.kind === "accepted" || removal?.leaderId === leaderId) return false;
  return isPosted(batch) || seenSinceMs !== null;
}
