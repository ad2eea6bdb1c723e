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
      for (const id of jobIds) this.#abort(id);
    });
  }

  /** Runs `work` with a signal that aborts when the lock of the job is lost. */
  async during<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const lost = new AbortController();
    const timer = setTimeout(() => this.#abort(id), this.#lastsMs);
    this.#running.set(id, { lost, timer });
    try {
      return await work(lost.signal);
    } finally {
      clearTimeout(timer);
      this.#running.delete(id);
    }
  }

  #abort(id: string): void {
    this.#running.get(id)?.lost.abort(new LockLostError(id));
  }
}
