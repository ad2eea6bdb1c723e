import type { Clock } from "../../../src/engine/clock.js";

/** Not a round time, so that nothing fits by accident. */
const START_MS = Date.parse("2026-11-26T09:17:03.250Z");

interface Timer {
  readonly atMs: number;
  run(): void;
}

/** A clock that stands still until the test moves it on. */
export class TestClock implements Clock {
  #nowMs = START_MS;
  #setByMs = 0;
  /** In the order in which they are due. */
  #timers: readonly Timer[] = [];
  /** Calls that may still be under way; most of them have been answered long before. */
  #limits: readonly Timer[] = [];

  /** The true time; what the clock on the wall shows, unless it was set. */
  readonly now = () => this.#nowMs;

  readonly wall = () => this.#nowMs + this.#setByMs;

  readonly elapsed = () => this.#nowMs - START_MS;

  readonly after = (ms: number, run: () => void) => {
    const timer: Timer = { atMs: this.#nowMs + ms, run };
    this.#timers = [...this.#timers, timer].sort((a, b) => a.atMs - b.atMs);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  };

  readonly limit = (ms: number) => {
    const abort = new AbortController();
    const run = () => abort.abort(new DOMException("The limit of the call has passed.", "TimeoutError"));
    this.#limits = [...this.#limits, { atMs: this.#nowMs + ms, run }];
    return abort.signal;
  };

  /** When the next timer is due; `null` when there is none. */
  nextMs(): number | null {
    return this.#timers[0]?.atMs ?? null;
  }

  /** Moves on to this time. What is due on the way is done, each at its time. */
  moveTo(ms: number): void {
    for (let next = this.#timers[0]; next !== undefined && next.atMs <= ms; next = this.#timers[0]) {
      this.#timers = this.#timers.slice(1);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, ms);
    const over = this.#limits.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#limits = this.#limits.filter((limit) => !over.includes(limit));
    for (const { run } of over) run();
  }

  /** Somebody sets the clock on the wall ahead, or back. */
  setBy(ms: number): void {
    this.#setByMs += ms;
  }

  moveOn(ms: number): void {
    this.moveTo(this.#nowMs + ms);
  }
}
