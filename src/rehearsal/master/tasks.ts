import {
  type Change,
  type MasterState,
  type Moment,
  quietly,
  type TaskState,
  type TaskUpdate,
} from "./state.js";

/** How many ended tasks the master remembers. */
const COMPLETED_KEPT = 200;

export interface NewTask {
  readonly name: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly cpus?: number | undefined;
  readonly mem?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** The state with the task running, and the task. Ids are unique, as schedulers make them: name and number. */
export function withTask(state: MasterState, task: NewTask, now: Moment): [MasterState, TaskState] {
  const counter = state.counter + 1;
  const running: TaskState = {
    id: `${task.name}.${counter}`,
    name: task.name,
    frameworkId: task.frameworkId,
    agentId: task.agentId,
    cpus: task.cpus ?? 0.5,
    mem: task.mem ?? 256,
    role: state.frameworks.find(({ id }) => id === task.frameworkId)?.spec.role ?? "*",
    labels: task.labels ?? {},
    state: "TASK_RUNNING",
    updates: [
      { state: "TASK_STARTING", ns: now.ns, source: "SOURCE_EXECUTOR" },
      { state: "TASK_RUNNING", ns: now.ns + 1n, source: "SOURCE_EXECUTOR" },
    ],
  };
  return [{ ...state, counter, tasks: [...state.tasks, running] }, running];
}

/** Launches a task; the stream tells of it and of each of its states. */
export function launchTask(state: MasterState, task: NewTask, now: Moment): Change {
  const [next, running] = withTask(state, task, now);
  const events = running.updates.map((update) => ({ type: "TASK_UPDATED", task: running, update }) as const);
  return { state: next, events: [{ type: "TASK_ADDED", task: running }, ...events] };
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
  if (ended.length === 0) return quietly(state);
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
