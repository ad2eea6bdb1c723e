import type { Millis } from "../time.js";
import type { LogEvent, LogEventKind, NewEvent } from "./events.js";
import type { Maintenance } from "./record.js";

/** Enough for days of changing answers; `seq` goes on when events are dropped. */
const MOST_EVENTS = 500;

/**
 * What comes over and over by itself and decides nothing, in the order in which it may go. Everything else stays,
 * however long the log gets: people write it, and who decided what, which question still waits for Slack and what was
 * said once are read from it (invariants 7, 10, 11).
 */
const MAY_GO: readonly (readonly LogEventKind[])[] = [
  ["answers_changed", "answers_cleared"],
  ["empty", "trouble", "trouble_over"],
];

/** The record with one more line in its log. */
export function withEvent(record: Maintenance, atMs: Millis, event: NewEvent): Maintenance {
  const seq = record.seq + 1;
  const events = [...record.events, { ...event, seq, atMs } as LogEvent];
  return { ...record, seq, events: events.length > MOST_EVENTS ? shortened(events) : events };
}

/** The log without the oldest event that may go; the newest stays, for nobody has seen it yet. */
function shortened(events: readonly LogEvent[]): LogEvent[] {
  const older = events.slice(0, -1);
  const oldest = MAY_GO.map((kinds) => older.findIndex(({ kind }) => kinds.includes(kind)));
  const index = oldest.find((found) => found >= 0);
  return index === undefined ? [...events] : events.toSpliced(index, 1);
}

/** The record with this note in its log, unless it stands there already. */
export function noteOnce(record: Maintenance, text: string, nowMs: number): Maintenance {
  const said = record.events.some((event) => event.kind === "note" && event.text === text);
  return said ? record : withEvent(record, nowMs, { kind: "note", text });
}
