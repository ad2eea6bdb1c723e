import type { Logger } from "../base/logger.js";
import { aboutSpan } from "../maintenance/time.js";
import type { Clock } from "./clock.js";

/** Clocks that differ by more are told: windows, expiries and what is told of them are off by that. */
const MOST_MS = 60_000;

const EVERY_MS = 60_000;

/** A clock of somebody else. */
export interface OtherClock {
  /** Whose, after "the clock of". */
  readonly name: string;
  /** How far it is ahead of ours, in ms; `null` while that is not known. */
  aheadMs(): Promise<number | null> | number | null;
}

/** Compares our clock with those of masters and of the queue's store, by which those of bot and workers are compared as well. */
export interface ClockDifferences {
  /** A sentence for each clock that differs by more than a minute. */
  warnings(): readonly string[];
  /** Compares now. Never rejects. */
  look(): Promise<void>;
  stop(): void;
}

export function watchClockDifferences(
  others: readonly OtherClock[],
  { after }: Pick<Clock, "after">,
  logger: Logger,
): ClockDifferences {
  const told = new Map<string, string>();
  let takeBack = after(EVERY_MS, again);

  function again(): void {
    takeBack = after(EVERY_MS, again);
    void look();
  }

  async function look(): Promise<void> {
    await Promise.all(others.map(compare));
  }

  async function compare({ name, aheadMs }: OtherClock): Promise<void> {
    // What cannot be asked now is compared the next time.
    const ms = await Promise.resolve(aheadMs()).catch(() => null);
    if (ms === null) return;
    if (Math.abs(ms) <= MOST_MS) {
      if (told.delete(name)) logger.info({ of: name }, "the clocks agree again");
      return;
    }
    const why = `The clock of ${name} is ${aboutSpan(Math.abs(ms))} ${ms > 0 ? "ahead of" : "behind"} that of this process: windows, expiries and times in messages are off by that. Set both by NTP.`;
    if (!told.has(name)) logger.warn({ of: name, seconds: Math.round(ms / 1_000) }, why);
    told.set(name, why);
  }

  return {
    warnings: () => [...told.values()],
    look,
    stop: () => takeBack(),
  };
}
