import { type Machine, machineKey } from "../cluster/machine.js";
import { endMs } from "../cluster/schedule.js";
import { namesIn } from "../cluster/world-index.js";
import { isDownSent, phaseOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Refusal } from "../text/reply.js";
import { nanosToMillis, typedSpan } from "../time.js";
import { windowOf } from "../window/edit.js";
import { holds, leftBy, openBatches, whose } from "../window/whose.js";
import type { DrainAsked } from "./drain-asked.js";

/**
 * Why machines cannot be drained because they are in maintenance already, theirs or ours, and what whoever asks can do
 * about each (invariant 12); `null` when all are free.
 */
export function conflictsOf(asked: DrainAsked): Refusal | null {
  const { machines, world, others } = asked;
  const down = new Set(world.status.down.map(machineKey));
  const names = namesIn(world, machines);
  const found: string[] = [];
  const ways = new Set<string>();
  for (const machine of machines) {
    const window = windowOf(world.schedule, machine);
    const isDown = down.has(machineKey(machine));
    const ours = others.find((record) => record.end === null && holds(record, machine));
    if (window === null && !isDown && ours === undefined) continue;
    // A window of ours that does not stand yet is as good as taken.
    const how =
      window === null && !isDown && ours !== undefined
        ? `is planned by ${ours.id} of <@${ours.requester}>`
        : `${isDown ? "is already Down" : "is already draining"}, ${whose(machine, window, others)}`;
    found.push(`${quoted(names.of(machine))} ${how}`);
    const isLeft = ours === undefined && !isDown && leftBy(machine, window, others) !== null;
    if (isLeft) ways.add(`give it back first with /mesos cancel ${quoted(names.typed(machine))}`);
    else if (ours !== undefined) ways.add(wayOutOf(ours, machine, isDown, asked));
    else ways.add(isDown ? FOREIGN_DOWN : FOREIGN_WINDOW);
  }
  if (found.length === 0) return null;
  return {
    why: `${list(found, "; ")}. No window was posted and nothing was overwritten.`,
    next: `Leave ${machines.length > 1 ? "these machines out (for instance `:!host`)" : "it out"}, or: ${list([...ways], "; ", 5)}.`,
  };
}

/** Waiting helps nobody: a master takes no window out by itself, and brings nothing Up. */
const FOREIGN_WINDOW =
  "have its owner take it out of the schedule (Mesos removes no window by itself, not even one that is over)";

const FOREIGN_DOWN = "have whoever took it down bring it up (Mesos brings no machine up by itself)";

/** What to do about a machine that one of our maintenances holds. */
function wayOutOf(ours: Maintenance, machine: Machine, isDown: boolean, asked: DrainAsked): string {
  const isOwn = ours.requester === asked.record.requester;
  const instead = isOwn ? insteadOf(ours, machine, asked) : "";
  if (ours.cancel !== null) return `wait until ${ours.id} is cancelled: its machines are being given back`;
  if (!isDown && ours.batches.some(isDownSent)) {
    return `wait until ${ours.id} is Down, then bring it back with /mesos up ${ours.id}`;
  }
  const isComing = phaseOf(ours) === "bringing_up";
  if (isDown || isComing) return `bring it back first with /mesos up ${ours.id}${isComing ? "" : instead}`;
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
