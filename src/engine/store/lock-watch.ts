import { LockLostError } from "./owned.js";
import type { StoreWorker } from "./store.js";

/**
 * Tells a running processor that its lock is gone: refused at a renewal, or not renewed for as long as it lasts, which
 * is how a worker cut off from Redis finds out by itself. A second worker may be running the job from then on.
 */
export class LockWatch {
  readonly #lastsMs: number;
  readonly #running = new Map<string, { lost: AbortController; timer: NodeJS.Timeout }>();

  constructor(lockDurationMs: number) {
    this.#lastsMs = lockDurationMs;
  }

  /** Hears of renewals from the worker that runs the jobs. */
  attach<D, R>(worker: StoreWorker<D, R>): void {
    worker.on("locksRenewed", ({ jobIds }) => {
      for (const id of jobIds) this.#running.get(id)?.timer.refresh();
    });
    worker.on("lockRenewalFailed", (jobIds) => {
      for (const id of jobIds) this.#running.get(id)?.lost.abort(new LockLostError(id));
    });
  }

  /** Runs `work` with a signal that aborts when the lock of the job is lost. */
  async during<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const lost = new AbortController();
    const timer = setTimeout(() => lost.abort(new LockLostError(id)), this.#lastsMs);
    const entry = { lost, timer };
    this.#running.set(id, entry);
    try {
      return await work(lost.signal);
    } finally {
      clearTimeout(timer);
      // After a lost lock the same job may run again beside this one, under the same id.
      if (this.#running.get(id) === entry) this.#running.delete(id);
    }
  }
}
