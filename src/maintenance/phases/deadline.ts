import { isEmpty, pictureOf } from "../answers/verdicts.js";
import { mayAskNow } from "../approval/obstacles.js";
import { ask, openApproval, seenNow, withdrawn } from "../approval/question.js";
import { closedForDown } from "../policy/hours.js";
import { isBeforeApproval, isDraining } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Batch, DrainingBatch, Maintenance } from "../record/record.js";
import { turnOf } from "../rolling/turn.js";
import { nanosToMillis } from "../time.js";
import type { Moment } from "./step.js";

/**
 * What was asked for should the machines not be empty by a time: give them back, or ask. `force` asks too: a person
 * approves a Down in any case, and the question says that it is a forced one. While somebody holds it, or a rule has paused it, the
 * deadline waits.
 */
export function atDeadline(before: Maintenance, moment: Moment): Maintenance {
  const record = withDeadlineOfTurn(before);
  const { deadline, picture } = record;
  const { nowMs, policy } = moment;
  if (deadline === null || deadline.met || picture === null || nowMs < deadline.atMs) return record;
  const batch = turnOf(record);
  if (record.held !== null || record.paused !== null || batch === null || !isBeforeApproval(batch))
    return record;
  const views = pictureOf(batch.machines, picture).machines;
  if (isDraining(batch) && views.every(isEmpty)) return acted(record, deadline);
  const tasksLeft = views.reduce((sum, view) => sum + view.tasks, 0);
  // The policy may have changed since the drain was planned: then it is asked without force.
  const then = deadline.then === "force" && !policy.allowForce ? "ask" : deadline.then;
  const told = withEvent(acted(record, deadline), nowMs, { kind: "deadline", then, tasksLeft });
  if (then === "release") {
    const unasked = record.batches.map((one) => withdrawn(one, nowMs, { why: "deadline", by: null }));
    return { ...told, batches: unasked, cancel: { by: record.requester, atMs: nowMs } };
  }
  if (!isDraining(batch) || !canAsk(record, batch, moment)) return record;
  return askFor(told, batch, then === "force", moment);
}

/** Of several batches each has a deadline of its own, as long after the start of its window, once it is its turn. */
function withDeadlineOfTurn(record: Maintenance): Maintenance {
  const { deadline, batches } = record;
  const batch = turnOf(record);
  if (deadline?.afterMs === undefined || batches.length < 2 || batch === null) return record;
  const atMs = nanosToMillis(batch.window.start) + deadline.afterMs;
  if (deadline.batch === batch.id && deadline.atMs === atMs) return record;
  const met = deadline.batch === batch.id && deadline.met;
  return { ...record, deadline: { ...deadline, atMs, met, batch: batch.id } };
}

/** When it is due, or `null` when nothing is to be done any more. */
export function deadlineWake(record: Maintenance, nowMs: number): number | null {
  const { deadline } = record;
  return deadline !== null && !deadline.met && deadline.atMs > nowMs ? deadline.atMs : null;
}

/** Nothing is to be done about the deadline any more. */
function acted(record: Maintenance, deadline: NonNullable<Maintenance["deadline"]>): Maintenance {
  return { ...record, deadline: { ...deadline, met: true } };
}

function canAsk(record: Maintenance, batch: Batch, { world, policy, nowMs }: Moment): boolean {
  if (record.picture === null || closedForDown(record, policy, nowMs) !== null) return false;
  return mayAskNow(record, batch, pictureOf(batch.machines, record.picture), world);
}

/** A question that stands already is enough, unless this one is forced: that takes an approval of its own. */
function askFor(record: Maintenance, batch: DrainingBatch, forced: boolean, moment: Moment): Maintenance {
  const { world, policy, nowMs } = moment;
  const open = openApproval(batch);
  const stands = open?.about === "down" && nowMs < open.expiresAtMs;
  if (record.picture === null || (stands && !forced)) return record;
  const seen = seenNow(world, batch, pictureOf(batch.machines, record.picture));
  return ask(record, batch, seen, { about: "down", by: null, forced }, policy, nowMs);
}
