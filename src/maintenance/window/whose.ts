import { type MachineId, machineKey } from "../cluster/machine.js";
import type { Window } from "../cluster/schedule.js";
import { hasEnded } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { quoted } from "../text/quote.js";
import { utc } from "../text/utc.js";
import { nanosToMillis } from "../time.js";

/** Whose window a machine seems to stand in: one of ours, or somebody else's with its times. */
export function whose(machine: MachineId, window: Window | null, others: readonly Maintenance[]): string {
  const ours = others.find((record) => record.end === null && holds(record, machine));
  if (ours !== undefined) {
    const why = ours.reason === null ? "" : ` (${quoted(ours.reason)})`;
    return `by ${ours.id} of <@${ours.requester}>${why}`;
  }
  if (window === null) return "by somebody else";
  const end =
    window.duration === null
      ? "without an end"
      : `until ${utc(nanosToMillis(window.start + window.duration), "minute")} UTC`;
  return `in a window of somebody else from ${utc(nanosToMillis(window.start), "minute")} UTC ${end}`;
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
