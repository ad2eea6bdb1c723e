import type { Task } from "../../maintenance/cluster/task.js";
import type { MesosError } from "../errors/errors.js";
import { mesos } from "../proto/generated/mesos.js";
import { type AnswerReader, whole } from "../read/answer-reader.js";
import { Elements } from "../read/elements.js";
import { readAddedTask, readUpdate, type Updated } from "../read/read-tasks.js";
import { doubleTag, lengthTag, messageEnd, readerOf, skipField } from "../read/wire.js";

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
  return length > LARGEST_EVENT_BYTES ? largeSubscribed() : whole(readRecord)();
}

/** Passes the state over as it arrives: other calls read it. */
function largeSubscribed(): AnswerReader<StreamRecord> {
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
  const first = readSubscribed(record) ?? readTaskAdded(record);
  if (first !== null) return first;
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

/** Reads the task as GET_TASKS' are read, so that both say the same of it. */
function readTaskAdded(record: Buffer): StreamRecord | null {
  const reader = readerOf(record);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag !== EVENT_TASK_ADDED) {
      skipField(reader, tag);
      continue;
    }
    const end = messageEnd(reader);
    while (reader.pos < end) {
      const inner = reader.tag();
      if (inner === ADDED_TASK) return { kind: "task_added", task: readAddedTask(reader, record) };
      skipField(reader, inner);
    }
    throw new TypeError("The event lacks its task.");
  }
  return null;
}

/** Only the interval: the state of the whole cluster stands in the same record and is read by other calls. */
function readSubscribed(record: Buffer): StreamRecord | null {
  const reader = readerOf(record);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag !== EVENT_SUBSCRIBED) {
      skipField(reader, tag);
      continue;
    }
    let heartbeatMs: number | null = null;
    const end = messageEnd(reader);
    while (reader.pos < end) {
      const inner = reader.tag();
      if (inner === SUBSCRIBED_HEARTBEAT) heartbeatMs = reader.double() * 1000;
      else skipField(reader, inner);
    }
    return { kind: "subscribed", heartbeatMs };
  }
  return null;
}
