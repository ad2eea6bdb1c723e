import { openMove, withMove } from "../../../maintenance/moving/moves.js";
import { moveStepEvents } from "../../../maintenance/moving/steps.js";
import type { Write } from "../../../maintenance/phases/step.js";
import { batchOf, isDraining } from "../../../maintenance/record/batch.js";
import { withEvent } from "../../../maintenance/record/log.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import { quoted } from "../../../maintenance/text/quote.js";
import type { Millis } from "../../../maintenance/time.js";
import { MarathonError } from "../../../marathon/errors.js";
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

/** A kill that was certainly not carried out is taken back, and decided anew; one without an answer stays (invariant 7). */
export function toldKill(record: Maintenance, call: Kill, answer: Answer, nowMs: Millis): Maintenance {
  if (answer.kind === "refused") return withoutKills(record, call, marathonsWords(answer.error));
  const told = moveStepEvents(record, call, answer.kind === "accepted").reduce(
    (next, event) => withEvent(next, nowMs, event),
    record,
  );
  const move = openMove(told, call.batch);
  return answer.kind === "accepted" || move === null
    ? told
    : withMove(told, { ...move, away: marathonsWords(answer.error) });
}

export function withoutKills(record: Maintenance, call: Kill, away: string | null): Maintenance {
  const move = openMove(record, call.batch);
  if (move === null) return record;
  const apps = move.apps.map((app) =>
    app.frameworkId === call.frameworkId
      ? { ...app, kills: app.kills.filter(({ task }) => !call.tasks.includes(task)) }
      : app,
  );
  return withMove(record, { ...move, apps, away: away ?? move.away });
}

function marathonsWords(error: unknown): string {
  if (!(error instanceof MarathonError))
    return "Marathon could not be asked: the bot ran into an error of its own.";
  const { what, said } = error;
  return said === null ? what : `${what} It said: ${quoted(said)}`;
}
