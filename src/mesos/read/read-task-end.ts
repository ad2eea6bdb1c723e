import type { TaskEnd } from "../../maintenance/cluster/world.js";
import { mesos } from "../proto/generated/mesos.js";
import { appOf } from "./app-of.js";
import {
  NO_LABELS,
  readAppLabels,
  TASK_AGENT_ID,
  TASK_FRAMEWORK_ID,
  TASK_ID,
  TASK_LABELS,
  TASK_NAME,
  TASK_STATE,
  TASK_STATUSES,
} from "./task-fields.js";
import type { TaskNames } from "./task-names.js";
import { TELLING } from "./task-states.js";
import { doubleTag, messageEnd, readId, required, skipField, varintTag, type WireReader } from "./wire.js";

const { TaskState } = mesos.v1;

const { REASON_AGENT_REMOVED } = mesos.v1.TaskStatus.Reason;

const STATUS_TIMESTAMP = doubleTag(6);
const STATUS_REASON = varintTag(10);

/** What ends of tasks have told so far. */
export interface EndsFound {
  /** Ids of agents that were marked gone. */
  readonly gone: Set<string>;
  readonly ended: TaskEnd[];
  /** Tasks that ended before are left out, since the epoch. */
  readonly endedSinceMs: number;
  readonly names: TaskNames;
}

/**
 * What the end of a task tells, if anything: that its agent was marked gone, that it failed, or that it was lost with its
 * agent.
 */
export function readTaskEnd(reader: WireReader, { gone, ended, endedSinceMs, names }: EndsFound): void {
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
