import type { DateTime } from "luxon";
import { localTime, onTheClock } from "../text/local-time.js";
import type { Millis } from "../time.js";
import type { CalendarWindow } from "./policy.js";

const MINUTE_MS = 60_000;

/** A window that the change of the clocks swallows in one week comes back within the next. */
const HORIZON_DAYS = 15;

/** Whether one of the windows is open at a time. No windows at all means always. */
export function isOpen(windows: readonly CalendarWindow[], atMs: Millis): boolean {
  return windows.length === 0 || windows.some((window) => isIn(window, atMs));
}

/**
 * The first whole minute from `atMs` on at which a window is open, `atMs` itself if one is; `null` when none ever is
 * (windows without days). A window opens at its `from`, or where a change of the clocks jumps into it.
 */
export function nextOpening(windows: readonly CalendarWindow[], atMs: Millis): Millis | null {
  if (isOpen(windows, atMs)) return atMs;
  const openings = windows.flatMap((window) =>
    candidates(window, atMs).filter((ms) => ms > atMs && isIn(window, ms)),
  );
  return openings.length > 0 ? Math.min(...openings) : null;
}

/** `Mon-Fri 22:00-06:00 Europe/Berlin`, several joined by `; `. */
export function describeCalendar(windows: readonly CalendarWindow[]): string {
  return windows
    .map(({ days, from, to, timeZone }) => `${namesOf(days)} ${clock(from)}-${clock(to)} ${timeZone}`)
    .join("; ");
}

/** A time as it reads on a clock of a zone: `Wed 2026-10-21 09:00 Europe/Berlin`. */
export function clockTime(atMs: Millis, timeZone: string): string {
  return `${localTime(atMs, timeZone)} ${timeZone}`;
}

function isIn({ days, from, to, timeZone }: CalendarWindow, atMs: Millis): boolean {
  const local = onTheClock(atMs, timeZone);
  const day = local.weekday % 7;
  const minute = local.hour * 60 + local.minute;
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  // Past midnight: the night belongs to the day on which it began.
  return (days.includes(day) && minute >= from) || (days.includes((day + 6) % 7) && minute < to);
}

/** Every time at which a window may open: its `from` on each day, twice where the clocks show it twice, and each clock change. */
function candidates({ from, timeZone }: CalendarWindow, atMs: Millis): Millis[] {
  const today = onTheClock(atMs, timeZone).startOf("day");
  return Array.from({ length: HORIZON_DAYS }, (_, days) => today.plus({ days })).flatMap((day) => {
    const opening = day.set({ hour: Math.floor(from / 60), minute: from % 60 });
    return [...opening.getPossibleOffsets().map((one) => one.toMillis()), ...clockChange(day)];
  });
}

/** The minute of a day at which the clocks change, if they do. */
function clockChange(day: DateTime): Millis[] {
  const next = day.plus({ days: 1 });
  if (next.offset === day.offset) return [];
  let before = day.toMillis();
  let after = next.toMillis();
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (day.zone.offset(middle) === day.offset) before = middle;
    else after = middle;
  }
  return [after];
}

const DAY_NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

const MONDAY_FIRST = [1, 2, 3, 4, 5, 6, 0] as const;

/** `Mon-Thu, Sun`. */
function namesOf(days: readonly number[]): string {
  const runs: string[][] = [];
  let joined = false;
  for (const day of MONDAY_FIRST) {
    const open = days.includes(day);
    if (open && joined) runs.at(-1)?.push(DAY_NAMES[day]);
    else if (open) runs.push([DAY_NAMES[day]]);
    joined = open;
  }
  return runs.map((run) => (run.length < 3 ? run.join(", ") : `${run[0]}-${run.at(-1)}`)).join(", ");
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
