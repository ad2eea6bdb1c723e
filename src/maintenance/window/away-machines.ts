import { type Machine, machineKey } from "../cluster/machine.js";
import type { Agent, World } from "../cluster/world.js";
import { hasEnded } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";

/**
 * The world in which host patterns are looked up: besides the agents also machines that have none at the master now, as
 * those that are Down, in the schedule, in one of our open maintenances, or not registered again since a fail-over. People still name and list them.
 *
 * Their agents here are stand-ins (inactive, without resources). What is counted, drained or awaited is asked of the
 * real world; this one is for names only. The very same world comes back when no machine is away.
 */
export function withAwayMachines(world: World, open: readonly Maintenance[]): World {
  const known = new Set(world.agents.map((agent) => machineKey(agent.machine)));
  const away = new Map<string, Agent>();
  // Ours first, then the schedule: they keep the case of host names, which the status does not.
  const candidates = [
    ...open.flatMap((record) =>
      record.batches
        .filter((batch) => !hasEnded(batch) || batch.phase === "up")
        .flatMap((batch) => batch.machines),
    ),
    ...world.schedule.windows.flatMap((window) => window.machines).flatMap(wholeMachine),
    ...world.status.down.flatMap(wholeMachine),
    // Not registered again since a fail-over; a master does not tell their address, so those seen before.
    ...world.recoveredAgents.flatMap(({ machine }) => wholeMachine(machine)),
  ];
  for (const machine of candidates) {
    const key = machineKey(machine);
    if (!known.has(key) && !away.has(key)) away.set(key, standIn(machine));
  }
  return away.size === 0 ? world : { ...world, agents: [...world.agents, ...away.values()] };
}

/** A name or an address alone is no machine that an agent could have. */
function wholeMachine({ hostname, ip }: World["status"]["down"][number]): Machine[] {
  return hostname && ip ? [{ hostname, ip }] : [];
}

function standIn(machine: Machine): Agent {
  return {
    id: `away-${machineKey(machine)}`,
    machine,
    port: null,
    attributes: [],
    region: null,
    zone: null,
    active: false,
    deactivated: false,
    resources: null,
  };
}
