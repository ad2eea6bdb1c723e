import { indexAgents } from "../cluster/agent-index.js";
import { type Machine, machineKey, wholeMachine } from "../cluster/machine.js";
import type { Agent, World } from "../cluster/world.js";
import { hasEnded } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";

/**
 * Stand-ins for machines that have no agent at the master now, as those that are Down, in the schedule, in one of our open
 * maintenances, or not registered again since a fail-over: host patterns are looked up among them too, for people still name and
 * list them. A master tells no address of the last: where nobody has seen it, `ip` is empty.
 *
 * They are inactive and without resources, and have attributes only where the master still tells them. What is counted, drained or
 * awaited is asked of the world; these are for names only.
 */
export function awayMachines(world: World, open: readonly Maintenance[]): readonly Agent[] {
  const { byMachine, addresses } = indexAgents(world.agents);
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
    // At the address where they were seen before the fail-over.
    ...world.recoveredAgents.flatMap(({ machine }) => wholeMachine(machine)),
  ];
  const recovered = new Map(world.recoveredAgents.map((agent) => [nameOf(agent.machine), agent]));
  const add = (machine: Machine) => {
    const key = machineKey(machine);
    if (!byMachine.has(key) && !away.has(key))
      away.set(key, standIn(machine, recovered.get(nameOf(machine))));
  };
  candidates.forEach(add);
  // Where the host is named already, it is an agent of that machine.
  const named = new Set([...away.values()].map((agent) => nameOf(agent.machine)));
  for (const [name, { machine }] of recovered) if (!addresses.has(name) && !named.has(name)) add(machine);
  return [...away.values()];
}

function nameOf({ hostname }: Machine): string {
  return hostname.toLowerCase();
}

function standIn(machine: Machine, recovered: Agent | undefined): Agent {
  return {
    id: `away-${machineKey(machine)}`,
    machine,
    port: null,
    attributes: recovered?.attributes ?? [],
    region: recovered?.region ?? null,
    zone: recovered?.zone ?? null,
    active: false,
    deactivated: false,
    drain: null,
    resources: null,
  };
}
