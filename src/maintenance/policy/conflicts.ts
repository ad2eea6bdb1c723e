import { type Machine, machineKey } from "../cluster/machine.js";
import { endMs, type Window } from "../cluster/schedule.js";
import { namesIn } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { isDownSent, phaseOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { utc } from "../text/utc.js";
import { nanosToMillis, typedSpan } from "../time.js";
import { windowOf } from "../window/edit.js";
import { leftBy, openBatches, whose } from "../window/whose.js";
import type { DrainAsked } from "./drain-asked.js";
import type { Objection } from "./objection.js";

/** As many names as are read in one message. */
const MOST_NAMES = 12;

/** As many ways out as fit where a next step is shown. */
const MOST_WAYS = 3;

/** That machines are in maintenance already, and which of those that were asked for are not. */
export interface Conflict extends Objection {
  readonly free: readonly Machine[];
  /** What `free` is called where it is spoken of: the pattern that stands for it, as long as it can be read. */
  readonly freeHosts: string;
}

/** Exclusions that are read as a part of a pattern. */
const MOST_EXCLUSIONS = 5;

/** A machine that is in maintenance already. */
interface Taken {
  readonly machine: Machine;
  /** At the master; `null` where none stands yet. */
  readonly window: Window | null;
  readonly isDown: boolean;
  /** The open maintenance of ours that has it. */
  readonly ours: Maintenance | undefined;
}

/**
 * Why machines cannot be drained because they are in maintenance already, theirs or ours: one sentence for all that stand
 * alike, what whoever asks can do about each, and the line that leaves them out (invariant 12). `null` when all are free.
 */
export function conflictsOf(asked: DrainAsked): Conflict | null {
  const { record, machines, world, others } = asked;
  const down = new Set(world.status.down.map(machineKey));
  const open = holders(others);
  const all = machines.map((machine): Taken => {
    const key = machineKey(machine);
    return { machine, window: windowOf(world.schedule, machine), isDown: down.has(key), ours: open.get(key) };
  });
  const isTaken = ({ window, isDown, ours }: Taken) => window !== null || isDown || ours !== undefined;
  const taken = all.filter(isTaken);
  if (taken.length === 0) return null;
  const free = all.filter((one) => !isTaken(one)).map(({ machine }) => machine);
  const names = namesIn(world, machines);
  const alike = [...groupBy(taken, (one) => standOf(one, asked)).values()];
  const told = alike.map(([first, ...more]) => {
    if (first === undefined) return "";
    const which = quoted(
      list(
        [first, ...more].map(({ machine }) => names.of(machine)),
        ", ",
        MOST_NAMES,
      ),
    );
    const who = more.length === 0 ? `${which} is` : `${counted(more.length + 1, "machine")} (${which}) are`;
    return `${who} ${howTaken(first, asked)}`;
  });
  const ways = new Set(
    alike.flatMap((some) => {
      const [first] = some;
      return first === undefined ? [] : [wayOut(first, some, asked)];
    }),
  );
  const rest =
    free.length === 0 ? "" : ` The other ${free.length === 1 ? "one is" : `${free.length} are`} free.`;
  const them = taken.length === 1 ? "it" : "them";
  const without = taken.map(({ machine }) => `:!${names.typed(machine)}`).join("");
  return {
    why: `${list(told, "; ")}.${rest}`,
    next: `${free.length === 0 ? "What helps" : `Leave ${them} out, or`}: ${list([...ways], "; ", MOST_WAYS)}.`,
    change: free.length === 0 ? null : { hosts: `${record.hosts}${without}` },
    free,
    freeHosts:
      taken.length > MOST_EXCLUSIONS
        ? `${record.hosts} without what is in maintenance already`
        : `${record.hosts}${without}`,
  };
}

/** By machine the open maintenance that has it, in one pass: thousands are looked up. */
function holders(others: readonly Maintenance[]): ReadonlyMap<string, Maintenance> {
  const open = new Map<string, Maintenance>();
  for (const record of others) {
    if (record.end !== null) continue;
    for (const key of openBatches(record).keys()) if (!open.has(key)) open.set(key, record);
  }
  return open;
}

/** What is the same for machines that are told in one sentence. */
function standOf({ machine, window, isDown, ours }: Taken, { others }: DrainAsked): string {
  const left = ours === undefined ? leftBy(machine, window, others) : null;
  const time = window ?? (ours && openBatches(ours).get(machineKey(machine))?.window);
  return [ours?.id, left?.id, isDown, window === null, time?.start, time?.duration].join();
}

function howTaken({ machine, window, isDown, ours }: Taken, { others }: DrainAsked): string {
  if (ours === undefined) {
    return `${isDown ? "already Down" : "already draining"}, ${whose(machine, window, others)}`;
  }
  const time = window ?? openBatches(ours).get(machineKey(machine))?.window;
  const end = time === undefined ? null : endMs(time);
  const until = end === null ? "without an end" : `until ${utc(end, "minute")} UTC`;
  // A window of ours that does not stand yet is as good as taken.
  const state = window === null && !isDown ? "planned" : isDown ? "already Down" : "already draining";
  return `${state}, ${whose(machine, window, others)}, ${until}`;
}

/** Waiting helps nobody: a master takes no window out by itself, and brings nothing Up. */
const FOREIGN_WINDOW =
  "have its owner take it out of the schedule (Mesos removes no window by itself, not even one that is over)";

const FOREIGN_DOWN = "have whoever took it down bring it up (Mesos brings no machine up by itself)";

/** What to do about machines that stand alike. */
function wayOut({ machine, window, isDown, ours }: Taken, all: readonly Taken[], asked: DrainAsked): string {
  if (ours !== undefined) return wayOutOf(ours, machine, isDown, asked);
  if (isDown) return FOREIGN_DOWN;
  if (leftBy(machine, window, asked.others) === null) return FOREIGN_WINDOW;
  const { typed } = namesIn(asked.world, asked.machines);
  return `give back first what ended: /mesos cancel ${quoted(all.map((one) => typed(one.machine)).join(","))}`;
}

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
  const held = openBatches(ours).size;
  const gives = held > 1 ? `, which gives back all its ${held} machines` : "";
  if (isOwn) return `/mesos cancel ${ours.id}${gives}, then drain again${instead}`;
  return `wait until ${ours.id} is over, or agree with <@${ours.requester}> that one of you cancels it${gives}: /mesos cancel ${ours.id}`;
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
