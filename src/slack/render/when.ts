import { utc } from "../../maintenance/text/utc.js";
import { formatSpan, type Millis, type Nanos, nanosToMillis } from "../../maintenance/time.js";
import { Mrkdwn, mrk } from "./mrkdwn.js";

/** Beyond this a JavaScript date, and Slack, cannot show a time; a master's int64 can hold it. */
const LAST_DATE_MS = 8.64e15;

/** A moment in the reader's own zone, `today 21:52`, and in UTC for readers without Slack's date formatting. */
export function moment(ms: Millis): Mrkdwn {
  if (!Number.isFinite(ms) || Math.abs(ms) >= LAST_DATE_MS) return new Mrkdwn("a time no clock can show");
  // To the minute, as it is shown: a message is not edited for seconds that nobody sees.
  const seconds = Math.floor(ms / 60_000) * 60;
  return new Mrkdwn(`<!date^${seconds}^{date_short_pretty} {time}|${utc(ms, "minute")} UTC>`);
}

/** A planned window as people read it: `today 22:00 – tomorrow 02:00 (4 h)`. */
export function windowOf(window: { readonly start: Nanos; readonly duration: Nanos | null }): Mrkdwn {
  const startMs = nanosToMillis(window.start);
  if (window.duration === null) return mrk`${moment(startMs)} – without an end`;
  const durationMs = nanosToMillis(window.duration);
  return mrk`${moment(startMs)} – ${moment(startMs + durationMs)} (${formatSpan(durationMs)})`;
}
