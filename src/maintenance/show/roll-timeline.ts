import { endMs } from "../cluster/schedule.js";
import type { CalendarWindow } from "../policy/policy.js";
import type { LogEvent } from "../record/events.js";
import { namesOf } from "../record/names.js";
import type { Batch, Maintenance, Phase } from "../record/record.js";
import { type Millis, nanosToMillis } from "../time.js";
import { MOST_NAMES, type Timeline, timelineOf } from "./timeline.js";

const HOUR_MS = 3_600_000;

/** Whether an event changes where the windows of a drain in batches lie so much that they are shown anew. */
export function showsWindows({ batches }: Maintenance, event: LogEvent): boolean {
  if (batches.length < 2) return false;
  if (event.kind === "scheduled") return event.batch === batches[0]?.id;
  return event.kind === "windows_moved" && event.byMs >= HOUR_MS;
}

/** The windows of a drain in batches, one row for each batch. */
export function rollTimeline(
  record: Maintenance,
  calendar: readonly CalendarWindow[],
  nowMs: Millis,
): Timeline {
  const { id, requester, cluster, batches } = record;
  const rows = batches.map((batch, at) => ({
    head: `Batch ${at + 1}`,
    machines: batch.machines.length,
    names: batch.machines.slice(0, MOST_NAMES).map(namesOf(record).of),
    ours: { id, who: requester },
    down: isDown(batch) ? batch.machines.length : 0,
    note: NOTES[batch.phase] ?? null,
    startMs: nanosToMillis(batch.window.start),
    endMs: endMs(batch.window),
  }));
  return timelineOf(rows, { title: `Batches of ${id} in ${cluster}`, nowMs, calendar: [...calendar] });
}

function isDown({ phase }: Batch): boolean {
  return phase === "down" || phase === "bringing_up";
}

/** What is to be known of a batch whose window is over, or never was. */
const NOTES: { readonly [phase in Phase]?: string } = {
  up: "back in service",
  cancelled: "given back",
  failed: "not drained",
};
