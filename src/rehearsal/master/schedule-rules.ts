import { isIPv4 } from "node:net";
import { type MachineId, machineKey } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import { type MasterState, modeOf } from "./state.js";

/** A machine as the master's errors show it. */
function machineJson({ hostname, ip }: MachineId): string {
  return JSON.stringify({ hostname, ip });
}

/** Why a schedule is refused, in the master's words; `null` if it is not. */
export function refuseSchedule(state: MasterState, schedule: Schedule): string | null {
  const named = new Set<string>();
  for (const window of schedule.windows) {
    if (window.machines.length === 0) return "List of machines in the maintenance window is empty";
    if (window.duration !== null && window.duration < 0n) return "Unavailability 'duration' is negative";
    const refusal = refuseIds(window.machines, named);
    if (refusal !== null) return refusal;
  }
  for (const [key, machine] of state.machines) {
    if (machine.mode === "DOWN" && !named.has(key)) {
      return `Machine '${machineJson(machine.id)}' is deactivated and cannot be removed from the schedule`;
    }
  }
  return null;
}

/** Why START_MAINTENANCE is refused, or `null`. One bad machine fails the whole list. */
export function refuseDown(state: MasterState, ids: readonly MachineId[]): string | null {
  return refuseStep(state, ids, "DRAINING", "is not in DRAINING mode and cannot be brought down");
}

/** Why STOP_MAINTENANCE is refused, or `null`. */
export function refuseUp(state: MasterState, ids: readonly MachineId[]): string | null {
  return refuseStep(state, ids, "DOWN", "is not in DOWN mode and cannot be brought up");
}

function refuseStep(
  state: MasterState,
  ids: readonly MachineId[],
  from: "DRAINING" | "DOWN",
  otherwise: string,
): string | null {
  if (ids.length === 0) return "List of machines is empty";
  const refusal = refuseIds(ids, new Set());
  if (refusal !== null) return refusal;
  for (const id of ids) {
    const key = machineKey(id);
    // A machine that an agent registered from is known, and then the complaint is about its mode.
    if (!state.machines.has(key)) return `Machine '${machineJson(id)}' is not part of a maintenance schedule`;
    if (modeOf(state, key) !== from) return `Machine '${machineJson(id)}' ${otherwise}`;
  }
  return null;
}

function refuseIds(ids: readonly MachineId[], named: Set<string>): string | null {
  for (const id of ids) {
    if (!id.hostname && !id.ip) return "Both 'hostname' and 'ip' for a machine are empty";
    if (id.ip && !isIPv4(id.ip)) return `Failed to parse IPv4: ${id.ip}`;
    const key = machineKey(id);
    if (named.has(key)) return `Machine '${machineJson(id)}' appears more than once in the schedule`;
    named.add(key);
  }
  return null;
}
