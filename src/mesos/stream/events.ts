import type { MesosError } from "../errors/errors.js";
import { mesos } from "../proto/generated/mesos.js";
import { doubleTag, lengthTag, messageEnd, readerOf, skipField } from "../read/wire.js";

const { Event } = mesos.v1.master;

/**
 * What a master's event stream tells. It has no event for changes of the schedule, answers or drain state, so it can
 * only ever be a reason to look at the world sooner.
 */
export type MasterEvent =
  | { readonly kind: "subscribed" }
  /** A task was added or changed its state. `agentId` is `null` where the master does not say. */
  | { readonly kind: "task"; readonly agentId: string | null }
  | { readonly kind: "agent_added" }
  | { readonly kind: "agent_removed"; readonly agentId: string }
  /** A framework was added, updated or removed. */
  | { readonly kind: "framework" }
  /** The stream broke or fell silent: events are missing from here until the next `subscribed`. */
  | { readonly kind: "lost"; readonly error: MesosError; readonly retryInMs: number };

/** A record of the stream: an event to pass on, or a sign of life. */
export type StreamRecord =
  | { readonly kind: "subscribed"; readonly heartbeatMs: number | null }
  | Exclude<MasterEvent, { kind: "subscribed" | "lost" }>
  | { readonly kind: "alive" };

const EVENT_SUBSCRIBED = lengthTag(2);
const SUBSCRIBED_HEARTBEAT = doubleTag(2);

/**
 * Reads one record. Events that this project has no use for are signs of life.
 *
 * @throws if it is not an event.
 */
export function readRecord(record: Buffer): StreamRecord {
  const subscribed = readSubscribed(record);
  if (subscribed !== null) return subscribed;
  const event = Event.decode(record);
  if (event.task_added != null) return { kind: "task", agentId: event.task_added.task.agent_id.value };
  if (event.task_updated != null)
    return { kind: "task", agentId: event.task_updated.status.agent_id?.value ?? null };
  if (event.agent_added != null) return { kind: "agent_added" };
  if (event.agent_removed != null)
    return { kind: "agent_removed", agentId: event.agent_removed.agent_id.value };
  const framework = event.framework_added ?? event.framework_updated ?? event.framework_removed;
  return { kind: framework == null ? "alive" : "framework" };
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
