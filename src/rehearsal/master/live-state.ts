import { followHabits, nextDueMs } from "./habits.js";
import type { After, RehearsalOptions } from "./options.js";
import {
  type Change,
  inTurn,
  type MasterEvent,
  type MasterState,
  type Moment,
  withoutEvents,
} from "./state.js";

/** Longer timers overflow and fire at once. */
const LONGEST_TIMER_MS = 2_147_000_000;

export const afterRealTime: After = (ms, act) => {
  const timer = setTimeout(act, Math.min(ms, LONGEST_TIMER_MS)).unref();
  return () => clearTimeout(timer);
};

/** Told of what happened, and of the state after it. */
type Listener = (events: readonly MasterEvent[], state: MasterState) => void;

/**
 * Holds the one current state. Everything that changes it goes through `apply`, which then lets the frameworks and agents
 * do what is due, tells the listener, and sets one timer for what comes next.
 */
export class LiveState {
  private current: MasterState;
  private takeBack: (() => void) | undefined;
  private isClosed = false;
  private lastNs = 0n;
  private moments = 0n;

  constructor(
    private readonly time: Required<Pick<RehearsalOptions, "clock" | "after">>,
    initial: (now: Moment) => MasterState,
    private readonly listener: Listener = () => {},
  ) {
    this.current = initial(this.now());
  }

  state(): MasterState {
    return this.current;
  }

  /** The clock's milliseconds as a moment, whose nanoseconds grow strictly and are never round. */
  now(): Moment {
    const ms = this.time.clock();
    this.moments += 1n;
    // Moments are 100 ns apart: updates within one are numbered by single nanoseconds.
    const ns = BigInt(Math.floor(ms)) * 1_000_000n + (this.moments % 9_000n) * 100n + 1n;
    this.lastNs = ns > this.lastNs + 100n ? ns : this.lastNs + 100n;
    return { ms, ns: this.lastNs };
  }

  apply(transition: (state: MasterState, now: Moment) => Change): void {
    this.commit(
      inTurn(
        this.current,
        (state) => transition(state, this.now()),
        (state) => followHabits(state, this.now()),
      ),
    );
  }

  /** One step of every habit, whatever the intervals. */
  tick(): void {
    this.commit(followHabits(this.current, this.now(), true));
  }

  close(): void {
    this.isClosed = true;
    this.takeBack?.();
  }

  private commit({ state, events }: Change): void {
    this.current = state;
    if (events.length > 0) this.listener(events, state);
    this.takeBack?.();
    const due = nextDueMs(state);
    if (due === null || this.isClosed) return;
    const inMs = Math.max(due - this.now().ms, 1);
    this.takeBack = this.time.after(inMs, () => this.apply(withoutEvents));
  }
}
