import type { LogEvent, LogEventKind, NewEvent } from "./events.js";
import type { Batch, Maintenance, Phase, Trouble } from "./record.js";
import type { Millis } from "./time.js";

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

/** Whether the log holds an event of this kind. */
export function hasEvent(record: Maintenance, kind: LogEventKind): boolean {
  return record.events.some((event) => event.kind === kind);
}

/** Whether a write without an answer may still take effect at the master. */
export function isUnsettled(record: Maintenance, nowMs: Millis): boolean {
  return record.unsettledUntilMs !== null && nowMs < record.unsettledUntilMs;
}

/** The batch of this id, or `null`. */
export function batchOf(record: Maintenance, id: string): Batch | null {
  return record.batches.find((batch) => batch.id === id) ?? null;
}

/** The record with this batch in the place of the one with its id. */
export function withBatch(record: Maintenance, batch: Batch): Maintenance {
  return { ...record, batches: record.batches.map((b) => (b.id === batch.id ? batch : b)) };
}

/** The record at its end. */
export function ended(
  record: Maintenance,
  phase: "up" | "cancelled" | "failed",
  atMs: Millis,
  why: string | null = null,
): Maintenance {
  return { ...record, end: { phase, atMs, why }, trouble: null };
}

/** Whether the drain was refused before anything was posted: no machine was ever taken into it. */
export function isRefused({ batches, end }: Maintenance): boolean {
  return batches.length === 0 && end?.phase === "failed";
}

/** Whether nothing more is done with a batch at the master; its agents may still be on their way back. */
export function hasEnded(batch: Batch): boolean {
  return batch.phase === "up" || batch.phase === "cancelled" || batch.phase === "failed";
}

/** Whether its window stands and its Down is neither approved nor under way. */
export function isDraining({ phase }: Batch): boolean {
  return phase === "draining" || phase === "awaiting_approval";
}

/** Whether its Down is not approved: its machines can be given back without having been away. */
export function isBeforeApproval(batch: Batch): boolean {
  return batch.phase === "scheduled" || isDraining(batch);
}

/** Whether its machines are still to go down: approved or not, before the master says that they are. */
export function isToGoDown(batch: Batch): boolean {
  return isBeforeApproval(batch) || batch.phase === "taking_down";
}

/** Whether the call that takes its machines down may be under way: it cannot be called back. */
export function isDownSent({ phase, intent }: Batch): boolean {
  return phase === "taking_down" && intent !== null;
}

/**
 * The phase of the whole maintenance for its headline: its end, or the phase of the batch that is furthest behind;
 * `requested` while the hosts have not been looked up.
 */
export function phaseOf(record: Maintenance): Phase | "requested" {
  if (record.end !== null) return record.end.phase;
  const open = record.batches.find((batch) => !hasEnded(batch));
  return (open ?? record.batches.at(-1))?.phase ?? "requested";
}

/**
 * Sets or clears what keeps the maintenance from going on, with an event when that changes (invariant 10). The same
 * trouble again keeps its start, so that a master that is away for an hour is told once.
 */
export function withTrouble(
  record: Maintenance,
  trouble: Omit<Trouble, "sinceMs"> | null,
  nowMs: Millis,
): Maintenance {
  const before = record.trouble;
  if (trouble === null) {
    if (before === null) return record;
    return withEvent({ ...record, trouble: null }, nowMs, {
      kind: "trouble_over",
      code: before.code,
      sinceMs: before.sinceMs,
    });
  }
  const { code, what, said, notDone, next } = trouble;
  const told = { code, what, said, notDone, next };
  if (before !== null && before.code === code && before.notDone === notDone) {
    return { ...record, trouble: { ...told, sinceMs: before.sinceMs } };
  }
  return withEvent({ ...record, trouble: { ...told, sinceMs: nowMs } }, nowMs, { kind: "trouble", ...told });
}
