import type { Millis } from "../time.js";
import { onTheClock } from "./local-time.js";
import type { Reader } from "./reader.js";

/** A master's int64 can hold more than a date can show. */
const OUT_OF_RANGE = "(out of range)";

function isShown(atMs: Millis): boolean {
  return !Number.isNaN(new Date(atMs).getTime());
}

/** A moment on its reader's clock: `20 Nov 12:03`, and with the year where it is not this one, `20 Nov 2027 12:03`. */
export function readerTime(
  atMs: Millis,
  { zone, nowMs }: Pick<Reader, "zone" | "nowMs">,
  to: "minute" | "second" = "minute",
): string {
  if (!isShown(atMs)) return OUT_OF_RANGE;
  const at = onTheClock(atMs, zone);
  const date = at.year === onTheClock(nowMs, zone).year ? "dd LLL" : "dd LLL yyyy";
  return at.toFormat(`${date} ${to === "second" ? "HH:mm:ss" : "HH:mm"}`);
}

/**
 * A moment as it stands in a record that is kept, to the second, with UTC beside where that is another time:
 * `2026-11-20 13:03:05 (12:03:05 UTC)`.
 */
export function recordedTime(atMs: Millis, zone: string): string {
  if (!isShown(atMs)) return OUT_OF_RANGE;
  const at = onTheClock(atMs, zone);
  const local = at.toFormat("yyyy-MM-dd HH:mm:ss");
  if (at.offset === 0) return local;
  const utc = at.toUTC();
  const isSameDay = utc.hasSame(at.setZone("UTC", { keepLocalTime: true }), "day");
  return `${local} (${utc.toFormat(isSameDay ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss")} UTC)`;
}
