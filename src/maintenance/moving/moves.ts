import { type Blocked, type DownAsked, WAITS, whyNothingNow } from "../approval/down-rules.js";
import { endMs } from "../cluster/schedule.js";
import { withEvent } from "../record/log.js";
import { type Move, type MovePlan, movedOf } from "../record/move.js";
import type { Approval, Batch, Maintenance } from "../record/record.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Millis } from "../time.js";
import { worseMoves } from "./plan.js";

/** A task that still runs so long after its kill was asked for was not killed, or refuses to end. */
export const KILL_TAKES_MS: Millis = 300_000;

/**
 * The tasks that Marathon was asked to kill and that are not known to be gone, also where their move is over. After a while
 * a task that Marathon still shows was not killed: it dropped the kill.
 */
export function dyingTasks({ moves }: Pick<Maintenance, "moves">, nowMs: Millis): string[] {
  const kills = moves.flatMap(({ apps }) => apps.flatMap((app) => app.kills));
  return kills.flatMap(({ task, isGone, atMs }) => (!isGone && nowMs - atMs < KILL_TAKES_MS ? [task] : []));
}

/** The moving of tasks of a batch that is not over, or `null`. */
export function openMove({ moves }: Maintenance, batch: string): Move | null {
  const last = moves.at(-1);
  return last !== undefined && last.end === null && last.batch === batch ? last : null;
}

/** The record with this move in the place of the one of its approval. */
export function withMove(record: Maintenance, move: Move): Maintenance {
  return { ...record, moves: record.moves.map((one) => (one.approval === move.approval ? move : one)) };
}

/**
 * The record with a move as it has become, and with what changed told: a Marathon that is away, which stops nothing but the
 * kills, once, and once more when it is back; and of which apps nothing more is moved.
 */
export function movedOn(record: Maintenance, before: Move, after: Move, nowMs: Millis): Maintenance {
  const told = tellAway(withMove(record, after), before, after, nowMs);
  return after.apps.reduce((next, { app, frameworkId, stopped }) => {
    const was = before.apps.find((one) => one.app === app && one.frameworkId === frameworkId);
    if (stopped === null || was?.stopped === stopped) return next;
    return withEvent(next, nowMs, { kind: "move_stopped", batch: after.batch, app, why: stopped });
  }, told);
}

function tellAway(record: Maintenance, before: Move, { away, apps }: Move, nowMs: Millis): Maintenance {
  if ((before.away === null) === (away === null)) return record;
  // Nothing goes on where nothing more is moved.
  if (away === null && apps.every(({ stopped }) => stopped !== null)) return record;
  const text =
    away === null
      ? "Marathon answers again; moving tasks goes on."
      : `${away} No task is killed meanwhile; everything else goes on.`;
  return withEvent(record, nowMs, { kind: "note", text });
}

/** Moving begins under an approval that was just granted; at the window's end it is over at the latest. */
export function beginMove(
  record: Maintenance,
  batch: Batch,
  { id, expiresAtMs, move: plan }: Approval,
  by: string,
  nowMs: Millis,
): Maintenance {
  const move: Move = {
    batch: batch.id,
    approval: id,
    by,
    sinceMs: nowMs,
    untilMs: Math.min(expiresAtMs, endMs(batch.window) ?? expiresAtMs),
    lookAtMs: nowMs,
    apps: (plan?.apps ?? []).map((app) => ({ ...app, kills: [], known: [], relaunched: [], stopped: null })),
    away: null,
    end: null,
  };
  return { ...record, moves: [...record.moves, move] };
}

/** The move is over: nothing is killed under its approval any more. */
export function endMove(record: Maintenance, move: Move, why: string, nowMs: Millis): Maintenance {
  const over = withMove(record, { ...move, end: { atMs: nowMs, why } });
  return withEvent(over, nowMs, { kind: "move_ended", batch: move.batch, why, ...movedOf(move) });
}

/** Why an approval of moving tasks may not be given now; what was shown is compared with what would be moved now. */
export function whyNotMove(asked: DownAsked, plan: MovePlan): Blocked | null {
  const blocked = whyNothingNow(asked);
  const { move: shown } = asked.approval;
  if (blocked !== null || shown === undefined) return blocked;
  const changes = [...asked.obstacles.notOurs, ...worseMoves(shown, plan)];
  if (changes.length === 0) return null;
  return {
    ...WAITS,
    then: "worse",
    why: `It got worse since the question was asked: ${quoted(list(changes, "; ", 5))}.`,
    next: "Look at the newest messages of the thread and decide again.",
    changes,
  };
}
