// Which machines are out of service with nobody looking after them?

import { type Machine, machineKey, wholeMachine } from "../cluster/machine.js";
import { endMs, type Unavailability } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import { indexWorld, namesIn } from "../cluster/world-index.js";
import type { Maintenance, StandShown } from "../record/record.js";
import { sightOf } from "../sight/sight.js";
import { type Millis, nanosToMillis } from "../time.js";
import { sameTime, windowOf } from "../window/edit.js";

/**
 * Machines that are out of service and in no open maintenance of ours: a queue that was lost, another tool, or a script took
 * them. They stand in one window, and are all Down or all draining, so that one maintenance can take them over.
 */
export interface Unclaimed {
  /** As the master has it. */
  readonly window: Unavailability;
  readonly isDown: boolean;
  readonly machines: readonly Machine[];
}

/**
 * All of them: those that are Down, and those that drain in a window that has begun. By the start of the window.
 *
 * @param open the maintenances of the cluster that have not ended.
 * @returns `null` where no window is shown, or the view hides something: then it is unknown (invariants 2 and 13).
 */
export function unclaimedMachines(
  world: World,
  open: readonly Maintenance[],
  nowMs: Millis,
): readonly Unclaimed[] | null {
  if (sightOf(world).kind !== "windows") return null;
  const claimed = claimedBy(open);
  const machines = world.schedule.windows
    .filter(({ start }) => nanosToMillis(start) <= nowMs)
    .flatMap((window) => window.machines.flatMap(wholeMachine))
    .filter((machine) => !claimed.has(machineKey(machine)));
  const early = world.status.down
    .flatMap(wholeMachine)
    .filter((machine) => !claimed.has(machineKey(machine)));
  return grouped(world, [...machines, ...early]);
}

/** The machines of all open maintenances by their key, each with the one that has it; also those that are back already. */
export function claimedBy(open: readonly Maintenance[]): ReadonlyMap<string, Maintenance> {
  return new Map(
    open
      .filter(({ end }) => end === null)
      .flatMap((record) =>
        record.batches.flatMap(({ machines }) =>
          machines.map((machine) => [machineKey(machine), record] as const),
        ),
      ),
  );
}

/** Machines by the window in which they stand, and whether they are Down; those that stand in none are left out. */
export function grouped(world: World, machines: readonly Machine[]): readonly Unclaimed[] {
  const { down } = indexWorld(world);
  const groups: (Unclaimed & { machines: Machine[] })[] = [];
  for (const machine of new Map(machines.map((one) => [machineKey(one), one])).values()) {
    const window = windowOf(world.schedule, machine);
    if (window === null) continue;
    const isDown = down.has(machineKey(machine));
    const group = groups.find((one) => one.isDown === isDown && sameTime(one.window, window));
    if (group !== undefined) group.machines.push(machine);
    else
      groups.push({
        window: { start: window.start, duration: window.duration },
        isDown,
        machines: [machine],
      });
  }
  return groups.sort((a, b) => (a.window.start < b.window.start ? -1 : 1));
}

/** What people are shown of them. */
export interface UnclaimedShown {
  /** Their names. */
  readonly machines: readonly string[];
  /** As a host pattern stands for these and no others. */
  readonly hosts: string;
  /** What adopts them counts only as long as they stand so. */
  readonly stand: StandShown;
  /** Of the window. */
  readonly startMs: Millis;
  /** `null`: it has no end. */
  readonly endMs: Millis | null;
}

export function shownOf(world: World, unclaimed: Unclaimed): UnclaimedShown {
  const { window, machines } = unclaimed;
  const names = namesIn(world, machines);
  return {
    machines: machines.map(names.of),
    hosts: machines.map(names.typed).join(","),
    stand: standOf(unclaimed),
    startMs: nanosToMillis(window.start),
    endMs: endMs(window),
  };
}

export function standOf({ window, isDown }: Unclaimed): StandShown {
  const { start, duration } = window;
  return { startNs: String(start), durationNs: duration === null ? null : String(duration), isDown };
}
