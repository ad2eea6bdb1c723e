import { formatSpan, type Millis, type Nanos, nanosToMillis } from "../../maintenance/time.js";
import { Mrkdwn, mrk } from "./mrkdwn.js";

/** Beyond this a JavaScript date, and Slack, cannot show a time; a master's int64 can hold it. */
const LAST_DATE_MS = 8.64e15;

/** `2026-11-20 21:52 UTC`, for readers without Slack's date formatting. */
function utc(ms: Millis): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function date(ms: Millis, format: string): Mrkdwn {
  if (!Number.isFinite(ms) || Math.abs(ms) >= LAST_DATE_MS) return new Mrkdwn("a time no clock can show");
  return new Mrkdwn(`<!date^${Math.floor(ms / 1000)}^${format}|${utc(ms)}>`);
}

/** A moment in the reader's own zone: `today 21:52`. */
export function moment(ms: Millis): Mrkdwn {
  return date(ms, "{date_short_pretty} {time}");
}

/** A planned window as people read it: `today 22:00 – tomorrow 02:00 (4 h)`. */
export function windowOf(window: { readonly start: Nanos; readonly duration: Nanos | null }): Mrkdwn {
  const startMs = nanosToMillis(window.start);
  if (window.duration === null) return mrk`${moment(startMs)} – without an end`;
  const durationMs = nanosToMillis(window.duration);
  return mrk`${moment(startMs)} – ${moment(startMs + durationMs)} (${formatSpan(durationMs)})`;
}
