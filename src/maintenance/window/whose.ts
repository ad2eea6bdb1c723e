import { type MachineId, machineKey } from "../cluster/machine.js";
import type { Unavailability, Window } from "../cluster/schedule.js";
import { hasEnded } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { quoted } from "../text/quote.js";
import { utc } from "../text/utc.js";
import { nanosToMillis } from "../time.js";
import { sameTime } from "./edit.js";
import { ourTimes } from "./ours.js";

/** Whose window a machine seems to stand in: one of ours, or somebody else's with its times. */
export function whose(machine: MachineId, window: Window | null, others: readonly Maintenance[]): string {
  const ours = others.find((record) => record.end === null && holds(record, machine));
  if (ours !== undefined) {
    const why = ours.reason === null ? "" : ` (${quoted(ours.reason)})`;
    return `by ${ours.id} of <@${ours.requester}>${why}`;
  }
  if (window === null) return "by somebody else";
  const left = leftBy(machine, window, others);
  if (left !== null) return `in the window of ${left.id}, which has ended: somebody wrote it back since`;
  return `in a window of somebody else ${windowWords(window)}`;
}

/** When a window is, in words that go on from what stands in it. */
export function windowWords({ start, duration }: Unavailability): string {
  const end =
    duration === null ? "without an end" : `until ${utc(nanosToMillis(start + duration), "minute")} UTC`;
  return `from ${utc(nanosToMillis(start), "minute")} UTC ${end}`;
}

/**
 * The maintenance of ours that has ended and whose window this is, by machine and exact nanoseconds: it was written back
 * from an older list. `null` for any other window, and where ours was never posted.
 */
export function leftBy(
  machine: MachineId,
  window: Window | null,
  others: readonly Maintenance[],
): Maintenance | null {
  if (window === null) return null;
  const key = machineKey(machine);
  const isOurs = (batch: Batch) =>
    batch.phase !== "failed" &&
    ourTimes(batch).some((time) => sameTime(time, window)) &&
    batch.machines.some((one) => machineKey(one) === key);
  // The time of one that was adopted is not ours: whoever chose it may post it again.
  const chosen = others.filter(({ end, wanted }) => end !== null && wanted.adopt === undefined);
  return chosen.find(({ batches }) => batches.some(isOurs)) ?? null;
}

/** Whether a maintenance has this machine in a batch that has not ended. */
export function holds(record: Maintenance, machine: MachineId): boolean {
  return openBatches(record).has(machineKey(machine));
}

const indexes = new WeakMap<Maintenance, ReadonlyMap<string, Batch>>();

/** By machine the batch that has not ended, in one pass: thousands are looked up in the same maintenance. */
export function openBatches(record: Maintenance): ReadonlyMap<string, Batch> {
  const known = indexes.get(record);
  if (known !== undefined) return known;
  const open = record.batches.filter((batch) => !hasEnded(batch));
  const index = new Map(
    open.flatMap((batch) => batch.machines.map((machine) => [machineKey(machine), batch] as const)),
  );
  indexes.set(record, index);
  return index;
}
