import { isUnposted, isUnsettled, withBatch } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Batch, Maintenance } from "../record/record.js";
import { type Shifted, shifted } from "../rolling/shift.js";
import { nanosToMillis } from "../time.js";
import type { Moment } from "./step.js";

/**
 * Moves the windows of batches whose turn cannot come in time, and tells it. The post follows with `move-window.ts`; until
 * the master shows the windows of now none is moved again. Nothing moves while somebody holds the maintenance, nor once
 * it is cancelled.
 */
export function withLateBatchesMoved(record: Maintenance, moment: Moment): Maintenance {
  const { world, policy, nowMs } = moment;
  if (record.batches.length < 2 || record.cancel !== null || record.held !== null) return record;
  if (record.unwatched !== null) return record;
  if (isUnsettled(record, world.observedAtMs)) return record;
  if (record.batches.some(({ movingFrom }) => movingFrom !== null)) return record;
  const moves = shifted(record, policy, nowMs);
  const [first] = moves;
  if (first === undefined) return record;
  const moved = withMoves(record, moves);
  return withEvent(moved, nowMs, {
    kind: "windows_moved",
    batches: moves.map(({ batch }) => batch.id),
    posted: moved.batches.some(({ movingFrom }) => movingFrom !== null),
    byMs: nanosToMillis(first.window.start - first.batch.window.start),
  });
}

/** The record with these windows still to be posted. */
export function withMoves(record: Maintenance, moves: readonly Shifted[]): Maintenance {
  return moves.reduce((next, { batch, window }) => withBatch(next, movedTo(batch, window)), record);
}

function movedTo(batch: Batch, window: Batch["window"]): Batch {
  // What no master was asked to show has nothing to be moved from.
  const isNowhere = isUnposted(batch) || batch.phase === "kill_draining";
  return { ...batch, window, movingFrom: isNowhere ? null : batch.window };
}
