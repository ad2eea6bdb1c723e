import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { Json } from "./exact-json.js";
import { bool, int64, message, oneOf, optional, readMessage, repeated, required, text } from "./shape.js";

const READS = [
  "GET_HEALTH",
  "GET_VERSION",
  "GET_MASTER",
  "GET_AGENTS",
  "GET_FRAMEWORKS",
  "GET_TASKS",
  "GET_MAINTENANCE_STATUS",
  "GET_MAINTENANCE_SCHEDULE",
  "SUBSCRIBE",
] as const;

export type ReadType = (typeof READS)[number];

/** A call of the operator API v1 that this master plays, as it is carried out, whichever encoding it came in. */
export type Call =
  | { readonly type: ReadType }
  | { readonly type: "UPDATE_MAINTENANCE_SCHEDULE"; readonly schedule: Schedule }
  | { readonly type: "START_MAINTENANCE" | "STOP_MAINTENANCE"; readonly machines: readonly MachineId[] }
  | {
      readonly type: "DRAIN_AGENT";
      readonly agentId: string;
      readonly graceNs: bigint | null;
      readonly markGone: boolean;
    }
  | { readonly type: "DEACTIVATE_AGENT" | "REACTIVATE_AGENT"; readonly agentId: string };

export type CallType = Call["type"];

/** The machines that a call names; of a schedule all that stand in it. */
export function machinesIn(call: Call): readonly MachineId[] {
  if ("schedule" in call) return call.schedule.windows.flatMap(({ machines }) => machines);
  return "machines" in call ? call.machines : [];
}

const AGENT_WRITES = ["DRAIN_AGENT", "DEACTIVATE_AGENT", "REACTIVATE_AGENT"] as const;

const CALL_TYPES = [
  ...READS,
  "UPDATE_MAINTENANCE_SCHEDULE",
  "START_MAINTENANCE",
  "STOP_MAINTENANCE",
  ...AGENT_WRITES,
] as const satisfies readonly CallType[];

/** The calls that this version of Mesos does not know: DRAIN_AGENT and its like exist since 1.9. */
export function unknownCalls(version: string): readonly CallType[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 9) ? [] : AGENT_WRITES;
}

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

const agentId = required(message({ value: required(text) }));

const callMessage = message({
  type: optional(oneOf(CALL_TYPES)),
  update_maintenance_schedule: optional(message({ schedule: required(scheduleMessage) })),
  start_maintenance: optional(machinesMessage),
  stop_maintenance: optional(machinesMessage),
  drain_agent: optional(
    message({
      agent_id: agentId,
      max_grace_period: optional(message({ seconds: optional(int64), nanos: optional(int64) })),
      mark_gone: optional(bool),
    }),
  ),
  deactivate_agent: optional(message({ agent_id: agentId })),
  reactivate_agent: optional(message({ agent_id: agentId })),
});

function machineOf({ hostname, ip }: ReturnType<typeof machineIdMessage>): MachineId {
  return { ...(hostname === null ? {} : { hostname }), ...(ip === null ? {} : { ip }) };
}

function scheduleOf({ windows }: ReturnType<typeof scheduleMessage>): Schedule {
  return {
    windows: windows.map(({ machine_ids, unavailability: { start, duration } }) => ({
      machines: machine_ids.map(machineOf),
      start: start.nanoseconds,
      duration: duration?.nanoseconds ?? null,
    })),
  };
}

/** The body of v0 POST /maintenance/schedule. Throws a `ShapeError`. */
export function readSchedule(json: Json): Schedule {
  return scheduleOf(readMessage(scheduleMessage, json));
}

/** The body of v0 POST /machine/down and /machine/up. Throws a `ShapeError`. */
export function readMachines(json: readonly Json[]): readonly MachineId[] {
  return json.map((item) => machineOf(readMessage(machineIdMessage, item)));
}

/** A call that could not be decoded or lacks its message; the text is the master's. */
export class CallError extends Error {}

/** A whole v1 call. Throws a `ShapeError` or a `CallError`. */
export function readCall(json: Json, unknown: readonly CallType[]): Call {
  const read = readMessage(callMessage, json);
  const { type } = read;
  if (type === null || unknown.includes(type)) throw absent("type");
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
  if (part === null) throw absent(type.toLowerCase());
  return part;
}

function absent(field: string): CallError {
  return new CallError(`Failed to validate master::Call: Expecting '${field}' to be present`);
}
