/** Aborts its signal when it has not been fed for as long as it may wait. */
export class Watchdog {
  readonly #abort = new AbortController();
  #limitMs: number;
  #timer: NodeJS.Timeout;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#timer = this.#arm();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** A sign of life: the wait begins anew. */
  feed(): void {
    this.#timer.refresh();
  }

  /** From now on waits this long, in milliseconds. */
  expect(limitMs: number): void {
    this.#limitMs = limitMs;
    clearTimeout(this.#timer);
    this.#timer = this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => this.#abort.abort(), this.#limitMs).unref();
  }
}
