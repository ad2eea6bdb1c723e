import { DateTime } from "luxon";
import type { TimelineRow } from "../maintenance/show/timeline.js";

const HOUR = 3_600_000;

const DAY = 24 * HOUR;

/** What lies further ahead, or further back, is told in words at the edge of the picture. */
const FURTHEST = 62 * DAY;

/** The next moment is taken into the picture as long as what was there already stays this large a part of it. */
const STRETCH = 6;

/** The time that a picture shows. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * As much time around now as shows most windows at a readable size: a window of another year must not make the one of
 * tonight a hair.
 */
export function rangeOf(rows: readonly Pick<TimelineRow, "startMs" | "endMs">[], nowMs: number): Range {
  const moments = rows.flatMap(({ startMs, endMs }) => (endMs === null ? [startMs] : [startMs, endMs]));
  const ahead = moments.filter((ms) => ms >= nowMs).map((ms) => ms - nowMs);
  const behind = moments.filter((ms) => ms < nowMs).map((ms) => nowMs - ms);
  const forward = Math.max(reach(ahead, 0), HOUR);
  const back = reach(behind, Math.max(forward, DAY));
  const margin = (forward + back) * 0.05;
  return { fromMs: nowMs - back - margin, toMs: nowMs + forward + margin };
}

/** How far the distances reach that are drawn; `first` is always near enough to stretch from. */
function reach(distances: readonly number[], first: number): number {
  let reached = 0;
  for (const distance of [...distances].sort((a, b) => a - b)) {
    const near = reached === 0 && first === 0 ? FURTHEST : Math.max(STRETCH * reached, first, DAY);
    if (distance > Math.min(near, FURTHEST)) break;
    reached = distance;
  }
  return reached;
}

/** A moment that the axis names. */
export interface Tick {
  readonly atMs: number;
  /** Midnight, where a day begins. */
  readonly isDay: boolean;
}

/** So many hours lie between two ticks; of whole days, so many days. */
const STEPS = [0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 168, 336].map((hours) => hours * HOUR);

/**
 * Round times of a zone's clocks, at most `most` of them. A time that the change of the clocks leaves out is left out, and the
 * spacing around it is as uneven as that night.
 */
export function ticksOf({ fromMs, toMs }: Range, zone: string, most: number): Tick[] {
  const step = STEPS.find((one) => (toMs - fromMs) / one <= most) ?? 672 * HOUR;
  const ticks: Tick[] = [];
  let day = DateTime.fromMillis(fromMs, { zone }).startOf("day");
  if (step > DAY) day = day.startOf("week");
  while (day.toMillis() <= toMs) {
    for (let minute = 0; minute < 24 * 60; minute += step / 60_000) {
      const at = day.set({ hour: Math.floor(minute / 60), minute: minute % 60 });
      const exists = at.hour * 60 + at.minute === minute || minute === 0;
      if (exists && at.toMillis() >= fromMs && at.toMillis() <= toMs) {
        ticks.push({ atMs: at.toMillis(), isDay: minute === 0 });
      }
    }
    day = day.plus({ days: Math.max(1, step / DAY) }).startOf("day");
  }
  return ticks;
}
