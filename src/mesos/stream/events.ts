import type { Machine } from "../../maintenance/cluster/machine.js";
import type { MesosError } from "../errors/errors.js";
import { mesos } from "../proto/generated/mesos.js";
import { agentOf } from "../read/read-agents.js";
import { stateName } from "../read/read-tasks.js";
import { lengthTag, messageEnd, readerOf, skipField, varintTag } from "../read/wire.js";

const { Event } = mesos.v1.master;

/**
 * What a master's event stream tells. It has no event for changes of the schedule, answers or drain state, so it can
 * only ever be a reason to look at the world sooner.
 */
export type MasterEvent =
  | { readonly kind: "subscribed"; readonly leader: string; readonly heartbeatMs: number | null }
  | {
      readonly kind: "task";
      readonly taskId: string;
      readonly frameworkId: string;
      /** `null` where the master does not say. */
      readonly agentId: string | null;
      /** Mesos' name, such as `TASK_RUNNING`. */
      readonly state: string;
    }
  | { readonly kind: "agent_added"; readonly agentId: string; readonly machine: Machine }
  | { readonly kind: "agent_removed"; readonly agentId: string }
  | {
      readonly kind: "framework";
      readonly change: "added" | "updated" | "removed";
      readonly frameworkId: string | null;
      readonly name: string;
    }
  /** The stream broke or fell silent: events are missing from here until the next `subscribed`. */
  | { readonly kind: "lost"; readonly error: MesosError; readonly retryInMs: number };

/** A record of the stream: an event to pass on, or a sign of life. */
export type StreamRecord =
  | { readonly kind: "subscribed"; readonly heartbeatMs: number | null }
  | Exclude<MasterEvent, { kind: "subscribed" | "lost" }>
  | { readonly kind: "alive" };

const EVENT_TYPE = varintTag(1);

const EVENT_SUBSCRIBED = lengthTag(2);

/**
 * Reads one record. Events that this project has no use for are signs of life.
 *
 * @throws if it is not an event.
 */
export function readRecord(record: Buffer): StreamRecord {
  if (typeOf(record) === Event.Type.SUBSCRIBED)
    return { kind: "subscribed", heartbeatMs: heartbeatOf(record) };
  const event = Event.decode(record);
  if (event.task_added != null) {
    const { task } = event.task_added;
    return taskEvent(task.task_id.value, task.framework_id.value, task.agent_id.value, task.state);
  }
  if (event.task_updated != null) {
    const { framework_id, status, state } = event.task_updated;
    return taskEvent(status.task_id.value, framework_id.value, status.agent_id?.value ?? null, state);
  }
  if (event.agent_added != null) {
    const { id, machine } = agentOf(event.agent_added.agent);
    return { kind: "agent_added", agentId: id, machine };
  }
  if (event.agent_removed != null)
    return { kind: "agent_removed", agentId: event.agent_removed.agent_id.value };
  if (event.framework_added != null)
    return frameworkEvent("added", event.framework_added.framework.framework_info);
  if (event.framework_updated != null)
    return frameworkEvent("updated", event.framework_updated.framework.framework_info);
  if (event.framework_removed != null)
    return frameworkEvent("removed", event.framework_removed.framework_info);
  return { kind: "alive" };
}

function taskEvent(taskId: string, frameworkId: string, agentId: string | null, state: number): StreamRecord {
  return { kind: "task", taskId, frameworkId, agentId, state: stateName(state) };
}

function frameworkEvent(
  change: "added" | "updated" | "removed",
  info: mesos.v1.FrameworkInfo.$Properties,
): StreamRecord {
  return { kind: "framework", change, frameworkId: info.id?.value ?? null, name: info.name };
}

function typeOf(record: Buffer): number {
  const reader = readerOf(record);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === EVENT_TYPE) return reader.int32();
    skipField(reader, tag);
  }
  return Event.Type.UNKNOWN;
}

const SUBSCRIBED_HEARTBEAT_FIELD = 2;

const FIXED_64 = 1;

/** Only the interval: the state of the whole cluster stands in the same record and is read by other calls. */
function heartbeatOf(record: Buffer): number | null {
  const reader = readerOf(record);
  let seconds: number | null = null;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag !== EVENT_SUBSCRIBED) {
      skipField(reader, tag);
      continue;
    }
    const end = messageEnd(reader);
    while (reader.pos < end) {
      const inner = reader.tag();
      if (inner === ((SUBSCRIBED_HEARTBEAT_FIELD << 3) | FIXED_64)) seconds = reader.double();
      else skipField(reader, inner);
    }
  }
  return seconds === null ? null : seconds * 1000;
}
