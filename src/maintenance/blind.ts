import { machineKey, machineName } from "./machine.js";
import type { World } from "./world.js";

/**
 * Whether the schedule we read looks filtered: a master shows a principal without `get_maintenance_schedule` an empty
 * list with status 200, and posting on top of that would wipe everybody's windows (invariant 2). The status is filtered the
 * same way. The proof is a machine that one of schedule, status and inverse offers shows and another does not: a master
 * gives every scheduled machine a status, also one that no agent has.
 *
 * @returns the names of such machines; empty when nothing speaks against the read.
 */
export function hiddenMachines(world: World): readonly string[] {
  const scheduled = new Set(world.schedule.windows.flatMap((window) => window.machines.map(machineKey)));
  const hidden = new Map<string, string>();
  const check = (machine: { readonly hostname?: string | undefined; readonly ip?: string | undefined }) => {
    const key = machineKey(machine);
    if (!scheduled.has(key)) hidden.set(key, machineName(machine));
  };
  for (const entry of world.status.draining) check(entry.machine);
  for (const machine of world.status.down) check(machine);
  const agents = new Map(world.agents.map((agent) => [agent.id, agent.machine]));
  for (const framework of world.frameworks) {
    for (const offer of framework.inverseOffers) {
      const machine = agents.get(offer.agentId);
      if (machine !== undefined) check(machine);
    }
  }
  const known = new Set(
    [...world.status.draining.map((entry) => entry.machine), ...world.status.down].map(machineKey),
  );
  for (const machine of world.schedule.windows.flatMap((window) => window.machines)) {
    const key = machineKey(machine);
    if (!known.has(key)) hidden.set(key, machineName(machine));
  }
  return [...hidden.values()];
}
