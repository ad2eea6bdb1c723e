import type { Amounts, Task } from "../../maintenance/cluster/task.js";
import type { Tasks } from "../../maintenance/cluster/tasks.js";
import type { TaskEnd } from "../../maintenance/cluster/world.js";
import { mesos } from "../proto/generated/mesos.js";
import type { AnswerReader } from "./answer-reader.js";
import { APP_LABELS, appOf } from "./app-of.js";
import { Elements } from "./elements.js";
import { AmountsSum, ANY_ROLE } from "./read-resources.js";
import { type Row, TaskTable, taskOf } from "./task-table.js";
import { Texts } from "./texts.js";
import {
  doubleTag,
  lacks,
  lengthTag,
  messageEnd,
  readId,
  required,
  skipField,
  varintTag,
  type WireReader,
} from "./wire.js";

const { TaskState } = mesos.v1;

const { REASON_AGENT_REMOVED } = mesos.v1.TaskStatus.Reason;

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
// answer and are skipped, but for what tells of agents that are gone and of tasks that failed or were lost of late.
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
const STATUS_TIMESTAMP = doubleTag(6);
const STATUS_REASON = varintTag(10);
const ID_VALUE = lengthTag(1);
const LABELS_LABEL = lengthTag(1);
const LABEL_KEY = lengthTag(1);
const LABEL_VALUE = lengthTag(2);

/** What a master says of the lost tasks of an agent that was marked gone, of frameworks that are not PARTITION_AWARE. */
const MARKED_GONE = "Agent has been marked gone";

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
interface Found {
  readonly tasks: TaskTable;
  readonly gone: Set<string>;
  readonly ended: TaskEnd[];
  readonly endedSinceMs: number;
  readonly names: Names;
}

/**
 * Reads the tasks that are not over from the answer to GET_TASKS, as it arrives. A terminal task that its framework has not yet
 * acknowledged is over; a task on an agent that is cut off is not, because it keeps running there, unless the agent was
 * marked gone. Throws if the answer is not one, or lacks what every master sends.
 *
 * @param endedSinceMs tasks that ended before are left out, since the epoch.
 */
export function tasksReader(endedSinceMs = 0): AnswerReader<TasksRead> {
  const names = new Names();
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
    readEnd(reader, into);
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
    readEnd(reader, into);
  }
}

/** Of TaskAdded in master.proto: the one task of the event. The reader is behind the tag of its field. */
export function readAddedTask(reader: WireReader, bytes: Buffer): Task {
  const names = new Names();
  const read = readTask(reader, bytes, names, false);
  return taskOf(read, bytes.toString("utf8", read.idStart, read.idEnd), names.texts, names.amounts);
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

/** Ends that tell something of agents: what happens to apps on them. */
const TELLING: ReadonlySet<number> = new Set([
  TaskState.TASK_FAILED,
  TaskState.TASK_LOST,
  TaskState.TASK_GONE_BY_OPERATOR,
]);

/**
 * What the end of a task tells, if anything: that its agent was marked gone, that it failed, or that it was lost with its
 * agent.
 */
function readEnd(reader: WireReader, { gone, ended, endedSinceMs, names }: Found): void {
  const end = messageEnd(reader);
  let nameAt: number | null = null;
  let idAt: number | null = null;
  let frameworkAt: number | null = null;
  let agentAt: number | null = null;
  let labelsAt: number | null = null;
  let state = -1;
  let last: LastStatus = { atMs: null, reason: null };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === TASK_STATE) {
      state = reader.int32();
      // What follows is most of the task.
      if (!TELLING.has(state)) reader.pos = end;
      continue;
    }
    if (tag === TASK_STATUSES) {
      last = readStatus(reader);
      continue;
    }
    if (tag === TASK_NAME) nameAt = reader.pos;
    else if (tag === TASK_ID) idAt = reader.pos;
    else if (tag === TASK_FRAMEWORK_ID) frameworkAt = reader.pos;
    else if (tag === TASK_AGENT_ID) agentAt = reader.pos;
    else if (tag === TASK_LABELS) labelsAt = reader.pos;
    skipField(reader, tag);
  }
  if (!TELLING.has(state) || agentAt === null) return;
  const at = <T>(pos: number | null, read: (reader: WireReader) => T, absent: T): T => {
    if (pos === null) return absent;
    reader.pos = pos;
    return read(reader);
  };
  if (state === TaskState.TASK_GONE_BY_OPERATOR) {
    gone.add(at(agentAt, readId, ""));
  } else if (
    last.atMs !== null &&
    last.atMs >= endedSinceMs &&
    (state === TaskState.TASK_FAILED || last.reason === REASON_AGENT_REMOVED)
  ) {
    const name = at(nameAt, (one) => one.string(), "") || at(idAt, readId, "");
    ended.push({
      how: state === TaskState.TASK_FAILED ? "failed" : "lost_with_agent",
      atMs: last.atMs,
      agentId: names.once(at(agentAt, readId, "")),
      frameworkId: names.once(required(at(frameworkAt, readId, ""), "a task's framework_id")),
      app: names.once(appOf(name, at(labelsAt, readAppLabels, NO_LABELS))),
    });
  }
  reader.pos = end;
}

interface LastStatus {
  readonly atMs: number | null;
  readonly reason: number | null;
}

/** When a TaskStatus was sent, in ms, and why. */
function readStatus(reader: WireReader): LastStatus {
  const end = messageEnd(reader);
  let atMs: number | null = null;
  let reason: number | null = null;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === STATUS_TIMESTAMP) atMs = Math.round(reader.double() * 1000);
    else if (tag === STATUS_REASON) reason = reader.int32();
    else skipField(reader, tag);
  }
  return { atMs, reason };
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

/** One task, filled anew for each: there are hundreds of thousands, and each goes into columns. */
interface TaskRead extends Row {
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
function readTask(reader: WireReader, bytes: Buffer, names: Names, withStatuses: boolean): TaskRead {
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
      const after = idAt(reader);
      read.idStart = idStart;
      read.idEnd = idEnd;
      reader.pos = after;
    } else if (tag === TASK_FRAMEWORK_ID) {
      const after = idAt(reader);
      framework = texts.number(bytes, idStart, idEnd);
      reader.pos = after;
    } else if (tag === TASK_AGENT_ID) {
      const after = idAt(reader);
      agent = texts.number(bytes, idStart, idEnd);
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

/** Where the text of the id that was looked at last begins and ends. */
let idStart = 0;
let idEnd = 0;

/** Finds the text of the id that follows, a message with the text in field 1, and returns where what comes after it begins. */
function idAt(reader: WireReader): number {
  const end = messageEnd(reader);
  idStart = end;
  idEnd = end;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === ID_VALUE) {
      idEnd = messageEnd(reader);
      idStart = reader.pos;
      reader.pos = idEnd;
    } else skipField(reader, tag);
  }
  return end;
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

/** The same few names, roles, apps and amounts stand in thousands of tasks: one number for all of them. */
class Names {
  readonly uses = new AmountsSum();
  readonly texts = new Texts();
  readonly amounts: Amounts[] = [];
  /** The empty text. */
  readonly none = this.texts.numberOf("");
  readonly #known = new Map<string, string>();
  /** By the numbers of names. */
  readonly #apps: number[] = [];
  /** By state. */
  readonly #states = new Map<number, number>();
  readonly #roles = new Map<string, number>();
  readonly #uses = new Map<number, Map<number, number>>();

  once(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, name);
    return name;
  }

  /** What a task of this name is a copy of. */
  app(name: number, labels: ReadonlyMap<string, string>): number {
    if (labels.size > 0) return this.texts.numberOf(appOf(this.texts.text(name), labels));
    const known = this.#apps[name];
    if (known !== undefined) return known;
    const app = this.texts.numberOf(appOf(this.texts.text(name), labels));
    this.#apps[name] = app;
    return app;
  }

  state(code: number): number {
    const known = this.#states.get(code);
    if (known !== undefined) return known;
    const state = this.texts.numberOf(stateName(code));
    this.#states.set(code, state);
    return state;
  }

  role(name: string): number {
    const known = this.#roles.get(name);
    if (known !== undefined) return known;
    const role = this.texts.numberOf(name);
    this.#roles.set(name, role);
    return role;
  }

  /** The place in `amounts` of what was added up in `uses`. */
  usage(): number {
    const { cpus, memMb } = this.uses;
    const known = this.#uses.get(cpus)?.get(memMb);
    if (known !== undefined) return known;
    const place = this.amounts.push(this.uses.amounts()) - 1;
    const byMemory = this.#uses.get(cpus) ?? new Map<number, number>();
    this.#uses.set(cpus, byMemory.set(memMb, place));
    return place;
  }
}

/** Mesos' name of a state; a number that no Mesos knows is kept as such, and counts as not over. */
function stateName(state: number): string {
  return TaskState[state] ?? `TASK_STATE_${state}`;
}
