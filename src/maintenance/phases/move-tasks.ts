import { endMove, movedOn, openMove } from "../moving/moves.js";
import { moveStep, whyOver } from "../moving/steps.js";
import { batchOf, isDraining } from "../record/batch.js";
import type { DrainingBatch, Maintenance } from "../record/record.js";
import { inTrouble } from "../record/troubles.js";
import { besideUnreadable } from "../record/unreadable-trouble.js";
import type { Millis } from "../time.js";
import type { Moment, Step } from "./step.js";

/**
 * Goes on with moving tasks that was approved. Each step begins with a look at the Marathons, so each may be the first after
 * a crash. Nothing is killed while somebody holds the maintenance, while it is in trouble, or while its window is on the way.
 */
export function moveTasks(record: Maintenance, batch: DrainingBatch, moment: Moment): Step {
  const move = openMove(record, batch.id);
  if (move === null) return { record, effects: [], wakeAtMs: null };
  const { nowMs, policy, world, marathons } = moment;
  if (nowMs >= move.untilMs) {
    const why = "The approval, or the window, has ended.";
    return { record: endMove(record, move, why, nowMs), effects: [], wakeAtMs: null };
  }
  if (
    record.held !== null ||
    record.unwatched !== null ||
    record.trouble !== null ||
    batch.movingFrom !== null
  )
    return { record, effects: [], wakeAtMs: move.untilMs };
  if (nowMs < move.lookAtMs) return { record, effects: [], wakeAtMs: Math.min(move.lookAtMs, move.untilMs) };
  if (marathons === undefined) {
    const frameworks = [...new Set(move.apps.map(({ frameworkId }) => frameworkId))];
    return { record, effects: [{ kind: "look_up_marathons", frameworks }], wakeAtMs: nowMs };
  }
  const { records: others = [], unreadable = [] } = moment.others ?? {};
  // What they move now is not known, and it must not count as healthy.
  if (unreadable.length > 0) {
    const trouble = besideUnreadable(unreadable);
    return { record: inTrouble(record, trouble, nowMs), effects: [], wakeAtMs: move.untilMs };
  }
  const open = [record, ...others];
  const scene = { batch, world, looks: marathons, open, nowMs };
  const step = moveStep(move, scene);
  const lookAtMs = nowMs + policy.pollMs;
  const next = { ...step.move, lookAtMs };
  const told = movedOn(record, move, next, nowMs);
  const over = step.kills.length > 0 ? null : whyOver(next, scene);
  return {
    record: over === null ? told : endMove(told, next, over, nowMs),
    effects: step.kills.map((kill) => ({
      kind: "kill_tasks" as const,
      batch: batch.id,
      approval: move.approval,
      ...kill,
    })),
    wakeAtMs: lookAtMs,
  };
}

/** A move of a batch that does not drain any more is over: it was cancelled, skipped, or its Down was approved. */
export function withMovesOver(record: Maintenance, nowMs: Millis): Maintenance {
  const last = record.moves.at(-1);
  if (last === undefined || last.end !== null) return record;
  const batch = batchOf(record, last.batch);
  if (record.cancel !== null || batch === null || batch.phase === "cancelled")
    return endMove(record, last, "The machines are given back.", nowMs);
  if (isDraining(batch) && batch.skippedBy !== undefined)
    return endMove(record, last, "The batch was skipped.", nowMs);
  if (isDraining(batch) || batch.phase === "scheduled") return record;
  const approved = batch.phase === "kill_draining" ? "A kill-drain" : "Down";
  return endMove(record, last, `${approved} was approved.`, nowMs);
}
