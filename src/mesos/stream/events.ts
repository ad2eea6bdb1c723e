import type { Task } from "../../maintenance/cluster/task.js";
import type { MesosError } from "../errors/errors.js";
import { mesos } from "../proto/generated/mesos.js";
import { type AnswerReader, readAll, whole } from "../read/answer-reader.js";
import { Elements } from "../read/elements.js";
import { readAddedTask } from "../read/read-task.js";
import { readUpdate, type Updated } from "../read/task-states.js";
import { doubleTag, lengthTag, messageEnd, readerOf, skipField, type WireReader } from "../read/wire.js";

const { Event } = mesos.v1.master;

/**
 * What a master's event stream tells. It has no event for changes of the schedule, answers or drain state, so what is decided
 * is always read.
 */
export type MasterEvent =
  /** From here on nothing is missing. `master` as in `World.leader`. */
  | { readonly kind: "subscribed"; readonly master: string }
  | { readonly kind: "task_added"; readonly task: Task }
  | TaskUpdated
  /** One registered, for the first time or again. */
  | { readonly kind: "agent_added" }
  | { readonly kind: "agent_removed"; readonly agentId: string }
  /** One was added or updated. */
  | { readonly kind: "framework" }
  /** Its tasks are gone with it, and no event tells of each. */
  | { readonly kind: "framework_removed" }
  /** The stream broke or fell silent: events are missing from here until the next `subscribed`. */
  | { readonly kind: "lost"; readonly error: MesosError; readonly retryInMs: number };

export interface TaskUpdated {
  readonly kind: "task_updated";
  /** A task's id is its framework's own: only both together name a task. */
  readonly frameworkId: string;
  readonly taskId: string;
  /** `null` where the master does not say. */
  readonly agentId: string | null;
  readonly to: Updated;
}

/** A record of the stream: an event to pass on, or a sign of life. */
export type StreamRecord =
  | { readonly kind: "subscribed"; readonly heartbeatMs: number | null }
  | Exclude<MasterEvent, { kind: "subscribed" | "lost" }>
  | { readonly kind: "alive" };

const EVENT_SUBSCRIBED = lengthTag(2);
const SUBSCRIBED_HEARTBEAT = doubleTag(2);
const EVENT_TASK_ADDED = lengthTag(3);
const ADDED_TASK = lengthTag(1);

/** Only SUBSCRIBED is larger, with the state of the whole cluster. */
const LARGEST_EVENT_BYTES = 8 * 1024 * 1024;

/**
 * Reads one record of so many bytes. Events that this project has no use for are signs of life.
 *
 * @throws if it is not an event.
 */
export function recordReader(length: number): AnswerReader<StreamRecord> {
  return length > LARGEST_EVENT_BYTES ? subscribedReader() : whole(readRecord)();
}

/** Only the interval of heartbeats: the state of the whole cluster is passed over as it arrives, for other calls read it. */
function subscribedReader(): AnswerReader<StreamRecord> {
  let heartbeatMs: number | null = null;
  const fields = new Elements({
    tag: EVENT_SUBSCRIBED,
    name: "subscribed",
    elements: new Set([SUBSCRIBED_HEARTBEAT]),
    read: (_, reader) => {
      heartbeatMs = reader.double() * 1000;
    },
  });
  return {
    write: (chunk) => fields.write(chunk),
    end() {
      fields.end();
      return { kind: "subscribed", heartbeatMs };
    },
  };
}

function readRecord(record: Buffer): StreamRecord {
  if (readerAt(record, EVENT_SUBSCRIBED) !== null) return readAll(subscribedReader(), record);
  const added = readerAt(record, EVENT_TASK_ADDED);
  if (added !== null) return { kind: "task_added", task: addedTask(added, record) };
  const event = Event.decode(record);
  if (event.task_updated != null) return taskUpdated(event.task_updated);
  if (event.agent_added != null) return { kind: "agent_added" };
  if (event.agent_removed != null)
    return { kind: "agent_removed", agentId: event.agent_removed.agent_id.value };
  if (event.framework_removed != null) return { kind: "framework_removed" };
  const framework = event.framework_added ?? event.framework_updated;
  return { kind: framework == null ? "alive" : "framework" };
}

function taskUpdated({ framework_id, status, state }: mesos.v1.master.Event.ITaskUpdated): TaskUpdated {
  const sentAtMs = status.timestamp == null ? null : Math.round(status.timestamp * 1000);
  return {
    kind: "task_updated",
    frameworkId: framework_id.value,
    taskId: status.task_id.value,
    agentId: status.agent_id?.value ?? null,
    to: readUpdate(state, sentAtMs),
  };
}

/** Reads the task as GET_TASKS' are read, so that both say the same of it. The reader is at the message of the event. */
function addedTask(reader: WireReader, record: Buffer): Task {
  const end = messageEnd(reader);
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === ADDED_TASK) return readAddedTask(reader, record);
    skipField(reader, tag);
  }
  throw new TypeError("The event lacks its task.");
}

/** A reader behind the tag of this field of the event; `null` where it has none. */
function readerAt(record: Buffer, field: number): WireReader | null {
  const reader = readerOf(record);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === field) return reader;
    skipField(reader, tag);
  }
  return null;
}
