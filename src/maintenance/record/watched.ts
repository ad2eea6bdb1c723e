import type { Millis } from "../time.js";
import { isToGoDown } from "./batch.js";
import { withEvent } from "./log.js";
import type { Batch, Maintenance } from "./record.js";
import { lastRun } from "./runs.js";

/**
 * The record as a worker looks after it now. One that nobody has looked after for long is not now: it was restored with the
 * queue from before, or nothing ran. What it says may have been done, denied or ended since (invariant 13), so until a person
 * says Go on nothing is taken out of service by it; what gives machines back goes on.
 *
 * @param afterMs how long a record may be left alone.
 */
export function withWatch(record: Maintenance, nowMs: Millis, afterMs: Millis): Maintenance {
  const next = { ...record, watchedAtMs: nowMs };
  if (!mayTake(record)) return record.unwatched === null ? next : { ...next, unwatched: null };
  const sinceMs = lastWatchedMs(record);
  if (record.unwatched !== null || nowMs - sinceMs <= afterMs) return next;
  const unwatched = { sinceMs, noticedAtMs: nowMs };
  const seq = next.seq + LOST_EVENTS;
  return withEvent({ ...next, unwatched, seq }, nowMs, { kind: "unwatched", sinceMs });
}

/** The thread may hold messages of events that are lost: their numbers are left out, or the next ones would count as told. */
const LOST_EVENTS = 1_000;

/** Whether anything that it may still do takes machines out of service, for longer, or starts something on them. */
function mayTake(record: Maintenance): boolean {
  const { batches, cancel, end, wanted } = record;
  if (end !== null || cancel !== null) return false;
  const isToRun = ({ id, phase }: Batch) => {
    const run = lastRun(record, id);
    // Asked for, and as far as is known not started.
    const waits = run !== null && run.outcome === null && run.startedAtMs === null;
    return phase === "down" && wanted.run !== undefined && (run === null || waits);
  };
  const takes = (batch: Batch) => isToGoDown(batch) || batch.movingFrom !== null || isToRun(batch);
  return batches.length === 0 || batches.some(takes);
}

/** When it was last looked after, as far as the record tells; earlier builds did not write that down. */
function lastWatchedMs({ watchedAtMs, picture, events, requestedAtMs }: Maintenance): Millis {
  return watchedAtMs ?? Math.max(requestedAtMs, picture?.atMs ?? 0, events.at(-1)?.atMs ?? 0);
}
