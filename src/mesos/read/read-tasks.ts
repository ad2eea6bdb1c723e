import type { Task } from "../../maintenance/cluster/world.js";
import { mesos } from "../proto/generated/mesos.js";
import { APP_LABELS, appOf } from "./app-of.js";
import { AmountsSum, ANY_ROLE } from "./read-resources.js";
import {
  lengthTag,
  messageEnd,
  readerOf,
  readId,
  required,
  skipField,
  varintTag,
  type WireReader,
} from "./wire.js";

const { TaskState } = mesos.v1;

/** States that a task does not leave. TASK_LOST is among them, except for a task of an agent that is cut off. */
const TERMINAL: ReadonlySet<number> = new Set([
  TaskState.TASK_FINISHED,
  TaskState.TASK_FAILED,
  TaskState.TASK_KILLED,
  TaskState.TASK_ERROR,
  TaskState.TASK_LOST,
  TaskState.TASK_DROPPED,
  TaskState.TASK_GONE,
  TaskState.TASK_GONE_BY_OPERATOR,
]);

// Fields of mesos.proto and master.proto, read by hand: statuses and the history of finished tasks are most of the
// answer and are skipped, but for what tells of agents that are gone.
const RESPONSE_GET_TASKS = lengthTag(13);
const PENDING_TASKS = lengthTag(1);
const TASKS = lengthTag(2);
const COMPLETED_TASKS = lengthTag(3);

/** Masters before 1.2: of frameworks that have not registered again since a fail-over. */
const ORPHAN_TASKS = lengthTag(4);
const UNREACHABLE_TASKS = lengthTag(5);
const TASK_NAME = lengthTag(1);
const TASK_ID = lengthTag(2);
const TASK_FRAMEWORK_ID = lengthTag(3);
const TASK_AGENT_ID = lengthTag(5);
const TASK_STATE = varintTag(6);
const TASK_RESOURCES = lengthTag(7);
const TASK_STATUSES = lengthTag(8);
const TASK_LABELS = lengthTag(11);
const STATUS_MESSAGE = lengthTag(4);
const LABELS_LABEL = lengthTag(1);
const LABEL_KEY = lengthTag(1);
const LABEL_VALUE = lengthTag(2);

/** What a master says of the lost tasks of an agent that was marked gone, of frameworks that are not PARTITION_AWARE. */
const MARKED_GONE = "Agent has been marked gone";

/** Agents are marked gone by hand, one by one; a list as long as this is not of the last hours. */
const MOST_GONE = 1_000;

/** What GET_TASKS tells. */
export interface TasksRead {
  /** Those that are not over. */
  readonly tasks: readonly Task[];
  /** Ids of agents that an operator marked gone, as far as their tasks tell (`World.goneAgents`). */
  readonly goneAgents: readonly string[];
}

/**
 * Reads the tasks that are not over from the answer to GET_TASKS. A terminal task that its framework has not yet
 * acknowledged is over; a task on an agent that is cut off is not, because it keeps running there, unless the agent was
 * marked gone.
 *
 * @throws if the answer is not one, or lacks what every master sends.
 */
export function readTasks(answer: Buffer): TasksRead {
  const reader = readerOf(answer);
  const tasks: Task[] = [];
  const gone = new Set<string>();
  const names = new Names();
  let found = false;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === RESPONSE_GET_TASKS) {
      found = true;
      readGetTasks(reader, tasks, gone, names);
    } else skipField(reader, tag);
  }
  if (!found) throw new TypeError("The answer lacks get_tasks.");
  return { tasks, goneAgents: [...gone].slice(-MOST_GONE) };
}

function readGetTasks(reader: WireReader, tasks: Task[], gone: Set<string>, names: Names): void {
  const end = messageEnd(reader);
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === PENDING_TASKS || tag === TASKS || tag === ORPHAN_TASKS || tag === UNREACHABLE_TASKS) {
      const { state, task, isMarkedGone } = readTask(reader, names, tag === UNREACHABLE_TASKS);
      const isLost = tag === UNREACHABLE_TASKS && state === TaskState.TASK_LOST;
      if (isLost && isMarkedGone) gone.add(task.agentId);
      else if (isLost || !TERMINAL.has(state)) tasks.push(task);
    } else if (tag === COMPLETED_TASKS) {
      const agentId = agentIfGone(reader);
      if (agentId !== null) gone.add(agentId);
    } else skipField(reader, tag);
  }
}

/** The agent of a completed task that ended because the agent was marked gone; `null` for every other task. */
function agentIfGone(reader: WireReader): string | null {
  const end = messageEnd(reader);
  let agentAt: number | null = null;
  let state = -1;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === TASK_STATE) {
      state = reader.int32();
      // What follows is most of the task.
      if (state !== TaskState.TASK_GONE_BY_OPERATOR) reader.pos = end;
      continue;
    }
    if (tag === TASK_AGENT_ID) agentAt = reader.pos;
    skipField(reader, tag);
  }
  if (state !== TaskState.TASK_GONE_BY_OPERATOR || agentAt === null) return null;
  reader.pos = agentAt;
  const agentId = readId(reader);
  reader.pos = end;
  return agentId;
}

/** The message of a TaskStatus, if there is one. */
function messageOf(reader: WireReader): string | null {
  const end = messageEnd(reader);
  let message: string | null = null;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === STATUS_MESSAGE) message = reader.string();
    else skipField(reader, tag);
  }
  return message;
}

function readTask(
  reader: WireReader,
  names: Names,
  withStatuses: boolean,
): { state: number; task: Task; isMarkedGone: boolean } {
  const end = messageEnd(reader);
  let name: string | null = null;
  let id: string | null = null;
  let frameworkId: string | null = null;
  let agentId: string | null = null;
  let state = -1;
  let isMarkedGone = false;
  let labels = NO_LABELS;
  const uses = new AmountsSum();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === TASK_NAME) name = reader.string();
    else if (tag === TASK_ID) id = readId(reader);
    else if (tag === TASK_FRAMEWORK_ID) frameworkId = readId(reader);
    else if (tag === TASK_AGENT_ID) agentId = readId(reader);
    else if (tag === TASK_STATE) state = reader.int32();
    else if (tag === TASK_RESOURCES) uses.add(reader);
    else if (tag === TASK_STATUSES && withStatuses) isMarkedGone ||= messageOf(reader) === MARKED_GONE;
    else if (tag === TASK_LABELS) labels = readAppLabels(reader);
    else skipField(reader, tag);
  }
  const task = {
    id: required(id, "a task's id"),
    // A framework may leave the name empty.
    name: name ?? "",
    frameworkId: names.once(required(frameworkId, "a task's framework_id")),
    agentId: names.once(required(agentId, "a task's agent_id")),
    state: stateName(state),
    // Without a name all that is left is the id.
    app: names.app(name || (id ?? ""), labels),
    role: names.once(uses.role ?? ANY_ROLE),
    uses: uses.amounts(),
  };
  return { state, task, isMarkedGone };
}

const NO_LABELS: ReadonlyMap<string, string> = new Map();

const WANTED: ReadonlySet<string> = new Set(APP_LABELS);

/** The labels that name an app; mostly there are none. */
function readAppLabels(reader: WireReader): ReadonlyMap<string, string> {
  const end = messageEnd(reader);
  let found: Map<string, string> | null = null;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag !== LABELS_LABEL) {
      skipField(reader, tag);
      continue;
    }
    const inside = messageEnd(reader);
    let key = "";
    let value = "";
    while (reader.pos < inside) {
      const field = reader.tag();
      if (field === LABEL_KEY) key = reader.string();
      else if (field === LABEL_VALUE) value = reader.string();
      else skipField(reader, field);
    }
    if (WANTED.has(key)) {
      found ??= new Map();
      found.set(key, value);
    }
  }
  return found ?? NO_LABELS;
}

/** The same few ids, roles and apps stand in thousands of tasks: one string for all of them. */
class Names {
  readonly #known = new Map<string, string>();
  readonly #apps = new Map<string, string>();

  once(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, name);
    return name;
  }

  app(name: string, labels: ReadonlyMap<string, string>): string {
    if (labels.size > 0) return this.once(appOf(name, labels));
    let app = this.#apps.get(name);
    if (app === undefined) {
      app = this.once(appOf(name, labels));
      this.#apps.set(name, app);
    }
    return app;
  }
}

/** Mesos' name of a state; a number that no Mesos knows is kept as such, and counts as not over. */
function stateName(state: number): string {
  return TaskState[state] ?? `TASK_STATE_${state}`;
}
