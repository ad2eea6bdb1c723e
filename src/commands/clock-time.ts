import type { ParsedResult } from "chrono-node";
// By themselves: all languages together take a third of a second and 20 MiB at every start.
import * as en from "chrono-node/en";
import * as zh from "chrono-node/zh";
import { DateTime, FixedOffsetZone, IANAZone, type Zone } from "luxon";
import { aboutSpan } from "../maintenance/time.js";

/** A time as it was typed: what it stands for, or why that is not known. */
type TimeRead =
  | {
      readonly kind: "time";
      readonly atMs: number;
      /** Whether day, time and zone were all said or are known. */
      readonly isExact: boolean;
      /** The same in full: `2026-12-01T22:00+08:00`. */
      readonly exact: string;
    }
  /** The clocks show it twice: in full each time. */
  | { readonly kind: "twice"; readonly problem: string; readonly either: readonly string[] }
  | { readonly kind: "problem"; readonly problem: string };

/** What the clocks show, and which part of it was said. */
interface Shown {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** What was said of the day: all of it, only the day of the week, or nothing. */
  readonly said: "day" | "weekday" | "nothing";
  /** Minutes ahead of UTC, where an offset was typed. */
  readonly offset: number | null;
}

const HOW = "Write it as 22:00, tomorrow 22:00 or 2026-12-01T22:00+08:00.";

/** More than any time takes; the library that reads words looks at each of them in many ways. */
const LONGEST = 60;

const NO_ZONE =
  "Slack does not tell your time zone. Write the offset as well, such as 2026-12-01T22:00+08:00, or say with --in how much later the window starts.";

/** Whether a line may say a time of the day, for which somebody's time zone has to be known. */
export function mayHoldATime(line: string): boolean {
  return /\b(?:at|until|noon|midnight|today|tonight|tomorrow)\b|\d\s*[:：点點]|\d\s*[ap]m\b/iu.test(line);
}

/**
 * Reads a time of the day as people type it: `22:00`, `tomorrow 22:00`, `friday 6am`, `明天22:00`, `2026-12-01T22:00+08:00`.
 * A day that is left out is the first one on which the time is still to come.
 *
 * @param timeZone the person's; `null` where it is not known.
 * @param afterMs the time has to come after this, such as the start of the window that it ends.
 */
export function readTime(
  text: string,
  o: { readonly nowMs: number; readonly timeZone: string | null; readonly afterMs: number },
): TimeRead {
  if (text.length > LONGEST)
    return { kind: "problem", problem: `a time has at most ${LONGEST} characters. ${HOW}` };
  const own = o.timeZone !== null && IANAZone.isValidZone(o.timeZone) ? IANAZone.create(o.timeZone) : null;
  const iso = shownByIso(text);
  const shown = iso ?? shownInWords(text, o.nowMs, own);
  if (typeof shown === "string") return { kind: "problem", problem: shown };
  const zone = shown.offset === null ? own : FixedOffsetZone.instance(shown.offset);
  if (zone === null) return { kind: "problem", problem: NO_ZONE };
  const days = daysMeant(shown, zone, o.afterMs);
  for (const day of days) {
    const at = DateTime.fromObject(day, { zone });
    if (!at.isValid) return { kind: "problem", problem: `${text} is not a date. ${HOW}` };
    const times = at.getPossibleOffsets().filter((time) => time.toMillis() > o.afterMs);
    const [first, ...others] = times;
    if (first === undefined) continue;
    if (at.hour !== day.hour || at.minute !== day.minute) {
      return { kind: "problem", problem: skippedByTheClocks(at, day) };
    }
    if (others.length > 0) {
      const either = times.map(inFull);
      const problem = `the clocks go back that night, so ${told(first)} comes twice: ${either.join(" and ")}. Which of the two?`;
      return { kind: "twice", problem, either };
    }
    // In the person's own zone, whatever zone it was typed in.
    const exact = inFull(own === null ? first : first.setZone(own));
    return { kind: "time", atMs: first.toMillis(), isExact: iso !== null, exact };
  }
  return { kind: "problem", problem: isPast(text, DateTime.fromObject(days[0] ?? {}, { zone }), o) };
}

/** `Tue 2026-12-01 22:00`. */
function told(at: DateTime): string {
  return at.setLocale("en-US").toFormat("ccc yyyy-MM-dd HH:mm");
}

function inFull(at: DateTime): string {
  return at.toFormat("yyyy-MM-dd'T'HH:mmZZ");
}

function isPast(text: string, at: DateTime, o: { readonly nowMs: number; readonly afterMs: number }): string {
  const passed = o.nowMs - at.toMillis();
  return passed >= 0
    ? `${text} is past: it was ${aboutSpan(passed)} ago.`
    : `${text} is before the window starts.`;
}

function skippedByTheClocks(at: DateTime, { hour, minute }: Pick<Shown, "hour" | "minute">): string {
  const asked = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  return `there is no ${asked} on ${told(at).slice(0, -6)}: the clocks go forward over it. ${at.toFormat("HH:mm")} is the time that comes in its place.`;
}

/** The day that was said; where only the time was, today and then tomorrow, where only the day of the week was, this and the next. */
function daysMeant(shown: Shown, zone: Zone, afterMs: number): Omit<Shown, "said" | "offset">[] {
  const { year, month, day, hour, minute, said } = shown;
  const first =
    said === "nothing" ? DateTime.fromMillis(afterMs, { zone }) : DateTime.fromObject({ year, month, day });
  const later = { day: [], weekday: [7], nothing: [1, 2] }[said];
  if (said === "day") return [{ year, month, day, hour, minute }];
  return [0, ...later].map((days) => {
    const date = first.plus({ days });
    return { year: date.year, month: date.month, day: date.day, hour, minute };
  });
}

const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:t|\s+(?:at\s+)?)(\d{1,2}):(\d{2})(?::00)?\s*(?:(z|utc|gmt)|([+-])(\d{1,2}):?(\d{2})?)?$/i;

/** A date and a time in figures, in the order of ISO 8601; `null` for anything else. */
function shownByIso(text: string): Shown | null {
  const found = ISO.exec(text);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1, 6).map(Number);
  const [, , , , , , utc, sign, hours, minutes] = found;
  const ahead = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  const offset = utc !== undefined ? 0 : hours === undefined ? null : sign === "-" ? -ahead : ahead;
  return { year, month, day, hour, minute, said: "day", offset };
}

/** Dates whose day and month can be taken for each other, and spans, which other options take. */
const UNSURE: readonly (readonly [RegExp, string])[] = [
  [/\d\s*[/.]\s*\d/, "Days and months in figures are written as in 2026-12-01."],
  [
    /^in\b|\bago$|\bfrom now$|[后後前]$|^(?:\+?\d+(?:\.\d+)?\s*(?![ap]m\b)[a-z]+\s*)+$/i,
    "How much later the window starts is said with --in, such as --in 2h.",
  ],
];

const TYPED_OFFSET = /(?:\bz|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)$/i;

/** A time in words, or why it is not understood. Days are those of `zone`. */
function shownInWords(text: string, nowMs: number, zone: Zone | null): Shown | string {
  const unsure = UNSURE.find(([form]) => form.test(text));
  if (unsure !== undefined) return unsure[1];
  if (zone === null && !TYPED_OFFSET.test(text)) return NO_ZONE;
  // Chrono counts days on the clock of this process: at noon it shows the person's date, whatever its own zone.
  const today = DateTime.fromMillis(nowMs, { zone: zone ?? "utc" });
  const reference = new Date(today.year, today.month - 1, today.day, 12);
  const parsers = /\p{Script=Han}/u.test(text) ? [zh] : [en];
  const [found, ...more] = parsers.flatMap((parser) => parser.parse(text, reference, { forwardDate: true }));
  if (found === undefined || more.length > 0 || found.text.length !== text.length || found.end)
    return `${text} is not a time. ${HOW}`;
  return shownBy(found, text);
}

function shownBy({ start }: ParsedResult, text: string): Shown | string {
  if (!start.isCertain("hour")) return `${text} does not say at which time of the day. ${HOW}`;
  const offset = start.isCertain("timezoneOffset") ? start.get("timezoneOffset") : null;
  if (offset !== null && !TYPED_OFFSET.test(text))
    return "Names of time zones stand for several. Write the offset, such as 22:00+08:00.";
  const numberOf = (part: "year" | "month" | "day" | "hour" | "minute") => start.get(part) ?? 0;
  return {
    year: numberOf("year"),
    month: numberOf("month"),
    day: numberOf("day"),
    hour: numberOf("hour"),
    minute: numberOf("minute"),
    said: start.isCertain("day") ? "day" : start.isCertain("weekday") ? "weekday" : "nothing",
    offset,
  };
}
