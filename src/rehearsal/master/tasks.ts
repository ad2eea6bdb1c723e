import type { RehearsalTask } from "./options.js";
import {
  type AgentState,
  type Change,
  type FrameworkState,
  type MasterState,
  type Moment,
  type TaskState,
  type TaskUpdate,
  withoutEvents,
} from "./state.js";

/** How many tasks the master remembers that have ended, and how many that it cannot reach. */
const REMEMBERED = 200;

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

/** Hands a task to its agent, where it does not run yet: to be followed by `runTask`. */
export function stageTask(
  state: MasterState,
  task: TaskSpec,
  framework: FrameworkState,
  now: Moment,
): Change {
  const counter = state.counter + 1;
  const staged = { ...newTask(task, framework, counter, now), state: "TASK_STAGING", updates: [] };
  return {
    state: { ...state, counter, tasks: [...state.tasks, staged] },
    events: [{ type: "TASK_ADDED", task: staged }],
  };
}

/** A task that was staged runs. An unknown id changes nothing. */
export function runTask(state: MasterState, id: string, now: Moment): Change {
  const update = { state: "TASK_RUNNING", ns: now.ns, source: "SOURCE_EXECUTOR" } as const;
  const run = (task: TaskState): TaskState => ({
    ...task,
    state: update.state,
    updates: [...task.updates, update],
  });
  const events = state.tasks.filter((task) => task.id === id).map(run);
  return {
    state: { ...state, tasks: state.tasks.map((task) => (task.id === id ? run(task) : task)) },
    events: events.map((task) => ({ type: "TASK_UPDATED", task, update })),
  };
}

/** A task's last update, without its time. */
export type LastUpdate = Omit<TaskUpdate, "ns">;

/** What the master tells of tasks, and where it keeps them afterwards. What runs goes on running. */
export function reportTasks(
  state: MasterState,
  which: (task: TaskState) => boolean,
  { last, keptIn }: { last: LastUpdate; keptIn: "completedTasks" | "unreachableTasks" },
  now: Moment,
): Change {
  const update: TaskUpdate = { ...last, ns: now.ns };
  const reported = state.tasks
    .filter(which)
    .map((task): TaskState => ({ ...task, state: update.state, updates: [...task.updates, update] }));
  if (reported.length === 0) return withoutEvents(state);
  return {
    state: { ...state, [keptIn]: [...reported, ...state[keptIn]].slice(0, REMEMBERED) },
    events: reported.map((task) => ({ type: "TASK_UPDATED", task, update })),
  };
}

/** Ends the tasks that `which` picks, all with the same last update. */
export function endTasks(
  state: MasterState,
  which: (task: TaskState) => boolean,
  last: LastUpdate,
  now: Moment,
): Change {
  const told = reportTasks(state, which, { last, keptIn: "completedTasks" }, now);
  return { state: withoutTasks(told.state, which), events: told.events };
}

/** Tasks that stop running unseen by the master. */
export function withoutTasks(state: MasterState, which: (task: TaskState) => boolean): MasterState {
  return { ...state, tasks: state.tasks.filter((task) => !which(task)) };
}

/** A framework kills one of its tasks. An unknown id changes nothing, nor does one on an agent that is not reached. */
export function killTask(state: MasterState, id: string, now: Moment): Change {
  const last = { state: "TASK_KILLED", source: "SOURCE_EXECUTOR", message: "Command terminated" } as const;
  const reached = new Set(state.agents.filter(isReached).map((agent) => agent.id));
  return endTasks(state, (task) => task.id === id && reached.has(task.agentId), last, now);
}

/** A task ends by itself with an exit status that is not 0. An unknown id changes nothing. */
export function failTask(state: MasterState, id: string, now: Moment): Change {
  const last = {
    state: "TASK_FAILED",
    source: "SOURCE_EXECUTOR",
    reason: "REASON_COMMAND_EXECUTOR_FAILED",
    message: "Command exited with status 1",
  } as const;
  return endTasks(state, (task) => task.id === id, last, now);
}

/** Whether a framework's word for a task gets to the agent. */
export function isReached({ presence, link }: AgentState): boolean {
  return presence === "registered" && link === "connected";
}
