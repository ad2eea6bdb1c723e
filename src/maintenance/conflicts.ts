import { list } from "./list.js";
import { hasEnded, phaseOf } from "./log.js";
import { type Machine, type MachineId, machineKey } from "./machine.js";
import type { DrainAsked } from "./policy-rules.js";
import { quoted } from "./quote.js";
import type { Batch, Maintenance } from "./record.js";
import type { Refusal } from "./refusal.js";
import { endMs, type Window } from "./schedule.js";
import { windowOf } from "./schedule-edit.js";
import { nanosToMillis, typedSpan } from "./time.js";

/**
 * Why machines cannot be drained because they are in maintenance already, theirs or ours, and what whoever asks can do
 * about each (invariant 12); `null` when all are free.
 */
export function conflictsOf(asked: DrainAsked): Refusal | null {
  const { machines, world, others } = asked;
  const down = new Set(world.status.down.map(machineKey));
  const found: string[] = [];
  const ways = new Set<string>();
  for (const machine of machines) {
    const window = windowOf(world.schedule, machine);
    const isDown = down.has(machineKey(machine));
    const ours = others.find((record) => record.end === null && holds(record, machine));
    if (window === null && !isDown && ours === undefined) continue;
    found.push(
      window === null && !isDown && ours !== undefined
        ? // Its window does not stand yet: as good as taken.
          `${quoted(machine.hostname)} is planned by ${ours.id} of <@${ours.requester}>`
        : `${quoted(machine.hostname)} ${isDown ? "is already Down" : "is already draining"}, ${whose(machine, window, others)}`,
    );
    ways.add(ours === undefined ? FOREIGN : wayOutOf(ours, machine, isDown, asked));
  }
  if (found.length === 0) return null;
  return {
    why: `${list(found, "; ")}. No window was posted and nothing was overwritten.`,
    next: `Leave ${machines.length > 1 ? "these machines out (for instance `:!host`)" : "it out"}, or: ${list([...ways], "; ", 5)}.`,
  };
}

const FOREIGN = "wait until that window is over, or have its owner cancel it";

/** What to do about a machine that one of our maintenances holds. */
function wayOutOf(ours: Maintenance, machine: Machine, isDown: boolean, asked: DrainAsked): string {
  const isOwn = ours.requester === asked.record.requester;
  const instead = isOwn ? insteadOf(ours, machine, asked) : "";
  if (phaseOf(ours) === "bringing_up") return `bring it back first with /mesos up ${ours.id}`;
  if (isDown) return `bring it back first with /mesos up ${ours.id}${instead}`;
  if (isOwn) return `/mesos cancel ${ours.id}, then drain again${instead}`;
  return `wait until ${ours.id} is over, or agree with <@${ours.requester}> that one of you cancels it: /mesos cancel ${ours.id}`;
}

/**
 * What one's own standing window has to become to be the one that was asked for: longer by so much, or nothing; empty
 * when no extension makes it so, because it begins later.
 */
function insteadOf(ours: Maintenance, machine: Machine, { record, nowMs }: DrainAsked): string {
  const window = openBatches(ours).get(machineKey(machine))?.window;
  const startMs = record.wanted.startMs ?? nowMs;
  if (window === undefined || nanosToMillis(window.start) > startMs) return "";
  const end = endMs(window);
  const missingMs = end === null ? 0 : startMs + record.wanted.durationMs - end;
  return missingMs > 0
    ? `, or /mesos extend ${ours.id} ${typedSpan(missingMs)} to have it until the time you want`
    : `, or keep ${ours.id}: its window lasts until the time you want already`;
}

/** Whose window a machine seems to stand in: one of ours, or somebody else's with its times. */
export function whose(machine: MachineId, window: Window | null, others: readonly Maintenance[]): string {
  const ours = others.find((record) => record.end === null && holds(record, machine));
  if (ours !== undefined) {
    const why = ours.reason === null ? "" : ` (${quoted(ours.reason)})`;
    return `by ${ours.id} of <@${ours.requester}>${why}`;
  }
  if (window === null) return "by somebody else";
  const end =
    window.duration === null ? "without an end" : `until ${utc(window.start + window.duration)} UTC`;
  return `in a window of somebody else from ${utc(window.start)} UTC ${end}`;
}

/** Whether a maintenance has this machine in a batch that has not ended. */
export function holds(record: Maintenance, machine: MachineId): boolean {
  return openBatches(record).has(machineKey(machine));
}

const indexes = new WeakMap<Maintenance, ReadonlyMap<string, Batch>>();

/** By machine the batch that has not ended, in one pass: thousands are looked up in the same maintenance. */
function openBatches(record: Maintenance): ReadonlyMap<string, Batch> {
  const known = indexes.get(record);
  if (known !== undefined) return known;
  const open = record.batches.filter((batch) => !hasEnded(batch));
  const index = new Map(
    open.flatMap((batch) => batch.machines.map((machine) => [machineKey(machine), batch] as const)),
  );
  indexes.set(record, index);
  return index;
}

/** `2026-10-20 12:00`; a time far in the past or future is more than a date can hold. */
function utc(time: bigint): string {
  const date = new Date(nanosToMillis(time));
  return Number.isNaN(date.getTime()) ? "(out of range)" : date.toISOString().slice(0, 16).replace("T", " ");
}
