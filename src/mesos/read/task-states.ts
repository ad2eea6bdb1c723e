// What does the state of a task tell?

import { mesos } from "../proto/generated/mesos.js";

const { TaskState } = mesos.v1;

/** States that a task does not leave. TASK_LOST is among them, except for a task of an agent that is cut off. */
export const TERMINAL: ReadonlySet<number> = new Set([
  TaskState.TASK_FINISHED,
  TaskState.TASK_FAILED,
  TaskState.TASK_KILLED,
  TaskState.TASK_ERROR,
  TaskState.TASK_LOST,
  TaskState.TASK_DROPPED,
  TaskState.TASK_GONE,
  TaskState.TASK_GONE_BY_OPERATOR,
]);

/** Ends that tell something of agents: what happens to apps on them. */
export const TELLING: ReadonlySet<number> = new Set([
  TaskState.TASK_FAILED,
  TaskState.TASK_LOST,
  TaskState.TASK_GONE_BY_OPERATOR,
]);

/** Mesos' name of a state; a number that no Mesos knows is kept as such, and counts as not over. */
export function stateName(state: number): string {
  return TaskState[state] ?? `TASK_STATE_${state}`;
}

/** What an update of a task's state means for `World.tasks`. */
export type Updated =
  /** It is over. */
  | { readonly kind: "over" }
  /** It is over, and that tells something of its agent (`World.ended`). */
  | { readonly kind: "failed"; readonly atMs: number }
  /** Not over; `state` as in `Task.state`. */
  | { readonly kind: "going_on"; readonly state: string }
  /** It tells of an agent that is cut off or gone: whether the task is over, only GET_TASKS tells. */
  | { readonly kind: "of_agent" };

/** States that come of what happened to an agent. */
const OF_AGENT: ReadonlySet<number> = new Set([
  TaskState.TASK_LOST,
  TaskState.TASK_UNREACHABLE,
  TaskState.TASK_GONE,
  TaskState.TASK_GONE_BY_OPERATOR,
  TaskState.TASK_UNKNOWN,
]);

/** @param sentAtMs when the status was sent, since the epoch; `null` where it does not say. */
export function readUpdate(state: number, sentAtMs: number | null): Updated {
  if (OF_AGENT.has(state)) return { kind: "of_agent" };
  if (!TERMINAL.has(state)) return { kind: "going_on", state: stateName(state) };
  return state === TaskState.TASK_FAILED && sentAtMs !== null
    ? { kind: "failed", atMs: sentAtMs }
    : { kind: "over" };
}
