import { createHostIndex } from "../../hosts/host-index.js";
import { parsePattern } from "../../hosts/pattern.js";
import { resolveHosts } from "../../hosts/resolve.js";
import { atOnce } from "../../maintenance/at-once.js";
import { type Machine, type MachineId, machineKey } from "../../maintenance/cluster/machine.js";
import type { Unavailability } from "../../maintenance/cluster/schedule.js";
import type { World } from "../../maintenance/cluster/world.js";
import { namesIn } from "../../maintenance/cluster/world-index.js";
import { list } from "../../maintenance/text/list.js";
import { sameTime, windowOf } from "../../maintenance/window/edit.js";

/**
 * The machines that a play is for. Throws an Error when there is none, or when one of them stands in a window already: it
 * is somebody else's (invariant 12), and what happens to it would pass for the play's doing.
 */
export function machinesToDrain(hosts: string, world: World): readonly Machine[] {
  const parsed = parsePattern(hosts);
  if (!parsed.ok) throw new Error(`--hosts ${hosts}: ${parsed.problem} Nothing was posted.`);
  const resolved = atOnce(resolveHosts(parsed.pattern, atOnce(createHostIndex(world.agents, null))));
  if (!resolved.ok) throw new Error(`--hosts ${hosts}: ${resolved.problem} Nothing was posted.`);
  const { machines } = resolved.resolution;
  if (machines.length === 0) throw new Error(`--hosts ${hosts} matches no machine. Nothing was posted.`);
  const taken = machines.filter((machine) => windowOf(world.schedule, machine) !== null);
  if (taken.length > 0) {
    throw new Error(
      `In a window of somebody else: ${list(taken.map(namesIn(world).of))}. Nothing was posted. Name others with --hosts.`,
    );
  }
  return machines;
}

/** The window that all of these machines share, and nothing but a window: `null` until they do. */
export function sharedWindow(world: World, machines: readonly Machine[]): Unavailability | null {
  const [first = null, ...rest] = machines.map((machine) => windowOf(world.schedule, machine));
  return first !== null && rest.every((one) => one !== null && sameTime(one, first)) ? first : null;
}

/** Those that the master shows as Down. */
export function downOf(world: World, machines: readonly MachineId[]): readonly MachineId[] {
  const down = new Set(world.status.down.map(machineKey));
  return machines.filter((machine) => down.has(machineKey(machine)));
}
