import type { RehearsalTask } from "./options.js";
import {
  type Change,
  type FrameworkState,
  type MasterState,
  type Moment,
  type TaskState,
  type TaskUpdate,
  withoutEvents,
} from "./state.js";

/** How many ended tasks the master remembers. */
const COMPLETED_KEPT = 200;

type TaskSpec = Omit<RehearsalTask, "on"> & { readonly agentId: string };

/** A task that runs. Ids are unique, as schedulers make them: name and number. */
export function newTask(task: TaskSpec, framework: FrameworkState, number: number, now: Moment): TaskState {
  const { name, agentId, cpus = 0.5, mem = 256, labels = {} } = task;
  return {
    id: `${name}.${number}`,
    name,
    frameworkId: framework.id,
    agentId,
    cpus,
    mem,
    role: framework.spec.role ?? "*",
    labels,
    state: "TASK_RUNNING",
    updates: [
      { state: "TASK_STARTING", ns: now.ns, source: "SOURCE_EXECUTOR" },
      { state: "TASK_RUNNING", ns: now.ns + 1n, source: "SOURCE_EXECUTOR" },
    ],
  };
}

/** Launches a task; the stream tells of it and of each of its states. */
export function launchTask(
  state: MasterState,
  task: TaskSpec,
  framework: FrameworkState,
  now: Moment,
): Change {
  const counter = state.counter + 1;
  const running = newTask(task, framework, counter, now);
  const events = running.updates.map((update) => ({ type: "TASK_UPDATED", task: running, update }) as const);
  return {
    state: { ...state, counter, tasks: [...state.tasks, running] },
    events: [{ type: "TASK_ADDED", task: running }, ...events],
  };
}

/** Ends the tasks that `which` picks, all with the same last update. */
export function endTasks(
  state: MasterState,
  which: (task: TaskState) => boolean,
  last: Omit<TaskUpdate, "ns">,
  now: Moment,
): Change {
  const update: TaskUpdate = { ...last, ns: now.ns };
  const ended = state.tasks
    .filter(which)
    .map((task): TaskState => ({ ...task, state: update.state, updates: [...task.updates, update] }));
  if (ended.length === 0) return withoutEvents(state);
  const next: MasterState = {
    ...state,
    tasks: state.tasks.filter((task) => !which(task)),
    completedTasks: [...ended, ...state.completedTasks].slice(0, COMPLETED_KEPT),
  };
  return { state: next, events: ended.map((task) => ({ type: "TASK_UPDATED", task, update })) };
}

/** A framework kills one of its tasks. An unknown id changes nothing. */
export function killTask(state: MasterState, id: string, now: Moment): Change {
  const last = { state: "TASK_KILLED", source: "SOURCE_EXECUTOR", message: "Command terminated" } as const;
  return endTasks(state, (task) => task.id === id, last, now);
}
