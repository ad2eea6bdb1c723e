import { createHash } from "node:crypto";
import { isUnknown } from "../answers/verdicts.js";
import { type MachineNames, machineKey } from "../cluster/machine.js";
import { endMs, type Unavailability } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import type { BlastRadius } from "../record/blast-radius.js";
import {
  type Picture,
  rowKey,
  type Seen,
  type TaskRef,
  type Verdict,
  type VerdictRow,
} from "../record/picture.js";
import type { About, Batch } from "../record/record.js";
import { windowOf } from "../window/edit.js";

/**
 * What a person is shown when asked to approve (invariant 5): the machines, every task that would be lost, the
 * verdicts, the windows and what else goes away with the machines, with a digest over all of it.
 */
export function seenOf(
  world: World,
  batch: Batch,
  picture: Picture,
  tasks: readonly TaskRef[],
  blast: BlastRadius,
  about: About,
): Seen {
  const ours = new Set(batch.machines.map(machineKey));
  const away = picture.machines
    .filter(isUnknown)
    .map(machineKey)
    .filter((key) => ours.has(key));
  const parts = {
    ...(away.length === 0 ? {} : { away }),
    machines: [...ours].sort(),
    tasks: [...tasks].sort((a, b) => (taskKey(a) < taskKey(b) ? -1 : 1)),
    // A kill-drain asks nobody, and takes the machines out of the schedule first: neither answers nor windows count.
    verdicts: about === "kill_drain" ? [] : picture.verdicts.filter((row) => ours.has(row.machine)),
    window: about === "kill_drain" ? "" : windowsText(world, batch),
    windowOver: isOver(batch, picture),
  };
  return { digest: digestOf({ ...parts, blast }), ...parts, blast };
}

function windowsText(world: World, { machines }: Batch): string {
  const texts = machines.map((machine) => {
    const window = windowOf(world.schedule, machine);
    return window === null ? "none" : `${window.start}/${window.duration ?? "open"}`;
  });
  return texts.join(" ");
}

/** Whether the window had ended when the picture was taken. */
function isOver({ window }: Batch, { atMs }: Picture): boolean {
  const end = endMs(window);
  return end !== null && end <= atMs;
}

function digestOf(parts: Omit<Seen, "digest">): string {
  // Times of answers move each time a framework is asked again; they do not change what is decided on.
  const verdicts = parts.verdicts.map((row) => [row.machine, row.frameworkId, row.verdict, row.tasks]);
  const damage = graveIn(parts.blast).map(({ key }) => key);
  const over = parts.windowOver ? ["over"] : [];
  const text = JSON.stringify([
    parts.machines,
    parts.tasks.map(taskKey),
    verdicts,
    parts.window,
    damage,
    ...over,
    ...(parts.away ?? []).map((machine) => `away ${machine}`),
  ]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** From harmless to grave: what runs on if the machine goes down. */
const RANK: Record<Verdict, number> = { empty: 0, promised: 1, silent: 2, refused: 3 };

/** A refusal that a post had erased was shown as such: that it is given again is not worse. */
function wasShown({ verdict, erased }: VerdictRow): Verdict {
  return verdict === "silent" && erased?.answer === "decline" ? "refused" : verdict;
}

/**
 * How the picture has become worse since it was approved, one sentence each; empty when it is equal or better.
 * Tasks that went away are better; a task, a last copy or a volume that was not shown, an answer taken back, a rack
 * emptied, too little room elsewhere, another window or one that has ended are worse.
 */
export function worseThan(before: Seen, after: Seen, names: MachineNames): string[] {
  if (before.digest === after.digest) return [];
  const changes: string[] = [];
  const known = new Set(before.tasks.map(taskKey));
  for (const task of after.tasks) {
    if (!known.has(taskKey(task))) {
      changes.push(`task ${task.name} of ${whose(task, before)} is now on ${names.of(task.machine)}`);
    }
  }
  const rows = new Map(before.verdicts.map((row) => [rowKey(row), row]));
  for (const row of after.verdicts) {
    const was = rows.get(rowKey(row));
    if (was === undefined || row.tasks === 0) continue;
    if (RANK[row.verdict] > RANK[wasShown(was)]) changes.push(verdictChange(was, row, names));
  }
  const shown = new Set(graveIn(before.blast).map(({ key }) => key));
  for (const { key, change } of graveIn(after.blast)) if (!shown.has(key)) changes.push(change(names));
  for (const machine of after.away ?? []) {
    if (!before.away?.includes(machine)) {
      changes.push(`an agent on ${names.of(machine)} can no longer be reached: what runs there is unknown`);
    }
  }
  if (before.window !== after.window) changes.push("the window at the master is another one");
  if (after.windowOver && !before.windowOver) changes.push("the window has ended");
  if (before.machines.join() !== after.machines.join()) changes.push("the machines are others");
  return changes;
}

/**
 * What of a blast radius nobody may approve unseen, each with a key and, should it be new, a sentence. Numbers that
 * move all the time (what is free elsewhere) count only where they cross the line.
 */
function graveIn(
  blast: BlastRadius,
): { readonly key: string; readonly change: (names: MachineNames) => string }[] {
  const found = [
    ...blast.lastCopies.map(({ framework, frameworkId, app }) => ({
      key: JSON.stringify(["copy", frameworkId, app]),
      change: () => `the last running copy of ${app} of ${framework} is now on these machines`,
    })),
    ...blast.volumes.map(({ id, role, machine }) => ({
      key: JSON.stringify(["volume", machine, role, id]),
      change: (names: MachineNames) => `persistent volume ${id} of ${role} is now on ${names.of(machine)}`,
    })),
    ...blast.emptied.map(({ kind, name }) => ({
      key: JSON.stringify(["place", kind, name]),
      change: () => `${kind} ${name} would now lose all its machines`,
    })),
    ...(blast.capacity.fits
      ? []
      : [{ key: '["room"]', change: () => "what runs on these machines no longer fits on the others" }]),
  ];
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function verdictChange(was: VerdictRow, row: VerdictRow, names: MachineNames): string {
  const where = `${row.framework} on ${names.of(row.machine)}`;
  if (row.erased !== null && row.verdict === "silent") {
    return `${where}: its answer was erased by a schedule change or a fail-over`;
  }
  return `${where}: was ${was.verdict}, is now ${row.verdict}`;
}

/**
 * A task id is unique only within its framework, and a framework is known by its id: two Spark drivers have one name and
 * each a task "0". A task that came from another machine is a new one there.
 */
function taskKey({ machine, frameworkId, id }: TaskRef): string {
  return JSON.stringify([machine, frameworkId, id]);
}

/** The framework's name; with its id where the question showed only another framework of that name. */
function whose({ framework, frameworkId }: TaskRef, shown: Seen): string {
  const sameName = shown.tasks.filter((task) => task.framework === framework);
  const isOther = sameName.length > 0 && sameName.every((task) => task.frameworkId !== frameworkId);
  return isOther ? `another framework ${framework} (${frameworkId})` : framework;
}

/** The windows in `Seen.window`, each once: exact nanoseconds (invariant 1). Machines that stood in none add none. */
export function windowsSeen(text: string): Unavailability[] {
  return [...new Set(text.split(" "))].flatMap((one) => {
    const [, start, duration] = /^(-?\d{1,19})\/(-?\d{1,19}|open)$/.exec(one) ?? [];
    if (start === undefined || duration === undefined) return [];
    return [{ start: BigInt(start), duration: duration === "open" ? null : BigInt(duration) }];
  });
}
