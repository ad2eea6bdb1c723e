import type { Unavailability } from "../cluster/schedule.js";
import { clockTime, isOpen, nextOpening } from "../policy/calendar.js";
import type { Objection } from "../policy/objection.js";
import { type Policy, settingOf } from "../policy/policy.js";
import { counted } from "../text/list.js";
import { formatSpan, type Millis, millisToNanos } from "../time.js";

/** What the windows of a roll are to be. */
export interface WindowsWanted {
  readonly cluster: string;
  readonly batches: number;
  /** When the first begins. */
  readonly startMs: Millis;
  /** How long each lasts. */
  readonly durationMs: Millis;
}

/**
 * One window for each batch, one after another with a gap between; none begins outside the hours of the calendar. Says
 * why not where they would reach too far.
 */
export function windowsFor(
  wanted: WindowsWanted,
  policy: Policy,
):
  | { readonly kind: "windows"; readonly windows: readonly Unavailability[] }
  | (Objection & { readonly kind: "refusal" }) {
  const { cluster, batches, startMs, durationMs } = wanted;
  const { gapMs, maxSpanMs, outsideHours } = policy.rolling;
  const starts: Millis[] = [];
  let next = startMs;
  for (let at = 0; at < batches; at++) {
    // The hours in which the first may begin are a rule of the drain itself.
    const opening = at === 0 ? next : nextOpening(policy.calendar, next);
    if (opening === null || (outsideHours === "refuse" && at > 0 && !isOpen(policy.calendar, next))) {
      return { kind: "refusal", ...closed(wanted, at, next, policy) };
    }
    starts.push(opening);
    next = opening + durationMs + gapMs;
  }
  const spanMs = next - gapMs - startMs;
  if (batches > 1 && spanMs > maxSpanMs) {
    const waits = spanMs > batches * (durationMs + gapMs) - gapMs ? calendarWaits(cluster) : "";
    const sum = `${counted(batches, "window")} of ${formatSpan(durationMs)} with ${formatSpan(gapMs)} between${waits}`;
    return {
      kind: "refusal",
      why: `${settingOf(cluster, "rolling.max_span")} allows ${formatSpan(maxSpanMs)} from the first window to the last, and ${sum} take ${formatSpan(spanMs)}.`,
      next: "Ask for larger batches, shorter windows or fewer machines.",
      change: null,
    };
  }
  const duration = millisToNanos(durationMs);
  return { kind: "windows", windows: starts.map((ms) => ({ start: millisToNanos(ms), duration })) };
}

function calendarWaits(cluster: string): string {
  return `, begun only in the hours of ${settingOf(cluster, "calendar")},`;
}

function closed({ cluster }: WindowsWanted, at: number, startMs: Millis, { calendar }: Policy): Objection {
  const [first] = calendar;
  const zone = first?.timeZone ?? "UTC";
  return {
    why: `The window of batch ${at + 1} would begin ${clockTime(startMs, zone)}, outside the hours of ${settingOf(cluster, "calendar")}, and ${settingOf(cluster, "rolling.outside_hours")} says to refuse that.`,
    next: "Ask for larger batches or shorter windows, or begin earlier in the hours.",
    change: null,
  };
}
