import { type Machine, type MachineId, machineKey } from "../cluster/machine.js";
import type { Schedule, Unavailability, Window } from "../cluster/schedule.js";

/**
 * The schedule algebra. A master takes the whole list at each post and has no compare-and-set, so every edit is made
 * on the list that was just read and keeps everything that is not ours exactly as it was (invariant 1): order, host
 * names' case, missing halves, windows without an end.
 */

/** Whether two windows say the same time; no duration (no end) is not the same as a duration of 0. */
export function sameTime(a: Unavailability, b: Unavailability): boolean {
  return a.start === b.start && a.duration === b.duration;
}

/** The window that a machine stands in, or `null`. A master lets a machine stand in one window only. */
export function windowOf(schedule: Schedule, machine: MachineId): Window | null {
  return windowsByMachine(schedule).get(machineKey(machine)) ?? null;
}

const indexes = new WeakMap<Schedule, ReadonlyMap<string, Window>>();

/** One pass over a schedule: thousands of machines are looked up in the same one at every tick. */
function windowsByMachine(schedule: Schedule): ReadonlyMap<string, Window> {
  const known = indexes.get(schedule);
  if (known !== undefined) return known;
  const index = new Map<string, Window>();
  for (const window of schedule.windows) {
    for (const machine of window.machines) index.set(machineKey(machine), window);
  }
  indexes.set(schedule, index);
  return index;
}

/**
 * The schedule with these machines in one window of this time. Machines that already stand in a window of exactly this
 * time stay where they are; others are moved out of theirs. When nothing changes, the very same object comes back.
 */
export function placeMachines(
  schedule: Schedule,
  machines: readonly Machine[],
  time: Unavailability,
): Schedule {
  const missing = machines.filter((machine) => {
    const window = windowOf(schedule, machine);
    return window === null || !sameTime(window, time);
  });
  if (missing.length === 0) return schedule;
  const rest = withoutMachines(schedule, missing);
  const added: Window = { machines: missing, start: time.start, duration: time.duration };
  return { windows: [...rest.windows, added] };
}

/**
 * The schedule without these machines, except those that are Down: a master refuses a list that leaves out a Down
 * machine, so they are always carried along (invariant 1). When nothing changes, the very same object comes back.
 */
export function removeMachines(
  schedule: Schedule,
  machines: readonly MachineId[],
  down: readonly MachineId[],
): Schedule {
  const kept = new Set(down.map(machineKey));
  return withoutMachines(
    schedule,
    machines.filter((machine) => !kept.has(machineKey(machine))),
  );
}

function withoutMachines(schedule: Schedule, machines: readonly MachineId[]): Schedule {
  const keys = new Set(machines.map(machineKey));
  let changed = false;
  const windows: Window[] = [];
  for (const window of schedule.windows) {
    const left = window.machines.filter((machine) => !keys.has(machineKey(machine)));
    if (left.length === window.machines.length) {
      windows.push(window);
      continue;
    }
    changed = true;
    // A window without machines is refused by the master, so it goes with its last machine.
    if (left.length > 0) windows.push({ ...window, machines: left });
  }
  return changed ? { windows } : schedule;
}

/**
 * Whether two schedules plan the same: every machine at the same time. Grouping and order do not matter to a master;
 * posting a list that is the same by this measure would only erase answers (invariant 3).
 */
export function sameSchedule(a: Schedule, b: Schedule): boolean {
  const left = windowsByMachine(a);
  const right = windowsByMachine(b);
  if (left.size !== right.size) return false;
  for (const [key, time] of left) {
    const other = right.get(key);
    if (other === undefined || !sameTime(time, other)) return false;
  }
  return true;
}

/** An edit of the schedule as the worker carries it out: made anew on whatever list has just been read. */
export type ScheduleEdit =
  | { readonly kind: "place"; readonly machines: readonly Machine[]; readonly time: Unavailability }
  | { readonly kind: "remove"; readonly machines: readonly Machine[]; readonly time: Unavailability }
  | {
      /** From one window to another, also while Down: a master lets a Down machine move, but not leave. */
      readonly kind: "move";
      readonly machines: readonly Machine[];
      readonly from: Unavailability;
      readonly to: Unavailability;
    };

/**
 * Carries out an edit on the list that was read last. A machine that somebody has put into a window of another time
 * since the edit was decided is theirs now: `place` leaves it there, `remove` does not take it out and `move` does not
 * take it along (invariant 12). One that somebody took out of the schedule is not put back by `move` either.
 */
export function applyEdit(schedule: Schedule, edit: ScheduleEdit, down: readonly MachineId[]): Schedule {
  const time = edit.kind === "move" ? edit.from : edit.time;
  const notTheirs = edit.machines.filter((machine) => {
    const window = windowOf(schedule, machine);
    return window === null ? edit.kind === "place" : sameTime(window, time);
  });
  if (edit.kind === "move") return placeMachines(schedule, notTheirs, edit.to);
  return edit.kind === "place"
    ? placeMachines(schedule, notTheirs, edit.time)
    : removeMachines(schedule, notTheirs, down);
}
