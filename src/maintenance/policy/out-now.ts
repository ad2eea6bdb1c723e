import { type MachineId, machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { isDownSent, isToGoDown } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { nanosToMillis } from "../time.js";
import { openBatches } from "../window/whose.js";

/** A machine that counts as out of service, and the maintenance of ours that took it; `null`: somebody else's. */
export interface OutMachine {
  readonly machine: MachineId;
  readonly by: string | null;
}

/**
 * What is out of service beside the machines of a batch: Down, or in a window that has begun, whoever took it. Of our own
 * maintenances whose windows have begun those count that came before: they would wait for each other for ever otherwise.
 * What goes Down under a call that may still be under way counts though the master does not show it yet.
 */
export function outNow(
  record: Maintenance,
  batch: Batch,
  others: readonly Maintenance[],
  world: World,
): readonly OutMachine[] {
  // Machines of batches that have ended are anybody's.
  const own = openBatches(record);
  const ours = new Map<string, { readonly id: string; readonly isLater: boolean }>();
  const going: MachineId[] = [];
  for (const other of others) {
    for (const one of new Set(openBatches(other).values())) {
      const isLater = isWaiting(one) && comesAfter(other, one, record, batch);
      for (const machine of one.machines) ours.set(machineKey(machine), { id: other.id, isLater });
      if (isDownSent(one) || isBeingDrained(one)) going.push(...one.machines);
    }
  }
  const begun = world.schedule.windows
    .filter(({ start }) => nanosToMillis(start) <= world.observedAtMs)
    .flatMap(({ machines }) => machines)
    .filter((machine) => !own.has(machineKey(machine)) && ours.get(machineKey(machine))?.isLater !== true);
  const mine = new Set(batch.machines.map(machineKey));
  const out = new Map<string, OutMachine>();
  for (const machine of [...world.status.down, ...begun, ...going]) {
    const key = machineKey(machine);
    if (mine.has(key)) continue;
    const by = own.has(key) ? record.id : (ours.get(key)?.id ?? null);
    out.set(key, { machine, by });
  }
  return [...out.values()];
}

/** Whether it is not Down, and no call for that was sent. */
function isWaiting(batch: Batch): boolean {
  return isToGoDown(batch) && !isDownSent(batch) && !isBeingDrained(batch);
}

/** Whether its agents take no tasks by a kill-drain, though its window does not stand: also where it is asked about anew. */
function isBeingDrained({ phase, drained }: Batch): boolean {
  return phase === "kill_draining" && drained.length > 0;
}

/** By the start of the window, and by the id where two begin at the same time. */
function comesAfter(other: Maintenance, theirs: Batch, record: Maintenance, mine: Batch): boolean {
  const [a, b] = [theirs.window.start, mine.window.start];
  return a === b ? other.id > record.id : a > b;
}
