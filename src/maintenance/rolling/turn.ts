// Which machines go down together, and whose turn is it?

import type { Policy } from "../policy/policy.js";
import { agentsMissing } from "../record/agents-back.js";
import { announcedAtMs, hasEnded, placeOf } from "../record/batch.js";
import type { Batch, BatchIn, Maintenance } from "../record/record.js";
import { type Millis, nanosToMillis } from "../time.js";

const overs = new WeakMap<Batch, boolean>();

/**
 * Whether a batch stands in nobody's way any more: given back, or up with all agents back but those gone on without. Found out once
 * for each state of a batch: every other one asks for it at each look.
 */
export function isOver(batch: Batch): boolean {
  const known = overs.get(batch);
  if (known !== undefined) return known;
  const over = batch.phase === "up" ? areAllBack(batch) : hasEnded(batch);
  overs.set(batch, over);
  return over;
}

function areAllBack(batch: BatchIn<"up">): boolean {
  const without = new Set(batch.wentOnWithout);
  return agentsMissing(batch).every(({ id }) => without.has(id));
}

/** The batch whose turn it is: the first that is not over; `null` when all are. */
export function turnOf({ batches }: Maintenance): Batch | null {
  return batches.find((batch) => !isOver(batch)) ?? null;
}

/** Whether a batch may be asked about and taken down as far as the others are concerned. */
export function isItsTurn(record: Maintenance, { id }: Batch): boolean {
  return turnOf(record)?.id === id;
}

/** From when on a batch of several may go down when it is its turn and it is empty; with tasks it is later. */
export function mayGoFromMs({ window }: Batch, { rolling }: Policy): Millis {
  return nanosToMillis(window.start) - rolling.earlyMs;
}

/** The batches whose turn is still to come, in order. */
export function waitingForTurn(record: Maintenance): readonly Batch[] {
  const at = record.batches.findIndex((batch) => !isOver(batch));
  return at < 0 ? [] : record.batches.slice(at + 1).filter((batch) => !isOver(batch));
}

/**
 * Whether a batch is near enough to be announced, by its turn and by the time. Some frameworks avoid every machine that has any
 * window, however far off, so that a fleet whose windows are all posted leaves them nowhere to go.
 */
export function isAnnounced(record: Maintenance, batch: Batch, nowMs: Millis): boolean {
  if (nowMs < (announcedAtMs(record, batch) ?? nowMs)) return false;
  const horizon = record.wanted.roll?.horizon;
  if (horizon === undefined) return true;
  const at = record.batches.filter((one) => !isOver(one)).findIndex(({ id }) => id === batch.id);
  return at >= 0 && at < horizon;
}

/** Why a batch cannot go down yet, and what comes before it. */
export function notItsTurn(
  record: Maintenance,
  batch: Batch,
): { readonly text: string; readonly next: string } {
  const before = turnOf(record);
  const waits = before === null ? "the one before" : placeOf(record, before.id);
  return {
    text: `${record.id}: it is not the turn of ${placeOf(record, batch.id)}; ${waits} is not back yet.`,
    next: `It is asked for by itself when the one before is back.${before?.phase === "down" ? ` Bring that up when its work is done: /mesos up ${record.id}.` : ""}`,
  };
}
