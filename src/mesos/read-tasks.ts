import type { Task } from "../maintenance/world.js";
import { mesos } from "./proto/generated/mesos.js";
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

// Fields of mesos.proto and master.proto, read by hand: statuses, resources and the history of finished tasks are most
// of the answer and are skipped.
const RESPONSE_GET_TASKS = lengthTag(13);
const PENDING_TASKS = lengthTag(1);
const TASKS = lengthTag(2);
const UNREACHABLE_TASKS = lengthTag(5);
const TASK_NAME = lengthTag(1);
const TASK_ID = lengthTag(2);
const TASK_FRAMEWORK_ID = lengthTag(3);
const TASK_AGENT_ID = lengthTag(5);
const TASK_STATE = varintTag(6);

/**
 * Reads the tasks that are not over from the answer to GET_TASKS. A terminal task that its framework has not yet
 * acknowledged is over; a task on an agent that is cut off is not, because it keeps running there.
 *
 * @throws if the answer is not one, or lacks what every master sends.
 */
export function readTasks(answer: Buffer): readonly Task[] {
  const reader = readerOf(answer);
  const tasks: Task[] = [];
  let found = false;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === RESPONSE_GET_TASKS) {
      found = true;
      readGetTasks(reader, tasks);
    } else skipField(reader, tag);
  }
  if (!found) throw new TypeError("The answer lacks get_tasks.");
  return tasks;
}

function readGetTasks(reader: WireReader, tasks: Task[]): void {
  const end = messageEnd(reader);
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === PENDING_TASKS || tag === TASKS || tag === UNREACHABLE_TASKS) {
      const { state, task } = readTask(reader);
      const cutOff = tag === UNREACHABLE_TASKS && state === TaskState.TASK_LOST;
      if (cutOff || !TERMINAL.has(state)) tasks.push(task);
    } else skipField(reader, tag);
  }
}

function readTask(reader: WireReader): { state: number; task: Task } {
  const end = messageEnd(reader);
  let name: string | null = null;
  let id: string | null = null;
  let frameworkId: string | null = null;
  let agentId: string | null = null;
  let state = -1;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === TASK_NAME) name = reader.string();
    else if (tag === TASK_ID) id = readId(reader);
    else if (tag === TASK_FRAMEWORK_ID) frameworkId = readId(reader);
    else if (tag === TASK_AGENT_ID) agentId = readId(reader);
    else if (tag === TASK_STATE) state = reader.int32();
    else skipField(reader, tag);
  }
  const task = {
    id: required(id, "a task's id"),
    // A framework may leave the name empty.
    name: name ?? "",
    frameworkId: required(frameworkId, "a task's framework_id"),
    agentId: required(agentId, "a task's agent_id"),
    state: stateName(state),
  };
  return { state, task };
}

/** Mesos' name of a state; a number that no Mesos knows is kept as such, and counts as not over. */
export function stateName(state: number): string {
  return TaskState[state] ?? `TASK_STATE_${state}`;
}
