import type { Seen } from "../record/picture.js";
import type { DownIntent } from "../record/record.js";

/** Tasks that end with the Down, and those that were last seen on agents that it does not reach (invariant 13). */
export function taskCounts({ tasks }: Seen): { readonly tasks: number; readonly tasksAway?: number } {
  const tasksAway = tasks.filter(({ lastSeen }) => lastSeen).length;
  return tasksAway === 0 ? { tasks: tasks.length } : { tasks: tasks.length - tasksAway, tasksAway };
}

/** What a Down cost, from what was written down before its call. */
export function lossOf({ tasks, tasksAway }: DownIntent): {
  readonly tasksLost: number;
  readonly tasksAway?: number;
} {
  return tasksAway === undefined ? { tasksLost: tasks } : { tasksLost: tasks, tasksAway };
}
