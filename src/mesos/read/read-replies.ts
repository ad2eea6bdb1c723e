import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { Answer, Framework, MaintenanceStatus } from "../../maintenance/cluster/world.js";
import { mesos } from "../proto/generated/mesos.js";

const { Response } = mesos.v1.master;
const { Type: Capability } = mesos.v1.FrameworkInfo.Capability;
const { Status } = mesos.v1.allocator.InverseOfferStatus;

/** Who leads: what GET_MASTER says. */
export interface LeaderInfo {
  /** MasterInfo.id: another one after every fail-over. */
  readonly id: string;
  /** Mesos version, such as `1.11.0`; empty if the master does not tell. */
  readonly version: string;
  /** When it was elected, in ms since the epoch by its own clock; `null` if it does not tell. */
  readonly electedAtMs: number | null;
}

/** Reads the answer to GET_MASTER. Throws if it is not one. */
export function readMaster(answer: Uint8Array): LeaderInfo {
  const { get_master } = Response.decode(answer);
  const { id, version } = present(get_master?.master_info, "master_info");
  const electedSeconds = get_master?.elected_time;
  const electedAtMs = electedSeconds == null ? null : Math.round(electedSeconds * 1_000);
  return { id, version: version ?? "", electedAtMs };
}

/** Reads the answer to GET_VERSION. Throws if it is not one. */
export function readVersion(answer: Uint8Array): string {
  return present(Response.decode(answer).get_version, "get_version").version_info.version;
}

/** Reads the answer to GET_MAINTENANCE_SCHEDULE, exact to the nanosecond (invariant 1). Throws if it is not one. */
export function readSchedule(answer: Uint8Array): Schedule {
  const { schedule } = present(Response.decode(answer).get_maintenance_schedule, "get_maintenance_schedule");
  return {
    windows: (schedule.windows ?? []).map(({ machine_ids, unavailability }) => ({
      machines: (machine_ids ?? []).map(machineOf),
      start: unavailability.start.nanoseconds.toBigInt(),
      duration: unavailability.duration == null ? null : unavailability.duration.nanoseconds.toBigInt(),
    })),
  };
}

/** Reads the answer to GET_MAINTENANCE_STATUS. Throws if it is not one. */
export function readStatus(answer: Uint8Array): MaintenanceStatus {
  const { status } = present(Response.decode(answer).get_maintenance_status, "get_maintenance_status");
  return {
    draining: (status.draining_machines ?? []).map(({ id, statuses }) => ({
      machine: machineOf(id),
      answers: (statuses ?? []).flatMap(answerOf),
    })),
    down: (status.down_machines ?? []).map(machineOf),
  };
}

/** Reads the frameworks that are not torn down from the answer to GET_FRAMEWORKS. Throws if it is not one. */
export function readFrameworks(answer: Uint8Array): readonly Framework[] {
  const { frameworks } = present(Response.decode(answer).get_frameworks, "get_frameworks");
  return (frameworks ?? []).map(({ framework_info: info, ...framework }) => ({
    id: present(info.id, "a framework's id").value,
    name: info.name,
    principal: info.principal ?? null,
    roles: rolesOf(info),
    capabilities: (info.capabilities ?? []).flatMap(({ type }) =>
      type == null ? [] : [Capability[type] ?? "UNKNOWN"],
    ),
    // The operator API does not say it (`read-drivers.ts`).
    driver: null,
    connected: framework.connected,
    active: framework.active,
    inverseOffers: (framework.inverse_offers ?? []).flatMap(({ agent_id }) =>
      agent_id == null ? [] : [{ agentId: agent_id.value }],
    ),
  }));
}

/** One that is not MULTI_ROLE has one role, in a field of its own. */
function rolesOf({ role, roles }: mesos.v1.FrameworkInfo.$Properties): readonly string[] {
  return roles != null && roles.length > 0 ? roles : [role ?? "*"];
}

function answerOf(entry: mesos.v1.allocator.InverseOfferStatus.$Properties): readonly Answer[] {
  // UNKNOWN means not answered yet, which a master normally shows by having no entry at all.
  if (entry.status === Status.UNKNOWN) return [];
  const answer = entry.status === Status.ACCEPT ? "accept" : "decline";
  return [{ frameworkId: entry.framework_id.value, answer, at: entry.timestamp.nanoseconds.toBigInt() }];
}

function machineOf({ hostname, ip }: mesos.v1.MachineID.$Properties): MachineId {
  return { ...(hostname == null ? {} : { hostname }), ...(ip == null ? {} : { ip }) };
}

function present<T>(value: T | null | undefined, field: string): T {
  if (value === null || value === undefined) throw new TypeError(`The answer lacks ${field}.`);
  return value;
}
