import { DateTime } from "luxon";

const DAY_MS = 86_400_000;

/** Names moments for the reader of a time line. */
export interface Clock {
  /** `22:00`. */
  time(ms: number): string;
  /** `Mon 30 Nov`, and with the year where it is not this one. */
  day(ms: number): string;
  /** `30 Nov`. */
  date(ms: number): string;
  /** `30 Nov 22:00 – 02:00`: an end within a day is told by its time alone. */
  span(startMs: number, endMs: number | null): string;
  /** `Europe/Berlin, UTC+1`, with both where the clocks change in between. */
  zone(fromMs: number, toMs: number): string;
}

export function clockOf(zone: string, nowMs: number): Clock {
  const at = (ms: number) => DateTime.fromMillis(ms, { zone, locale: "en-GB" });
  const year = at(nowMs).year;
  const dated = (moment: DateTime, format: string) =>
    moment.toFormat(moment.year === year ? format : `${format} yyyy`);
  const time = (ms: number) => (at(ms).isValid ? at(ms).toFormat("HH:mm") : "");
  const date = (ms: number) => (at(ms).isValid ? dated(at(ms), "d LLL") : "out of range");
  const moment = (ms: number) => `${date(ms)} ${time(ms)}`.trim();
  return {
    time,
    date,
    day: (ms) => dated(at(ms), "ccc d LLL"),
    span(startMs, endMs) {
      if (endMs === null) return `${moment(startMs)} – no end`;
      const isNear = at(startMs).isValid && endMs - startMs < DAY_MS;
      return `${moment(startMs)} – ${isNear ? time(endMs) : moment(endMs)}`;
    },
    zone(fromMs, toMs) {
      const offsets = [at(fromMs), at(toMs)].map((one) => one.toFormat("'UTC'Z").replace(/UTC\+0$/, "UTC"));
      const [before = "", after = ""] = offsets;
      if (zone === "UTC") return zone;
      return before === after ? `${zone}, ${before}` : `${zone}, ${before} then ${after}`;
    },
  };
}
