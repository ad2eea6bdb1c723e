import { jsonThatFits } from "./bound.js";
import type { WriteOwned } from "./driver.js";
import { CONTROL_WORKER_OPTIONS } from "./lane-options.js";
import type { StoreJob } from "./store.js";

const LOCK_MS = CONTROL_WORKER_OPTIONS.lockDuration;

/** How the store writes for the jobs that its workers run: BullMQ's job does not tell which store it is in. */
const writers = new WeakMap<object, WriteOwned>();

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

/** The store tells here how to write for a job that one of its workers is about to run. */
export function writesOwned<D, R>(job: StoreJob<D, R>, write: WriteOwned): void {
  writers.set(job, write);
}

/**
 * Replaces data while the lock of the job that this processor runs is held, and renews the lock: proof and write are
 * one step of the store, so a processor that was cut off at whatever moment cannot come back and overwrite what its
 * successor wrote (invariant 8). BullMQ's `updateData` asks for no lock.
 *
 * @param job the job that the processor runs.
 * @param record the job whose data is replaced, of the same queue: `job` itself, or the maintenance that it decides on.
 * @param lockMs how long the lock lasts from now on; that of the control lane unless told.
 * @throws TooLargeError when the data could not be read again; nothing is written then.
 * @throws LockLostError when the lock belongs to somebody else or has expired; nothing is written then.
 */
export async function updateOwned<D>(
  job: StoreJob,
  token: string,
  data: D,
  record: StoreJob<D> = job as StoreJob<D>,
  lockMs = LOCK_MS,
): Promise<void> {
  const write = writers.get(job);
  if (write === undefined)
    throw new Error(`Nothing was written: job ${job.id} is not one that a worker of the store runs.`);
  const [owner, target] = [job.id ?? "", record.id ?? ""];
  const text = jsonThatFits(target, data);
  const outcome = await write({ queue: job.queueName, owner, token, lockMs, target, data: text });
  if (outcome === "lost") throw new LockLostError(owner);
  if (outcome === "gone")
    throw new Error(
      `Job ${target} was removed from the queue: nothing was written, and nobody goes on with it. ` +
        "Look into the master's schedule for what it left there.",
    );
  record.data = data;
}

/**
 * How long a proof is good for: less than the lock that it renewed lasts, because what is sent on it has yet to arrive.
 */
export const PROOF_MS = LOCK_MS - 2_000;

/** Proof that a processor held the lock of its job when it asked. It has an age (invariant 13). */
export interface Proof {
  /** Whether nobody else can be running the job at this moment. */
  holds(): boolean;
}

/**
 * Proves that this processor still holds the lock of its job, and renews it: before anything that somebody else may be
 * doing as well (invariant 8). The answer may travel for longer than the lock lasts, so the proof is as old as the
 * question.
 *
 * @param signal aborts when the lock is known to be lost.
 * @param elapsed milliseconds by a clock that is never set back.
 * @throws LockLostError
 */
export async function proveOwned(
  job: StoreJob,
  token: string,
  signal: AbortSignal,
  elapsed: () => number,
): Promise<Proof> {
  return await provenBy(signal, elapsed, async () => {
    const held = await job.extendLock(token, LOCK_MS);
    if (held !== 1) throw new LockLostError(job.id ?? "(no id)");
  });
}

/** The same by a write: `updateOwned` of the job's own data is such a proof as well. */
export async function updateAndProve<D>(
  job: StoreJob,
  token: string,
  data: D,
  signal: AbortSignal,
  elapsed: () => number,
): Promise<Proof> {
  return await provenBy(signal, elapsed, () => updateOwned(job, token, data));
}

async function provenBy(
  signal: AbortSignal,
  elapsed: () => number,
  renew: () => Promise<void>,
): Promise<Proof> {
  const askedMs = elapsed();
  await renew();
  return { holds: () => !signal.aborted && elapsed() - askedMs < PROOF_MS };
}
