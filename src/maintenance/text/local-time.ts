import { DateTime } from "luxon";

/** How a time reads on the clock of a zone: `Tue 2026-12-01 22:00`, `Wed 02:00`. */
const FORMS = {
  date: "ccc yyyy-MM-dd HH:mm",
  "day of the week": "ccc HH:mm",
} as const;

/** A time (epoch ms) as the clocks of a zone such as `Europe/Berlin` show it. Throws a RangeError for a zone that does not exist. */
export function localTime(atMs: number, timeZone: string, form: keyof typeof FORMS = "date"): string {
  return onTheClock(atMs, timeZone).toFormat(FORMS[form]);
}

/** A time on the clock of a zone, to be asked for its parts. Throws a RangeError for a zone that does not exist. */
export function onTheClock(atMs: number, timeZone: string): DateTime<true> {
  const at = DateTime.fromMillis(atMs, { zone: timeZone, locale: "en-US" });
  if (!at.isValid) throw new RangeError(`There is no time zone ${timeZone}.`);
  return at;
}
