import { MomentClock } from "./clock.js";
import { followHabits, nextDueMs } from "./habits.js";
import { type Change, inTurn, type MasterEvent, type MasterState, type Moment } from "./state.js";

/** Longer timers overflow and fire at once. */
const LONGEST_TIMER_MS = 2_147_000_000;

/**
 * Holds the one current state. Everything that changes it goes through `apply`, which then lets the frameworks and agents
 * do what is due, tells the listeners, and sets one timer for what comes next.
 */
export class Stage {
  private current: MasterState;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private readonly listeners = new Set<(events: readonly MasterEvent[], state: MasterState) => void>();
  private readonly moments: MomentClock;

  constructor(clock: () => number, initial: (now: Moment) => MasterState) {
    this.moments = new MomentClock(clock);
    this.current = initial(this.moments.now());
  }

  state(): MasterState {
    return this.current;
  }

  now(): Moment {
    return this.moments.now();
  }

  apply(transition: (state: MasterState, now: Moment) => Change): void {
    this.commit(
      inTurn(
        this.current,
        (state) => transition(state, this.moments.now()),
        (state) => followHabits(state, this.moments.now()),
      ),
    );
  }

  /** One step of every habit, whatever the intervals. */
  tick(): void {
    this.commit(followHabits(this.current, this.moments.now(), true));
  }

  onEvents(listener: (events: readonly MasterEvent[], state: MasterState) => void): void {
    this.listeners.add(listener);
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private commit({ state, events }: Change): void {
    this.current = state;
    if (events.length > 0) for (const listener of this.listeners) listener(events, state);
    this.schedule();
  }

  private schedule(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const due = nextDueMs(this.current);
    if (due === null || this.isClosed) return;
    const inMs = Math.min(Math.max(due - this.moments.now().ms, 1), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => this.apply((state) => ({ state, events: [] })), inMs);
    this.timer.unref();
  }
}
