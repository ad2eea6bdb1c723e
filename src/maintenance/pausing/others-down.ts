import { zonesKnown } from "../blast/zones.js";
import { type MachineId, machineKey, machineName } from "../cluster/machine.js";
import { counted, list } from "../text/list.js";
import type { PauseRule } from "./rule.js";

/** Somebody else has machines Down in the zone of this batch, or in one that nobody knows. */
export const othersDown: PauseRule = {
  name: "others_down",
  looksAt: "next_batch",
  goneOnFor: "batch",
  sees({ record, batch, world }) {
    const zoneOf = zonesKnown(record, [], world);
    const zones = new Set(batch.machines.map(zoneOf).filter((zone) => typeof zone === "string"));
    if (zones.size === 0) return null;
    const own = new Set(record.batches.flatMap(({ machines }) => machines.map(machineKey)));
    const others = world.status.down.filter((machine) => !own.has(machineKey(machine)));
    const near = others.filter((machine) => {
      const zone = zoneOf(machine);
      return typeof zone === "string" && zones.has(zone);
    });
    const unknown = others.filter((machine) => zoneOf(machine) === undefined);
    if (near.length > 0)
      return {
        saw: `somebody else has ${names(near)} Down in ${list([...zones])}`,
        about: near.map(machineKey),
      };
    return unknown.length === 0
      ? null
      : {
          saw: `somebody else has ${names(unknown)} Down, and nobody knows in which zone`,
          about: unknown.map(machineKey),
        };
  },
};

function names(machines: readonly MachineId[]): string {
  return `${counted(machines.length, "machine")} (${list(machines.map(machineName))})`;
}
