import { utc } from "../text/utc.js";
import type { Millis } from "../time.js";
import type { CalendarWindow } from "./policy.js";

const MINUTE_MS = 60_000;

const HOUR_MS = 60 * MINUTE_MS;

const DAY_MS = 24 * HOUR_MS;

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
  const local = localMs(timeZone, atMs);
  return `${DAY_NAMES[new Date(local).getUTCDay()]} ${utc(local, "minute")} ${timeZone}`;
}

function isIn({ days, from, to, timeZone }: CalendarWindow, atMs: Millis): boolean {
  const local = localMs(timeZone, atMs);
  const day = new Date(local).getUTCDay();
  const minute = Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS);
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  // Past midnight: the night belongs to the day on which it began.
  return (days.includes(day) && minute >= from) || (days.includes((day + 6) % 7) && minute < to);
}

/** Every time at which a window may open: its `from` on each day, in each offset of these weeks, and each clock change. */
function candidates({ from, timeZone }: CalendarWindow, atMs: Millis): Millis[] {
  const changes: Millis[] = [];
  let offset = offsetAt(timeZone, atMs);
  const offsets = new Set([offset]);
  for (let ms = atMs; ms < atMs + HORIZON_DAYS * DAY_MS; ms += HOUR_MS) {
    const next = offsetAt(timeZone, ms + HOUR_MS);
    if (next === offset) continue;
    let minute = Math.floor(ms / MINUTE_MS) * MINUTE_MS;
    while (offsetAt(timeZone, minute) === offset) minute += MINUTE_MS;
    changes.push(minute);
    offset = next;
    offsets.add(next);
  }
  const midnight = Math.floor(localMs(timeZone, atMs) / DAY_MS) * DAY_MS;
  const starts = Array.from({ length: HORIZON_DAYS }, (_, day) => midnight + day * DAY_MS + from * MINUTE_MS);
  return [...starts.flatMap((local) => [...offsets].map((ahead) => local - ahead)), ...changes];
}

/** How far a zone's clocks are ahead of UTC at a time, in ms. */
function offsetAt(timeZone: string, atMs: Millis): number {
  return localMs(timeZone, atMs) - atMs;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a zone show, as if it were UTC. Throws a RangeError for a zone that does not exist. */
function localMs(timeZone: string, atMs: Millis): Millis {
  const format = formats.get(timeZone) ?? formatOf(timeZone);
  formats.set(timeZone, format);
  // American English puts the month first, then day, year and the time of day.
  const numbers = format
    .formatToParts(atMs)
    .flatMap(({ type, value }) => (type === "literal" ? [] : Number(value)));
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = numbers;
  const whole = Date.UTC(year, month - 1, day, hour, minute, second);
  return whole + (((atMs % 1_000) + 1_000) % 1_000);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
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
