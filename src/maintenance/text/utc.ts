/** Where a form begins and ends in `2026-11-20T12:03:05`. */
const FORMS = {
  second: [0, 19],
  minute: [0, 16],
  "minute of the year": [5, 16],
  "time of day": [11, 16],
} as const;

/** A time (epoch ms) in UTC, such as `2026-11-20 12:03`; a master's int64 can hold more than a date can show. */
export function utc(atMs: number, to: keyof typeof FORMS): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return "(out of range)";
  return date
    .toISOString()
    .slice(...FORMS[to])
    .replace("T", " ");
}
