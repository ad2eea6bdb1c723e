import { grantedApproval } from "../../../maintenance/approval/question.js";
import type { Write } from "../../../maintenance/phases/step.js";
import { batchOf, toBePosted, withBatch } from "../../../maintenance/record/batch.js";
import { withEvent } from "../../../maintenance/record/log.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import { withTrouble } from "../../../maintenance/record/troubles.js";
import type { Millis } from "../../../maintenance/time.js";
import { MesosError } from "../../../mesos/errors/errors.js";
import { isAway, troubleFrom } from "../../lanes/troubles.js";
import { UNDONE } from "../not-done.js";
import { type Answer, LOOK_AGAIN, type Outcome, type Scene, send } from "./send.js";

type Drain = Extract<Write, { kind: "drain_agent" }>;

/** Kills tasks, so it is sent under its own approval and with its intent stored, as Down is (invariant 5). */
export async function drainAgent(record: Maintenance, effect: Drain, scene: Scene): Promise<Outcome> {
  const batch = batchOf(record, effect.batch);
  const isMeant = batch?.drained.some(({ agentId }) => agentId === effect.agentId) ?? false;
  if (batch?.phase !== "kill_draining" || grantedApproval(batch, "kill_drain") === null || !isMeant)
    return LOOK_AGAIN;
  const { agentId, graceMs } = effect;
  return await send(scene, (maySend) => scene.cluster.master.drainAgent(agentId, graceMs, maySend));
}

/** The intent goes only when it is certain that the call was not carried out. */
export function toldDrain(record: Maintenance, effect: Drain, answer: Answer, nowMs: Millis): Maintenance {
  const batch = batchOf(record, effect.batch);
  if (answer.kind === "accepted" || batch?.phase !== "kill_draining") return record;
  const { error } = answer;
  if (answer.kind === "none") {
    const drained = batch.drained.map((intent) =>
      intent.agentId === effect.agentId ? { ...intent, sentAtMs: nowMs } : intent,
    );
    return withTrouble(
      withBatch(record, { ...batch, drained }),
      troubleFrom(error, UNDONE.drain.notKnown),
      nowMs,
    );
  }
  const back = withoutDrainIntent(record, effect);
  // Another window, or an agent that is gone: the next look tells what stands in the way.
  const isStale =
    error instanceof MesosError && (error.code === "agent_in_schedule" || error.code === "unknown_agent");
  if (isStale || isAway(error)) return withTrouble(back, troubleFrom(error, UNDONE.drain.notDone), nowMs);
  // Refused for good: the approval is used up, and the frameworks are asked to leave instead.
  const notDone = `${UNDONE.drain.notDone} The frameworks are asked to leave instead.`;
  const event = { kind: "trouble", ...troubleFrom(error, notDone, "ask for the kill-drain again") } as const;
  const told = withEvent(back, nowMs, event);
  const left = batchOf(told, effect.batch);
  return left?.phase === "kill_draining" ? withBatch(told, toBePosted(left, false, null)) : told;
}

export function withoutDrainIntent(record: Maintenance, { batch: id, agentId }: Drain): Maintenance {
  const batch = batchOf(record, id);
  if (batch === null) return record;
  return withBatch(record, {
    ...batch,
    drained: batch.drained.filter((intent) => intent.agentId !== agentId),
  });
}
