import type { Tasks } from "../../maintenance/cluster/tasks.js";
import type { TaskEnd } from "../../maintenance/cluster/world.js";
import { mesos } from "../proto/generated/mesos.js";
import type { AnswerReader } from "./answer-reader.js";
import { Elements } from "./elements.js";
import { readTask } from "./read-task.js";
import { type EndsFound, readTaskEnd } from "./read-task-end.js";
import { TaskNames } from "./task-names.js";
import { TELLING, TERMINAL } from "./task-states.js";
import { TaskTable } from "./task-table.js";
import { lengthTag, type WireReader } from "./wire.js";

const { TaskState } = mesos.v1;

// Fields of GetTasks in master.proto: what has ended is most of the answer and is passed over, but for what tells of agents that are
// gone and of tasks that failed or were lost of late.
const RESPONSE_GET_TASKS = lengthTag(13);
const PENDING_TASKS = lengthTag(1);
const TASKS = lengthTag(2);
const COMPLETED_TASKS = lengthTag(3);

/** Masters before 1.2: of frameworks that have not registered again since a fail-over. */
const ORPHAN_TASKS = lengthTag(4);
const UNREACHABLE_TASKS = lengthTag(5);

/** Agents are marked gone by hand, one by one; a list as long as this is not of the last hours. */
const MOST_GONE = 1_000;

/**
 * A master remembers 1,000 ended tasks of each framework by default. Where many crash again and again the newest are
 * enough to tell.
 */
const MOST_ENDED = 20_000;

/** What GET_TASKS tells. */
export interface TasksRead {
  /** Those that are not over. */
  readonly tasks: Tasks;
  /** Ids of agents that an operator marked gone, as far as their tasks tell (`World.goneAgents`). */
  readonly goneAgents: readonly string[];
  /** Tasks that failed, or were lost with their agent, of late (`World.ended`). */
  readonly ended: readonly TaskEnd[];
}

/** What is gathered while the answer is read. */
interface Found extends EndsFound {
  readonly tasks: TaskTable;
}

/**
 * Reads the tasks that are not over from the answer to GET_TASKS, as it arrives. A terminal task that its framework has not yet
 * acknowledged is over; a task on an agent that is cut off is not, because it keeps running there, unless the agent was
 * marked gone. Throws if the answer is not one, or lacks what every master sends.
 *
 * @param endedSinceMs tasks that ended before are left out, since the epoch.
 */
export function tasksReader(endedSinceMs = 0): AnswerReader<TasksRead> {
  const names = new TaskNames();
  const tasks = new TaskTable(names.texts, names.amounts);
  const into: Found = { tasks, gone: new Set(), ended: [], endedSinceMs, names };
  const list = new Elements({
    tag: RESPONSE_GET_TASKS,
    name: "get_tasks",
    elements: new Set([PENDING_TASKS, TASKS, ORPHAN_TASKS, UNREACHABLE_TASKS, COMPLETED_TASKS]),
    read: (tag, reader, bytes) => readElement(tag, reader, bytes, into),
  });
  return {
    write: (chunk) => list.write(chunk),
    end() {
      list.end();
      const { gone, ended } = into;
      return { tasks, goneAgents: [...gone].slice(-MOST_GONE), ended: newest(ended) };
    },
  };
}

function newest(ended: readonly TaskEnd[]): readonly TaskEnd[] {
  if (ended.length <= MOST_ENDED) return ended;
  return ended.toSorted((a, b) => a.atMs - b.atMs).slice(-MOST_ENDED);
}

function readElement(tag: number, reader: WireReader, bytes: Buffer, into: Found): void {
  if (tag === COMPLETED_TASKS) {
    readTaskEnd(reader, into);
    return;
  }
  const { tasks, gone, names } = into;
  const from = reader.pos;
  const read = readTask(reader, bytes, names, tag === UNREACHABLE_TASKS);
  const isLost = tag === UNREACHABLE_TASKS && read.stateCode === TaskState.TASK_LOST;
  if (isLost && read.isMarkedGone) gone.add(names.texts.text(read.agent));
  else if (isLost || !TERMINAL.has(read.stateCode)) tasks.add(read, bytes, read.idStart, read.idEnd);
  else if (tag === TASKS && TELLING.has(read.stateCode)) {
    // Its framework has not acknowledged the end yet.
    reader.pos = from;
    readTaskEnd(reader, into);
  }
}
