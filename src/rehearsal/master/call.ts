import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { Json } from "./exact-json.js";
import { bool, int64, message, oneOf, optional, readMessage, repeated, required, text } from "./shape.js";

/** Calls of the operator API v1 that this master plays. */
export const CALL_TYPES = [
  "GET_HEALTH",
  "GET_VERSION",
  "GET_MASTER",
  "GET_AGENTS",
  "GET_FRAMEWORKS",
  "GET_TASKS",
  "GET_MAINTENANCE_STATUS",
  "GET_MAINTENANCE_SCHEDULE",
  "UPDATE_MAINTENANCE_SCHEDULE",
  "START_MAINTENANCE",
  "STOP_MAINTENANCE",
  "SUBSCRIBE",
  "DRAIN_AGENT",
  "DEACTIVATE_AGENT",
  "REACTIVATE_AGENT",
] as const;

export type CallType = (typeof CALL_TYPES)[number];

type BareType =
  | "GET_HEALTH"
  | "GET_VERSION"
  | "GET_MASTER"
  | "GET_AGENTS"
  | "GET_FRAMEWORKS"
  | "GET_TASKS"
  | "GET_MAINTENANCE_STATUS"
  | "GET_MAINTENANCE_SCHEDULE"
  | "SUBSCRIBE";

/** A call as it is carried out, whichever encoding it came in. */
export type Call =
  | { readonly type: BareType }
  | { readonly type: "UPDATE_MAINTENANCE_SCHEDULE"; readonly schedule: Schedule }
  | { readonly type: "START_MAINTENANCE" | "STOP_MAINTENANCE"; readonly machines: readonly MachineId[] }
  | {
      readonly type: "DRAIN_AGENT";
      readonly agentId: string;
      readonly graceNs: bigint | null;
      readonly markGone: boolean;
    }
  | { readonly type: "DEACTIVATE_AGENT" | "REACTIVATE_AGENT"; readonly agentId: string };

const machineIdMessage = message({ hostname: optional(text), ip: optional(text) });

const time = message({ nanoseconds: required(int64) });

const scheduleMessage = message({
  windows: repeated(
    message({
      machine_ids: repeated(machineIdMessage),
      unavailability: required(message({ start: required(time), duration: optional(time) })),
    }),
  ),
});

const machinesMessage = message({ machines: repeated(machineIdMessage) });

const agentMessage = message({ agent_id: required(message({ value: required(text) })) });

const callMessage = message({
  type: optional(oneOf(CALL_TYPES)),
  update_maintenance_schedule: optional(message({ schedule: required(scheduleMessage) })),
  start_maintenance: optional(machinesMessage),
  stop_maintenance: optional(machinesMessage),
  drain_agent: optional(
    message({
      agent_id: required(message({ value: required(text) })),
      max_grace_period: optional(message({ seconds: optional(int64), nanos: optional(int64) })),
      mark_gone: optional(bool),
    }),
  ),
  deactivate_agent: optional(agentMessage),
  reactivate_agent: optional(agentMessage),
});

type Read<T> = T extends { read: (...args: never) => infer R } ? R : never;

function machineOf(read: Read<typeof machineIdMessage>): MachineId {
  const { hostname, ip } = read;
  return { ...(hostname === null ? {} : { hostname }), ...(ip === null ? {} : { ip }) };
}

function scheduleOf(read: Read<typeof scheduleMessage>): Schedule {
  const windows = read.windows.map(({ machine_ids, unavailability }) => ({
    machines: machine_ids.map(machineOf),
    start: unavailability.start.nanoseconds,
    duration: unavailability.duration?.nanoseconds ?? null,
  }));
  return { windows };
}

/** The body of v0 POST /maintenance/schedule. Throws a `ShapeError`. */
export function readSchedule(json: Json): Schedule {
  return scheduleOf(readMessage(scheduleMessage, json));
}

/** The body of v0 POST /machine/down and /machine/up. Throws a `ShapeError`. */
export function readMachines(json: readonly Json[]): readonly MachineId[] {
  return json.map((item) => machineOf(readMessage(machineIdMessage, item)));
}

/** A call that cannot be carried out because of what is not in it; the text is the master's. */
export class CallValidationError extends Error {
  constructor(absent: string) {
    super(`Failed to validate master::Call: Expecting '${absent}' to be present`);
  }
}

/** A whole v1 call. Throws a `ShapeError` or a `CallValidationError`. */
export function readCall(json: Json, knows: (type: CallType) => boolean): Call {
  const read = readMessage(callMessage, json);
  const type = read.type;
  if (type === null || !knows(type)) throw new CallValidationError("type");
  switch (type) {
    case "UPDATE_MAINTENANCE_SCHEDULE":
      return { type, schedule: scheduleOf(present(read.update_maintenance_schedule, type).schedule) };
    case "START_MAINTENANCE":
      return { type, machines: present(read.start_maintenance, type).machines.map(machineOf) };
    case "STOP_MAINTENANCE":
      return { type, machines: present(read.stop_maintenance, type).machines.map(machineOf) };
    case "DRAIN_AGENT": {
      const { agent_id, max_grace_period: grace, mark_gone } = present(read.drain_agent, type);
      const graceNs = grace === null ? null : (grace.seconds ?? 0n) * 1_000_000_000n + (grace.nanos ?? 0n);
      return { type, agentId: agent_id.value, graceNs, markGone: mark_gone ?? false };
    }
    case "DEACTIVATE_AGENT":
      return { type, agentId: present(read.deactivate_agent, type).agent_id.value };
    case "REACTIVATE_AGENT":
      return { type, agentId: present(read.reactivate_agent, type).agent_id.value };
    default:
      return { type };
  }
}

function present<T>(part: T | null, type: CallType): T {
  if (part === null) throw new CallValidationError(type.toLowerCase());
  return part;
}
