import type { Machine } from "../maintenance/cluster/machine.js";
import type { Schedule } from "../maintenance/cluster/schedule.js";
import type { Millis, Nanos } from "../maintenance/time.js";
import { mesos } from "./proto/generated/mesos.js";
import { RIGHTS_TO_WRITE } from "./rights.js";

const { Call } = mesos.v1.master;

/** A call of the operator API, ready to be sent. */
export interface Call {
  /** Mesos' name of the call, such as `GET_AGENTS`. */
  readonly name: keyof typeof Call.Type;
  readonly bytes: Uint8Array;
  /** Whether it changes something, so that it must not be sent again once it may have arrived. */
  readonly writes: boolean;
  /** The right it takes, as the masters' ACLs name it (Mesos: authorization.md); `null` where a master asks for none. */
  readonly right: string | null;
}

export const GET_VERSION = reading("GET_VERSION");
export const GET_MASTER = reading("GET_MASTER");
export const GET_AGENTS = reading("GET_AGENTS");
export const GET_FRAMEWORKS = reading("GET_FRAMEWORKS");
export const GET_TASKS = reading("GET_TASKS");
export const GET_MAINTENANCE_SCHEDULE = reading("GET_MAINTENANCE_SCHEDULE", "get_maintenance_schedules");
export const GET_MAINTENANCE_STATUS = reading("GET_MAINTENANCE_STATUS", "get_maintenance_statuses");
export const SUBSCRIBE = reading("SUBSCRIBE");

/** Replaces the whole schedule: whoever calls it has merged other people's windows in (invariant 1). */
export function updateSchedule(schedule: Schedule): Call {
  const windows = schedule.windows.map(({ machines, start, duration }) => ({
    // Halves that are missing stay missing: an entry of someone else is written back as it was read.
    machine_ids: machines,
    unavailability: {
      start: { nanoseconds: nanosTo(start) },
      // Absent means without an end; that is not the same as 0.
      ...(duration === null ? {} : { duration: { nanoseconds: nanosTo(duration) } }),
    },
  }));
  const parts = { update_maintenance_schedule: { schedule: { windows } } };
  return writing("UPDATE_MAINTENANCE_SCHEDULE", parts);
}

/** Takes draining machines down: their agents exit and their tasks are lost. */
export function startMaintenance(machines: readonly Machine[]): Call {
  return writing("START_MAINTENANCE", { start_maintenance: { machines } });
}

/** Brings machines that are Down back and takes them off the schedule. */
export function stopMaintenance(machines: readonly Machine[]): Call {
  return writing("STOP_MAINTENANCE", { stop_maintenance: { machines } });
}

/**
 * Has the master kill what runs on an agent (1.9 and later); the agent takes nothing new until it is reactivated. It cannot
 * be taken back. `mark_gone`, which gives the agent up for good, is never asked for.
 *
 * @param graceMs how long tasks get that do not say so themselves; `null`: what their executors take.
 */
export function drainAgent(agentId: string, graceMs: Millis | null): Call {
  const grace =
    graceMs === null
      ? {}
      : { max_grace_period: { seconds: Math.floor(graceMs / 1_000), nanos: (graceMs % 1_000) * 1_000_000 } };
  return writing("DRAIN_AGENT", {
    drain_agent: { agent_id: { value: agentId }, ...grace },
  });
}

/** Has a drained agent take tasks again. */
export function reactivateAgent(agentId: string): Call {
  return writing("REACTIVATE_AGENT", {
    reactivate_agent: { agent_id: { value: agentId } },
  });
}

function reading(name: Call["name"], right: string | null = null): Call {
  return { name, bytes: encode(name, {}), writes: false, right };
}

function writing(name: keyof typeof RIGHTS_TO_WRITE, parts: Record<string, unknown>): Call {
  return { name, bytes: encode(name, parts), writes: true, right: RIGHTS_TO_WRITE[name] };
}

function encode(type: Call["name"], parts: Record<string, unknown>): Uint8Array {
  return Call.encode(Call.fromObject({ type, ...parts })).finish();
}

const LEAST = -(2n ** 63n);

const GREATEST = 2n ** 63n - 1n;

/**
 * An int64 for the wire, exact (invariant 1). To be given to `fromObject`: the encoder itself takes no bigint and would
 * write 0.
 *
 * @throws RangeError beyond int64, which a master would silently wrap into the past.
 */
function nanosTo(value: Nanos): Nanos {
  if (value < LEAST || value > GREATEST) {
    throw new RangeError(`Expected nanoseconds within int64, got ${value}. Nothing was sent.`);
  }
  return value;
}
