import { type MachineId, machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import type { Maintenance } from "../record/record.js";
import { zoneOf } from "./staying.js";

/** Many more would make a record too large. Of the others nobody knows their zone once they are Down. */
const MOST_NEIGHBOURS = 1_000;

/** The zone of a machine; `null`: it is in none; `undefined`: nobody knows (invariant 13). */
export type Zone = string | null | undefined;

/** Keeps in which zone the machines in windows of others are, while the master shows their agents. */
export function withNeighboursSeen(record: Maintenance, world: World): Maintenance {
  const { agents } = indexWorld(world);
  const own = new Set(record.batches.flatMap(({ machines }) => machines.map(machineKey)));
  const neighbours: Record<string, string | null> = {};
  let count = 0;
  for (const machine of world.schedule.windows.flatMap(({ machines }) => machines)) {
    const key = machineKey(machine);
    const agent = agents.get(key)?.[0];
    const zone = agent === undefined ? record.neighbours[key] : zoneOf(agent);
    if (zone === undefined || own.has(key) || count >= MOST_NEIGHBOURS) continue;
    neighbours[key] = zone;
    count += 1;
  }
  const keys = Object.keys(neighbours);
  const isSame =
    keys.length === Object.keys(record.neighbours).length &&
    keys.every((key) => neighbours[key] === record.neighbours[key]);
  return isSame ? record : { ...record, neighbours };
}

/** In which zone machines are: as their agents say now, or as it was when the master last showed them. */
export function zonesKnown(
  record: Maintenance,
  others: readonly Maintenance[],
  world: World,
): (machine: MachineId) => Zone {
  const { agents } = indexWorld(world);
  const seen = new Map<string, string | null>(Object.entries(record.neighbours));
  for (const { machine, lastSeen } of [...others, record]
    .flatMap(({ batches }) => batches)
    .flatMap((batch) => batch.agents)) {
    if (lastSeen !== undefined) seen.set(machine, zoneOf(lastSeen));
  }
  return (machine) => {
    const key = machineKey(machine);
    const agent = agents.get(key)?.[0];
    return agent === undefined ? seen.get(key) : zoneOf(agent);
  };
}
