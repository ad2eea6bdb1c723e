import type { Logger } from "../base/logger.js";
import { utc } from "../maintenance/text/utc.js";
import { formatSpan, type Millis } from "../maintenance/time.js";
import type { Clock } from "./clock.js";

/** A clock that is corrected by less has not jumped: nothing is decided by so little time. */
const JUMP_MS = 5_000;

/** A clock that jumped is believed once it has shown the same for so long. */
const BELIEVED_AFTER_MS = 10_000;

/** The clock on the wall showed a time that cannot follow from the one before. */
export interface Jump {
  /** Ahead, or back where it is negative. */
  readonly byMs: Millis;
  /** What it showed right before and right after, epoch ms. */
  readonly fromMs: Millis;
  readonly toMs: Millis;
}

/**
 * The time by which the bot decides. The clock on the wall may be set, and a machine may be halted and go on hours later: then
 * this time goes on as before until the wall has shown the new one for a while (`isUnsure`), so that nothing is called expired,
 * overdue or due because of a clock that was wrong for a moment. Who decides by time waits until then.
 */
export interface SteadyClock extends Clock {
  /** Whole milliseconds since the epoch. */
  now(): Millis;
  /** The wall has jumped, and nobody knows yet whether it stays so. */
  isUnsure(): boolean;
  /** The last jump that has stayed; `null` when there was none. */
  lastJump(): Jump | null;
}

/** @param told of each jump when it is seen, and again when it has stayed. */
export function steadyClock(base: Clock, told: (jump: Jump, stays: boolean) => void): SteadyClock {
  /** What is added to the time that has passed. */
  let offsetMs = base.wall() - base.elapsed();
  let suspected: { readonly offsetMs: number; readonly sinceMs: number; readonly jump: Jump } | null = null;
  let last: Jump | null = null;

  function look(): void {
    const elapsed = base.elapsed();
    const shownMs = base.wall() - elapsed;
    if (Math.abs(shownMs - offsetMs) <= JUMP_MS) {
      offsetMs = shownMs;
      suspected = null;
    } else if (suspected === null || Math.abs(shownMs - suspected.offsetMs) > JUMP_MS) {
      const jump = { byMs: shownMs - offsetMs, fromMs: elapsed + offsetMs, toMs: elapsed + shownMs };
      suspected = { offsetMs: shownMs, sinceMs: elapsed, jump };
      told(jump, false);
    } else if (elapsed - suspected.sinceMs >= BELIEVED_AFTER_MS) {
      offsetMs = shownMs;
      last = suspected.jump;
      suspected = null;
      told(last, true);
    }
  }

  return {
    ...base,
    now() {
      look();
      return Math.round(base.elapsed() + offsetMs);
    },
    isUnsure() {
      look();
      return suspected !== null;
    },
    lastJump: () => last,
  };
}

/** What people are told of a jump; `whose` clock it is, after "the clock of". */
export function jumpWords(whose: string, { byMs, fromMs, toMs }: Jump): string {
  const span = formatSpan(Math.abs(byMs));
  const how = byMs > 0 ? `ahead by ${span}` : `back by ${span}`;
  return `The clock of ${whose} was set ${how}, from ${utc(fromMs, "minute")} to ${utc(toMs, "minute")} UTC, or that machine stood still. Times told before may be off by that, and questions expire by the new time.`;
}

/** Tells the log of jumps: when one is seen, and when it has stayed. */
export function logJumps(logger: Logger): (jump: Jump, stays: boolean) => void {
  return (jump, stays) => {
    const seconds = Math.round(jump.byMs / 1_000);
    if (stays) logger.warn({ seconds }, "the clock has jumped; the new time counts from now on");
    else
      logger.warn(
        { seconds },
        "the clock has jumped; nothing is decided by time until it is known to stay so",
      );
  };
}
