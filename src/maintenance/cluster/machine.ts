/**
 * A machine as it may stand in a master's schedule: Mesos' `MachineID`, where either half may be missing.
 * Entries of other people are kept exactly as they are, even those that match no agent.
 */
export interface MachineId {
  readonly hostname?: string | undefined;
  readonly ip?: string | undefined;
}

/** A machine we act on: both halves, exactly as the master knows the agent (invariant 4). */
export interface Machine {
  readonly hostname: string;
  readonly ip: string;
}

/**
 * The identity of a machine for comparing: the master compares host names without regard to case and the IP as a
 * string, and it lower-cases names in its status but not in its schedule.
 */
export function machineKey(machine: MachineId): string {
  return `${(machine.hostname ?? "").toLowerCase()}|${machine.ip ?? ""}`;
}

/** The host name in a machine key; its IP where it has none. */
export function hostOfKey(key: string): string {
  const [hostname, ip] = key.split("|");
  return hostname || ip || key;
}

/** How a machine is shown to people: its host name, or its IP where it has none. */
export function machineName(machine: MachineId): string {
  return machine.hostname || machine.ip || "(unnamed machine)";
}
