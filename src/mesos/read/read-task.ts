import type { Task } from "../../maintenance/cluster/task.js";
import { appOf } from "./app-of.js";
import { ANY_ROLE } from "./read-resources.js";
import {
  NO_LABELS,
  readAppLabels,
  TASK_AGENT_ID,
  TASK_FRAMEWORK_ID,
  TASK_ID,
  TASK_LABELS,
  TASK_NAME,
  TASK_RESOURCES,
  TASK_STATE,
  TASK_STATUSES,
} from "./task-fields.js";
import { TaskNames } from "./task-names.js";
import { type Row, taskOf } from "./task-table.js";
import { lacks, lengthTag, messageEnd, skipField, type WireReader } from "./wire.js";

const STATUS_MESSAGE = lengthTag(4);
const ID_VALUE = lengthTag(1);

/** What a master says of the lost tasks of an agent that was marked gone, of frameworks that are not PARTITION_AWARE. */
const MARKED_GONE = "Agent has been marked gone";

/** Of TaskAdded in master.proto: the one task of the event. The reader is behind the tag of its field. */
export function readAddedTask(reader: WireReader, bytes: Buffer): Task {
  const names = new TaskNames();
  const read = readTask(reader, bytes, names, false);
  return taskOf(read, bytes.toString("utf8", read.idStart, read.idEnd), names.texts, names.amounts);
}

/** One task, filled anew for each: there are hundreds of thousands, and each goes into columns. */
export interface TaskRead extends Row {
  /** Where the bytes of its id are. */
  idStart: number;
  idEnd: number;
  stateCode: number;
  isMarkedGone: boolean;
}

type Filled = { -readonly [K in keyof TaskRead]: TaskRead[K] };

const scratch: Filled = {
  ...{ name: 0, framework: 0, agent: 0, state: 0, app: 0, role: 0, uses: 0 },
  ...{ idStart: 0, idEnd: 0, stateCode: -1, isMarkedGone: false },
};

/** Valid until the next call. */
export function readTask(
  reader: WireReader,
  bytes: Buffer,
  names: TaskNames,
  withStatuses: boolean,
): TaskRead {
  const end = messageEnd(reader);
  const { uses, texts } = names;
  const read = scratch;
  let name = names.none;
  let framework = -1;
  let agent = -1;
  let labels = NO_LABELS;
  read.idEnd = -1;
  read.idStart = -1;
  read.stateCode = -1;
  read.isMarkedGone = false;
  uses.reset();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === TASK_NAME) {
      const nameEnd = messageEnd(reader);
      name = texts.number(bytes, reader.pos, nameEnd);
      reader.pos = nameEnd;
    } else if (tag === TASK_ID) {
      const after = findId(reader);
      read.idStart = id.start;
      read.idEnd = id.end;
      reader.pos = after;
    } else if (tag === TASK_FRAMEWORK_ID) {
      const after = findId(reader);
      framework = texts.number(bytes, id.start, id.end);
      reader.pos = after;
    } else if (tag === TASK_AGENT_ID) {
      const after = findId(reader);
      agent = texts.number(bytes, id.start, id.end);
      reader.pos = after;
    } else if (tag === TASK_STATE) read.stateCode = reader.int32();
    else if (tag === TASK_RESOURCES) uses.add(reader);
    else if (tag === TASK_STATUSES && withStatuses) read.isMarkedGone ||= messageOf(reader) === MARKED_GONE;
    else if (tag === TASK_LABELS) labels = readAppLabels(reader);
    else skipField(reader, tag);
  }
  if (read.idEnd <= read.idStart) throw lacks("a task's id");
  if (framework === -1 || framework === names.none) throw lacks("a task's framework_id");
  if (agent === -1 || agent === names.none) throw lacks("a task's agent_id");
  read.name = name;
  read.framework = framework;
  read.agent = agent;
  read.state = names.state(read.stateCode);
  // A framework may leave the name empty: then all that is left is the id.
  read.app =
    name !== names.none
      ? names.app(name, labels)
      : texts.numberOf(appOf(bytes.toString("utf8", read.idStart, read.idEnd), labels));
  read.role = names.role(uses.role ?? ANY_ROLE);
  read.uses = names.usage();
  return read;
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

/** Where the text of the id that was looked at last begins and ends; filled anew as well. */
const id = { start: 0, end: 0 };

/** Finds the text of the id that follows, a message with the text in field 1, and returns where what comes after it begins. */
function findId(reader: WireReader): number {
  const end = messageEnd(reader);
  id.start = end;
  id.end = end;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === ID_VALUE) {
      id.end = messageEnd(reader);
      id.start = reader.pos;
      reader.pos = id.end;
    } else skipField(reader, tag);
  }
  return end;
}
