import { CONTROL_WORKER_OPTIONS } from "./lane-options.js";
import type { StoreJob } from "./store.js";

/** The lock of a job is gone: another worker may be running it, so nothing more may be written for it (invariant 8). */
export class LockLostError extends Error {
  override readonly name = "LockLostError";

  constructor(id: string) {
    super(
      `The lock of job ${id} was lost, so another worker may be running it. Nothing was written. ` +
        "The other worker goes on from what is stored.",
    );
  }
}

/**
 * Replaces the data of the job that this processor runs, after proving that its lock is still held. BullMQ's
 * `updateData` asks for no lock, so without this a processor that was cut off from Redis would come back and overwrite
 * what its successor wrote (invariant 8).
 *
 * @throws LockLostError when the lock belongs to somebody else or has expired; nothing is written then.
 */
export async function updateOwned<D>(job: StoreJob<D>, token: string, data: D): Promise<void> {
  await proveOwned(job, token);
  await job.updateData(data);
}

/**
 * Proves that this processor still holds the lock of its job, and renews it: before anything that somebody else may be
 * doing as well (invariant 8).
 *
 * @throws LockLostError
 */
export async function proveOwned(job: StoreJob, token: string): Promise<void> {
  const held = await job.extendLock(token, CONTROL_WORKER_OPTIONS.lockDuration);
  if (held !== 1) throw new LockLostError(job.id ?? "(no id)");
}
