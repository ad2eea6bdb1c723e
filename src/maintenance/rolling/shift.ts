import { endMs, type Unavailability } from "../cluster/schedule.js";
import { nextOpening } from "../policy/calendar.js";
import type { Policy } from "../policy/policy.js";
import { isUnposted } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { type Millis, millisToNanos, nanosToMillis } from "../time.js";
import { turnOf, waitingForTurn } from "./turn.js";

/** A window moves at least this far: each post erases all answers, so few large steps beat many small ones. */
const LEAST_STEP_MS = 15 * 60_000;

/** A batch and the window that it is to have. */
export interface Shifted {
  readonly batch: Batch;
  readonly window: Unavailability;
}

/**
 * The windows that have to move because the batch before them is late: one that would begin before its turn can come,
 * and all after it that would then overlap. Also that of the batch whose turn it is, where it passed before it could be posted. Order, lengths and gaps stay, and none begins outside the hours of the calendar.
 * Moved as far as the roll is late already, so that it takes few posts however late it gets.
 */
export function shifted(record: Maintenance, policy: Policy, nowMs: Millis): readonly Shifted[] {
  const current = turnOf(record);
  const currentEndMs = current === null ? null : endMs(current.window);
  if (current === null || currentEndMs === null) return [];
  const { gapMs } = policy.rolling;
  const waiting = waitingForTurn(record);
  // The first is to go at the time that was asked for, or not at all.
  const isLapsed = currentEndMs <= nowMs && isUnposted(current) && current !== record.batches[0];
  const isDue = nanosToMillis(waiting[0]?.window.start ?? current.window.start) <= nowMs;
  const step = Math.max(LEAST_STEP_MS, nowMs - currentEndMs);
  let earliestMs = isLapsed ? nowMs : Math.max(currentEndMs + gapMs, isDue ? nowMs + step : 0);
  return (isLapsed ? [current, ...waiting] : waiting).flatMap((batch) => {
    const { start, duration } = batch.window;
    const startMs = nanosToMillis(start);
    if (startMs >= earliestMs) {
      earliestMs = (endMs(batch.window) ?? startMs) + gapMs;
      return [];
    }
    const beginMs = nextOpening(policy.calendar, earliestMs) ?? earliestMs;
    // The nanoseconds that tell our windows from others of the same millisecond stay.
    const window = { start: millisToNanos(beginMs) + (start % 1_000_000n), duration };
    earliestMs = (endMs(window) ?? beginMs) + gapMs;
    return [{ batch, window }];
  });
}
