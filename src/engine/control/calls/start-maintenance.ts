import { grantedApproval } from "../../../maintenance/approval/question.js";
import type { Write } from "../../../maintenance/phases/step.js";
import { batchOf, drainingAgain, withBatch } from "../../../maintenance/record/batch.js";
import { withEvent } from "../../../maintenance/record/log.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import { withTrouble } from "../../../maintenance/record/troubles.js";
import type { Millis } from "../../../maintenance/time.js";
import { MesosError } from "../../../mesos/errors/errors.js";
import { isAway, troubleFrom } from "../../lanes/troubles.js";
import { UNDONE } from "../not-done.js";
import { type Answer, LOOK_AGAIN, type Outcome, type Scene, send } from "./send.js";

type Start = Extract<Write, { kind: "start_maintenance" }>;

/** The one call that cannot be undone. The intent stands in the stored record already (invariant 5). */
export async function startMaintenance(record: Maintenance, effect: Start, scene: Scene): Promise<Outcome> {
  const batch = batchOf(record, effect.batch);
  if (batch?.phase !== "taking_down" || grantedApproval(batch, "down") === null || batch.intent === null)
    return LOOK_AGAIN;
  return await send(scene, (maySend) => scene.cluster.master.startMaintenance(effect.machines, maySend));
}

/** The intent goes only when it is certain that the call was not carried out. */
export function toldStart(record: Maintenance, effect: Start, answer: Answer, nowMs: Millis): Maintenance {
  const batch = batchOf(record, effect.batch);
  if (answer.kind === "accepted" || batch?.phase !== "taking_down" || batch.intent === null) return record;
  const { error } = answer;
  // "Not draining" may mean that an earlier call of ours has landed in the meantime: the world tells.
  if (answer.kind === "none" || (error instanceof MesosError && error.code === "not_draining")) {
    // Counted from the end of the call: only from now on can it no longer be under way here.
    const waiting = withBatch(record, { ...batch, intent: { ...batch.intent, sentAtMs: nowMs } });
    return withTrouble(waiting, troubleFrom(error, UNDONE.start.notKnown), nowMs);
  }
  const back = withBatch(record, { ...batch, intent: null });
  if (isAway(error)) return withTrouble(back, troubleFrom(error, UNDONE.start.notDone), nowMs);
  // Refused for good: the approval is used up without an effect, and a person decides anew.
  const trouble = troubleFrom(error, "The machines were not taken down.", "ask for Down again");
  const event = { kind: "trouble", ...trouble } as const;
  return withBatch(withEvent(back, nowMs, event), drainingAgain({ ...batch, intent: null }, true));
}

/** Nothing was sent: the record as it was before it was decided. */
export function withoutIntent(record: Maintenance, { batch: id }: Start): Maintenance {
  const batch = batchOf(record, id);
  return batch?.phase === "taking_down" ? withBatch(record, { ...batch, intent: null }) : record;
}
