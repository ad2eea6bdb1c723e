import { machineKey, machineName } from "./machine.js";
import type { World } from "./world.js";

/**
 * Whether the schedule we read looks filtered: a master shows a principal without `get_maintenance_schedule` an empty
 * list with status 200, and posting on top of that would wipe everybody's windows (invariant 2). The proof is a machine
 * that the status or an inverse offer shows in maintenance and that the schedule does not show.
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
  return [...hidden.values()];
}
