/** Where the engine has its time from. It is handed in, so that hours pass in a test when the test says so. */
export interface Clock {
  /** Milliseconds since the epoch, by the clock on the wall: it may jump. Stores wait by it. */
  wall(): number;
  /** Milliseconds by a clock that is never set back, to tell how old something is. */
  elapsed(): number;
  /** Runs something later; the function that is returned takes it back. A process that ends does not wait for it. */
  after(ms: number, run: () => void): () => void;
  /** Aborts after this long: the limit of a call. */
  limit(ms: number): AbortSignal;
}

export const SYSTEM_CLOCK: Clock = {
  wall: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
  limit: (ms) => AbortSignal.timeout(ms),
};
