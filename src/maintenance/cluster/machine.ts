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

/** The entry as a machine, or none: a name or an address alone is no machine that an agent could have. */
export function wholeMachine({ hostname, ip }: MachineId): Machine[] {
  return hostname && ip ? [{ hostname, ip }] : [];
}

/**
 * The identity of a machine for comparing: the master compares host names without regard to case and the IP as a
 * string, and it lower-cases names in its status but not in its schedule.
 */
export function machineKey(machine: MachineId): string {
  return `${(machine.hostname ?? "").toLowerCase()}|${machine.ip ?? ""}`;
}

/** How machines are called for people, and in commands that people send. */
export interface MachineNames {
  /**
   * `web-01`, and `web-01 (10.0.0.1)` where another machine has that host name too; the IP of one that has no host name.
   * Takes a machine or its key.
   */
  readonly of: (machine: MachineId | string) => string;
  /** As a host pattern names this machine and no other: `web-01`, or `web-01|10.0.0.1`. */
  readonly typed: (machine: MachineId) => string;
}

/**
 * Names that tell machines apart: a host name is no identity (invariants 4 and 13).
 *
 * @param isShared whether several machines have a host name, which comes in lower case.
 * @param spelt the machine of a key as its agent spells it, where that is known: a master's status has lower case.
 */
export function machineNames(
  isShared: (hostname: string) => boolean,
  spelt: (key: string) => MachineId | undefined = () => undefined,
): MachineNames {
  return {
    of(machine) {
      const key = typeof machine === "string" ? machine : machineKey(machine);
      const { hostname, ip } = spelt(key) ?? (typeof machine === "string" ? ofKey(machine) : machine);
      if (!hostname) return ip || "(unnamed machine)";
      return isShared(hostname.toLowerCase()) ? `${hostname} (${ip || "no IP"})` : hostname;
    },
    typed(machine) {
      const { hostname, ip } = spelt(machineKey(machine)) ?? machine;
      if (!hostname || !ip) return hostname || ip || "";
      return isShared(hostname.toLowerCase()) ? `${hostname}|${ip}` : hostname;
    },
  };
}

/** By host name, in lower case, its IP; `null` where machines of several IPs have it. */
export type Addresses = ReadonlyMap<string, string | null>;

/** The IPs of machines by their host names. */
export function addressesOf(machines: Iterable<MachineId>): Addresses {
  const addresses = new Map<string, string | null>();
  for (const { hostname, ip = "" } of machines) {
    if (!hostname) continue;
    const name = hostname.toLowerCase();
    const known = addresses.get(name);
    if (known === undefined) addresses.set(name, ip);
    else if (known !== ip) addresses.set(name, null);
  }
  return addresses;
}

/** The first of these machines with a key: they come with those first whose spelling counts. */
export function spellingOf(machines: Iterable<MachineId>): (key: string) => MachineId | undefined {
  const byKey = new Map<string, MachineId>();
  for (const machine of machines) {
    const key = machineKey(machine);
    if (!byKey.has(key)) byKey.set(key, machine);
  }
  return (key) => byKey.get(key);
}

function ofKey(key: string): MachineId {
  const [hostname, ip] = key.split("|");
  return { hostname, ip };
}
