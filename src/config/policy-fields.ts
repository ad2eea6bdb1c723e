import { RE2JS, RE2JSException } from "re2js";
import { z } from "zod";
import { nearest } from "../hosts/nearest.js";
import type { Cap } from "../maintenance/policy/policy.js";
import { matching, type Reading, text } from "./fields.js";

/** A regular expression that compiles to more than this is a mistake rather than the form of a ticket. */
const LARGEST_PROGRAM = 1_000;

/** People and groups. Never `null` for nobody: a list that was left unfinished must not mean everybody. */
export const people = z.array(
  matching(
    /^[UWS][A-Z0-9]{2,}$/,
    "is not a Slack id of a person (U…, W…) or a user group (S…): in Slack open the profile or the group, menu, Copy ID",
  ),
  { error: "has to be a list of Slack ids" },
);

const NO_LIMIT =
  "is not a limit: write a number of machines such as 10, or a share of the agents such as 20%";

/** A limit: `10` of something, or `20%` of all. */
export function capOf(error: string) {
  return z
    .union([z.number(), z.string()], { error })
    .transform((input) => String(input))
    .pipe(
      text(error, (written): Reading<Cap> => {
        const digits = /^\d{1,6}(?=\s*%?$)/.exec(written)?.[0];
        if (digits === undefined) return null;
        const amount = Number(digits);
        if (!written.endsWith("%"))
          return amount >= 1
            ? { value: { kind: "count", count: amount } }
            : { wrong: "has to be at least 1" };
        return amount >= 1 && amount <= 100
          ? { value: { kind: "percent", percent: amount } }
          : { wrong: "has to be from 1% to 100%" };
      }),
    );
}

/** `10` machines, or `20%` of the active agents. */
export const cap = capOf(NO_LIMIT);

/** A RE2 expression (linear time whatever it says) that tickets have to match. */
export const ticketPattern = text("is not a regular expression", (input) => {
  if (input === "") return { wrong: "is empty: leave it out if no ticket is needed" };
  try {
    if (RE2JS.compile(input).programSize() <= LARGEST_PROGRAM) return { value: input };
    return { wrong: "is too large a regular expression" };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    // RE2's own message quotes the expression, and no value is repeated here.
    return /\(\?<?[=!]/.test(input)
      ? { wrong: "uses look-around, which RE2 does not have" }
      : { wrong: "is not a regular expression that RE2 understands" };
  }
});

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

const NO_DAYS = "is not a list of days: write names and ranges such as [mon-fri, sun]";

/** Days of the week as numbers, 0 Sunday: `mon-fri`, `[mon, wed-fri]`, `sat-mon`; names may be written out. */
export const weekdays = z
  .union([z.string(), z.array(z.coerce.string())], { error: NO_DAYS })
  .transform((input) => [input].flat().join(","))
  .pipe(
    text(NO_DAYS, (input): Reading<readonly number[]> => {
      const named = input
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((item) => item !== "");
      const unknown = named.flatMap((item) => item.split(/[-–]/)).find((word) => dayOf(word) === null);
      if (named.length > 0 && unknown === undefined && named.every(isDayOrRange)) {
        return { value: [...new Set(named.flatMap(daysOf))].toSorted((a, b) => a - b) };
      }
      const meant = nearest(unknown ?? "", DAYS, { limit: 1, among: (day) => [day, day.slice(0, 3)] })[0];
      return meant === undefined ? null : { wrong: `has a day that is none: did you mean ${meant}?` };
    }),
  );

function isDayOrRange(item: string): boolean {
  return item.split(/[-–]/).length <= 2;
}

function daysOf(item: string): readonly number[] {
  const [first = "", last = first] = item.split(/[-–]/);
  const from = dayOf(first) ?? 0;
  const count = ((dayOf(last) ?? 0) - from + 7) % 7;
  return Array.from({ length: count + 1 }, (_, step) => (from + step) % 7);
}

function dayOf(word: string): number | null {
  const index = word.length < 3 ? -1 : DAYS.findIndex((day) => day.startsWith(word));
  return index === -1 ? null : index;
}

/** Minutes after midnight, written `22:00`. The end of a window may be `24:00`, the end of the day. */
export function timeOfDay(latest: "23:59" | "24:00") {
  const wrong = `is not a time of day: write hours and minutes from 00:00 to ${latest}, such as 22:00`;
  return text(wrong, (input) => {
    const [, hours, minutes] = /^(\d{1,2}):([0-5]\d)$/.exec(input) ?? [];
    const total = Number(hours) * 60 + Number(minutes);
    return total >= 0 && total <= (latest === "24:00" ? 1_440 : 1_439) ? { value: total } : null;
  });
}

/** An IANA time zone, such as `Europe/Berlin`. Offsets such as `+02:00` know no summer time and are refused. */
export const timeZone = text(
  "is not a time zone: write an IANA name such as Europe/Berlin, or UTC",
  (input) => {
    if (/^[A-Za-z][\w+/-]*$/.test(input) && isTimeZone(input)) return { value: input };
    const among = (zone: string) => [zone, zone.slice(zone.lastIndexOf("/") + 1)];
    const zones = Intl.supportedValuesOf("timeZone");
    const meant = nearest(input.replaceAll(" ", "_"), zones, { limit: 1, among })[0];
    return meant === undefined ? null : { wrong: `is not a time zone: did you mean ${meant}?` };
  },
);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
