import { type Habit, habitsOf } from "../../maintenance/answers/habits.js";
import type { Records } from "./records.js";

/** Habits change with maintenances, not with minutes. */
const KEPT_MS = 5 * 60_000;

/** Newest finished maintenances that habits are learnt from. */
const LEARNT_FROM = 100;

/** What the frameworks of a cluster usually do, learnt from its finished maintenances. */
export interface Habits {
  of(): Promise<ReadonlyMap<string, Habit>>;
}

/** Read from the queue at most once in five minutes. */
export function createHabits(records: Records): Habits {
  let known: { readonly atMs: number; readonly habits: Promise<ReadonlyMap<string, Habit>> } | null = null;

  async function of(): Promise<ReadonlyMap<string, Habit>> {
    const atMs = performance.now();
    if (known === null || atMs - known.atMs > KEPT_MS) {
      const read = {
        atMs,
        habits: records.finished(LEARNT_FROM).then(({ records: finished }) => habitsOf(finished)),
      };
      known = read;
      read.habits.catch(() => {
        if (known === read) known = null;
      });
    }
    return await known.habits;
  }

  return { of };
}
