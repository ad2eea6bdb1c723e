import { zonesKnown } from "../blast/zones.js";
import { type MachineId, type MachineNames, machineKey } from "../cluster/machine.js";
import { namesIn } from "../cluster/world-index.js";
import { placeOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { counted, list } from "../text/list.js";
import type { PauseRule } from "./rule.js";

/**
 * Somebody else has machines Down in the zone of this batch, or in one that nobody knows, or machines of another batch:
 * more would be out at once than a batch.
 */
export const othersDown: PauseRule = {
  name: "others_down",
  looksAt: "next_batch",
  goneOnFor: "batch",
  sees({ record, batch, world }) {
    if (world.status.down.length === 0) return null;
    const own = new Set(batch.machines.map(machineKey));
    const names = namesIn(
      world,
      record.batches.flatMap(({ machines }) => machines),
    );
    const others = world.status.down.filter((machine) => !own.has(machineKey(machine)));
    const ofBatches = inBatches(record, others);
    if (ofBatches.length > 0) {
      const batches = [...new Set(ofBatches.map(({ id }) => placeOf(record, id)))];
      const machines = ofBatches.map(({ machine }) => machine);
      return {
        saw: `somebody else has ${told(machines, names)} of ${list(batches)} Down`,
        about: machines.map(machineKey),
      };
    }
    const zoneOf = zonesKnown(record, [], world);
    const zones = new Set(batch.machines.map(zoneOf).filter((zone) => typeof zone === "string"));
    if (zones.size === 0) return null;
    const near = others.filter((machine) => {
      const zone = zoneOf(machine);
      return typeof zone === "string" && zones.has(zone);
    });
    const unknown = others.filter((machine) => zoneOf(machine) === undefined);
    if (near.length > 0)
      return {
        saw: `somebody else has ${told(near, names)} Down in ${list([...zones])}`,
        about: near.map(machineKey),
      };
    return unknown.length === 0
      ? null
      : {
          saw: `somebody else has ${told(unknown, names)} Down, and nobody knows in which zone`,
          about: unknown.map(machineKey),
        };
  },
};

/** Those of the machines that are of this drain, each with the id of its batch. */
function inBatches({ batches }: Maintenance, machines: readonly MachineId[]) {
  const ids = new Map(batches.flatMap(({ id, machines }) => machines.map((one) => [machineKey(one), id])));
  return machines.flatMap((machine) => {
    const id = ids.get(machineKey(machine));
    return id === undefined ? [] : [{ machine, id }];
  });
}

function told(machines: readonly MachineId[], names: MachineNames): string {
  return `${counted(machines.length, "machine")} (${list(machines.map(names.of))})`;
}
