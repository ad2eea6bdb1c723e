import { type Timeline, type TimelineRow, timelineOf } from "../../src/maintenance/show/timeline.js";
import type { TimelineReader } from "../../src/timeline/draw.js";

export const HOUR = 3_600_000;

const DAY = 24 * HOUR;

/** Sunday, 29 November 2026, 22:10 in Berlin. */
export const NIGHT = Date.UTC(2026, 10, 29, 21, 10);

const NAMES: Record<string, string> = { U01ALICE: "alice", U02BOB: "bob" };

export const READER: TimelineReader = { zone: "Europe/Berlin", nameOf: (id) => NAMES[id] ?? id };

/** `web-01` to `web-12` for twelve machines. */
export function named(prefix: string, machines: number): Pick<TimelineRow, "machines" | "names"> {
  const names = Array.from({ length: machines }, (_, at) => `${prefix}-${String(at + 1).padStart(2, "0")}`);
  return { machines, names };
}

/** A window of ours of one machine, from 22:00 UTC for two hours; times as hours after 21:00 UTC that night. */
export function rowOf(
  parts: Partial<TimelineRow> = {},
  fromHours = 1,
  toHours: number | null = 3,
): TimelineRow {
  const hour = Date.UTC(2026, 10, 29, 21);
  return {
    head: null,
    machines: 1,
    names: ["web-01"],
    ours: { id: "m-7k3q2", who: "U01ALICE" },
    down: 0,
    note: null,
    startMs: hour + fromHours * HOUR,
    endMs: toHours === null ? null : hour + toHours * HOUR,
    ...parts,
  };
}

export function lineOf(rows: readonly TimelineRow[], parts: Partial<Timeline> = {}): Timeline {
  return timelineOf(rows, { title: "Windows of prod", nowMs: NIGHT, calendar: [], ...parts });
}

/** A night of a cluster; the picture of the README. */
export const EXAMPLE = lineOf(
  [
    rowOf({ ...named("db", 2), down: 2, ours: { id: "m-2bx9c", who: "U02BOB" } }, -2, 1.5),
    rowOf({ ...named("kafka", 6), down: 2, ours: { id: "m-p0qr4", who: "U02BOB" } }, -1, 2.5),
    rowOf(named("web", 12), 2, 6),
    rowOf({ ...named("rack7-node", 3), ours: null }, 3, 7),
    rowOf({ names: ["spare-01"], ours: null }, (-40 * DAY) / HOUR, null),
    rowOf({ names: ["old-17"], ours: null }, 2_008_085, 2_008_109),
  ],
  { calendar: [{ days: [0, 1, 2, 3, 4, 5, 6], from: 22 * 60, to: 6 * 60, timeZone: "Europe/Berlin" }] },
);
