import { movedOn, openMove, withMove } from "../../../maintenance/moving/moves.js";
import { moveStepEvents } from "../../../maintenance/moving/steps.js";
import type { Write } from "../../../maintenance/phases/step.js";
import { batchOf, isDraining } from "../../../maintenance/record/batch.js";
import { withEvent } from "../../../maintenance/record/log.js";
import type { AppMove } from "../../../maintenance/record/move.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import type { Millis } from "../../../maintenance/time.js";
import { MarathonError, marathonWords, willLast } from "../../../marathon/errors.js";
import { type Answer, LOOK_AGAIN, type Outcome, type Scene, send } from "./send.js";

type Kill = Extract<Write, { kind: "kill_tasks" }>;

/**
 * Kills only what an approval to move tasks names, and what is written down in the stored record as killed (invariants 5, 7).
 */
export async function killTasks(record: Maintenance, call: Kill, scene: Scene): Promise<Outcome> {
  const batch = batchOf(record, call.batch);
  const approval = batch?.approvals.find(({ id }) => id === call.approval);
  const move = openMove(record, call.batch);
  if (batch === null || !isDraining(batch) || approval?.about !== "move_tasks" || move === null)
    return LOOK_AGAIN;
  if (approval.outcome?.kind !== "granted" || move.approval !== approval.id) return LOOK_AGAIN;
  const approved = (approval.move?.apps ?? []).filter(({ frameworkId }) => frameworkId === call.frameworkId);
  const named = new Set(approved.flatMap(({ tasks }) => tasks.map(({ id }) => id)));
  const written = new Set(move.apps.flatMap(({ kills }) => kills.map(({ task }) => task)));
  if (!call.tasks.every((task) => named.has(task) && written.has(task))) return LOOK_AGAIN;
  return await send(scene, (maySend) =>
    scene.cluster.marathons.kill(call.frameworkId, call.tasks, scene.world, maySend),
  );
}

/**
 * A kill that was certainly not carried out is taken back: decided anew where Marathon could not be reached, and never where
 * it refuses and will go on to. One without an answer stays (invariant 7).
 */
export function toldKill(record: Maintenance, call: Kill, answer: Answer, nowMs: Millis): Maintenance {
  if (answer.kind === "refused") return toldRefusal(record, call, answer.error, nowMs);
  const why = answer.kind === "accepted" ? null : wordsOf(answer.error);
  const told = moveStepEvents(record, call, why).reduce(
    (next, event) => withEvent(next, nowMs, event),
    record,
  );
  if (why !== null) return told;
  return withApps(told, call, ({ unasked, ...app }) => app);
}

/** The record without these kills: Marathon was not asked for them. */
export function withoutKills(record: Maintenance, call: Kill): Maintenance {
  return withApps(record, call, (app) => ({
    ...app,
    kills: app.kills.filter(({ task }) => !call.tasks.includes(task)),
  }));
}

function toldRefusal(record: Maintenance, call: Kill, error: unknown, nowMs: Millis): Maintenance {
  const words = wordsOf(error);
  const isLasting = error instanceof MarathonError && willLast(error);
  const taken = withoutKills(record, call);
  const before = openMove(taken, call.batch);
  const told = withApps(taken, call, (app) => {
    if (app.stopped !== null) return app;
    return isLasting
      ? { ...app, stopped: `${words} Then ask again with Move tasks.` }
      : { ...app, unasked: words };
  });
  const after = openMove(told, call.batch);
  if (before === null || after === null) return taken;
  return movedOn(taken, before, isLasting ? after : { ...after, away: after.away ?? words }, nowMs);
}

/** The record with each app of the Marathon that a call is for changed. */
function withApps(record: Maintenance, call: Kill, change: (app: AppMove) => AppMove): Maintenance {
  const move = openMove(record, call.batch);
  if (move === null) return record;
  const apps = move.apps.map((app) => (app.frameworkId === call.frameworkId ? change(app) : app));
  return withMove(record, { ...move, apps });
}

function wordsOf(error: unknown): string {
  if (error instanceof MarathonError) return marathonWords(error);
  return "Marathon could not be asked: the bot ran into an error of its own. Look into the worker's log and report it.";
}
