import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { until } from "../../support/until.js";
import type { MemoryStore } from "./memory-store.js";
import type { TestClock } from "./test-clock.js";

/** How an engine is brought to go on until something is seen. */
export interface Course {
  /** Goes on until `look` gives something, and returns it. Throws an Error that names `what` when it does not come. */
  until<T>(what: string, look: Look<T>): Promise<T>;
  /** The same for what is to be seen while a job still runs, such as a call that hangs. */
  untilInside<T>(what: string, look: Look<T>): Promise<T>;
}

type Look<T> = () => T | null | undefined | false | Promise<T | null | undefined | false>;

/** By the clock on the wall, on a real store: the limit is only there to end what hangs. */
export const REAL_TIME: Course = {
  until: (what, look) => until(what, async () => look()),
  untilInside: (what, look) => until(what, async () => look()),
};

/** More than any story here takes. */
const MOST_STEPS = 400;

/**
 * Step by step, by a clock of its own: all that is due runs to its end, then the clock moves on to what is due next. How
 * far a story comes depends on the number of steps alone, never on how fast the machine is.
 */
export class StepByStep implements Course {
  #waitsFor: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: MemoryStore,
    private readonly clock: TestClock,
  ) {}

  /** Nothing goes on before this resolves: a process is being started. */
  waitsFor(until: Promise<void>): void {
    this.#waitsFor = until;
  }

  async until<T>(what: string, look: Look<T>): Promise<T> {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const seen = (await look()) || (await this.#settledAnd(look));
      if (seen) return seen;
      this.#step(what);
    }
    throw new Error(`Not seen after ${MOST_STEPS} steps: ${what}.`);
  }

  async untilInside<T>(what: string, look: Look<T>): Promise<T> {
    for (let steps = 0; steps < MOST_STEPS; ) {
      await turn();
      await this.#waitsFor;
      const seen = await look();
      if (seen) return seen;
      this.store.startDue();
      const running = this.store.running();
      if (running.length > 0) {
        await Promise.race([...running, wait(2)]);
      } else {
        this.#step(what);
        steps += 1;
      }
    }
    throw new Error(`Not seen after ${MOST_STEPS} steps: ${what}.`);
  }

  async #settledAnd<T>(look: Look<T>): Promise<T | null | undefined | false> {
    await this.#settle();
    return await look();
  }

  /** Runs everything that is due now, and what comes of it now. */
  async #settle(): Promise<void> {
    for (;;) {
      // Lets what was begun beside the jobs get as far as it can.
      await turn();
      await this.#waitsFor;
      this.store.startDue();
      const running = this.store.running();
      if (running.length === 0) return;
      await Promise.race(running);
    }
  }

  #step(what: string): void {
    const { wall, now } = this.clock;
    const dueMs = this.store.nextMs();
    // Jobs wait by the clock on the wall.
    const next = [dueMs === null ? null : dueMs - (wall() - now()), this.clock.nextMs()].filter(
      (ms) => ms !== null,
    );
    if (next.length === 0) throw new Error(`Not seen, and nothing more happens by itself: ${what}.`);
    this.clock.moveTo(Math.max(Math.min(...next), this.clock.now()));
  }
}
