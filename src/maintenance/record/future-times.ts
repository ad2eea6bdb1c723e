import type { Millis } from "../time.js";
import type { Batch, Maintenance } from "./record.js";

/**
 * The record without times that are still to come of what has happened: they were stored by a clock that was ahead, and a wait
 * that is counted from them would last until then. The waits begin now instead; a call may still be under way (invariant 7).
 *
 * @param settleMs how long a call without an answer may take effect.
 */
export function withoutFutureTimes(record: Maintenance, nowMs: Millis, settleMs: Millis): Maintenance {
  const { unsettledUntilMs } = record;
  const latestMs = nowMs + settleMs;
  const isAhead = unsettledUntilMs !== null && unsettledUntilMs > latestMs;
  const batches = record.batches.map((batch) => withSeenBy(withSentBy(batch, nowMs), nowMs));
  const isChanged = isAhead || batches.some((batch, at) => batch !== record.batches[at]);
  return isChanged ? { ...record, batches, ...(isAhead ? { unsettledUntilMs: latestMs } : {}) } : record;
}

function withSentBy(batch: Batch, nowMs: Millis): Batch {
  const drained = batch.drained.some(({ sentAtMs }) => sentAtMs > nowMs)
    ? batch.drained.map((intent) => ({ ...intent, sentAtMs: Math.min(intent.sentAtMs, nowMs) }))
    : batch.drained;
  if ("intent" in batch && batch.intent !== null && batch.intent.sentAtMs > nowMs)
    return { ...batch, drained, intent: { ...batch.intent, sentAtMs: nowMs } };
  return drained === batch.drained ? batch : { ...batch, drained };
}

/** What is waited after it: for the question, for agents that are to come back, for a window that is to stay away. */
function withSeenBy(batch: Batch, nowMs: Millis): Batch {
  const { seenSinceMs } = batch;
  const seen = seenSinceMs !== null && seenSinceMs > nowMs ? { ...batch, seenSinceMs: nowMs } : batch;
  if (seen.phase !== "up" && seen.phase !== "cancelled") return seen as Batch;
  const { goneSinceMs } = seen;
  const gone = goneSinceMs !== undefined && goneSinceMs > nowMs ? { ...seen, goneSinceMs: nowMs } : seen;
  if (gone.phase !== "up" || gone.upAtMs <= nowMs) return gone as Batch;
  return { ...gone, upAtMs: nowMs } as Batch;
}
