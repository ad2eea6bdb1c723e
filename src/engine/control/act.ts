import type { Write } from "../../maintenance/phases/step.js";
import type { Policy } from "../../maintenance/policy/policy.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { withTrouble } from "../../maintenance/record/troubles.js";
import { withConfirmedUp } from "../../maintenance/sight/own-calls.js";
import type { Millis } from "../../maintenance/time.js";
import { MesosError } from "../../mesos/errors/errors.js";
import { drainAgent, toldDrain, withoutDrainIntent } from "./calls/drain-agent.js";
import { killTasks, toldKill, withoutKills } from "./calls/kill-tasks.js";
import { postSchedule, toldPost } from "./calls/post-schedule.js";
import { type Outcome, type Scene, send } from "./calls/send.js";
import { startMaintenance, toldStart, withoutIntent } from "./calls/start-maintenance.js";
import { settled, toldAnswer } from "./calls/told-answer.js";
import type { WriteCall } from "./next-step.js";
import { UNDONE } from "./not-done.js";

/** Makes one call. Whether it is done, the next look at the world shows; the one before it is of the past. */
export async function act(record: Maintenance, call: WriteCall, scene: Scene): Promise<Outcome> {
  try {
    switch (call.kind) {
      case "post_schedule":
        return await postSchedule(call.edits, scene);
      case "start_maintenance":
        return await startMaintenance(record, call, scene);
      case "stop_maintenance":
        return await stopMaintenance(call, scene);
      case "drain_agent":
        return await drainAgent(record, call, scene);
      case "reactivate_agent":
        return await send(scene, (maySend) => scene.cluster.master.reactivateAgent(call.agentId, maySend));
      case "kill_tasks":
        return await killTasks(record, call, scene);
    }
  } finally {
    scene.cluster.forget();
  }
}

/**
 * The record with what the call itself told: a refusal, or that no answer came. Success is not written down here; the
 * next look at the world shows it (observe, decide, act, observe again).
 */
export function told(
  record: Maintenance,
  call: WriteCall,
  outcome: Outcome,
  policy: Policy,
  nowMs: Millis,
): Maintenance {
  if (outcome.kind === "not_sent") {
    const before = notSent(record, call);
    // It stops the kill alone, which is decided again at the next look.
    if (call.kind === "kill_tasks") return before;
    return outcome.trouble === null ? before : withTrouble(before, outcome.trouble, nowMs);
  }
  switch (call.kind) {
    case "post_schedule":
      return toldPost(record, call.edits, outcome, policy, nowMs);
    case "start_maintenance":
      return toldStart(record, call, outcome, nowMs);
    case "stop_maintenance": {
      const answered = toldAnswer(record, outcome, UNDONE.stop, policy, nowMs);
      return outcome.kind === "accepted" ? withConfirmedUp(answered, call.machines) : answered;
    }
    case "drain_agent":
      return toldDrain(record, call, outcome, nowMs);
    case "reactivate_agent":
      return toldAnswer(record, outcome, UNDONE.reactivate, policy, nowMs);
    case "kill_tasks":
      return toldKill(record, call, outcome, nowMs);
  }
}

/** Whether the record holds an intent for this very call, so that a crash in the middle of it is known by that. */
export function hasIntent({ kind }: WriteCall): boolean {
  return kind === "start_maintenance" || kind === "drain_agent" || kind === "kill_tasks";
}

/** Nothing was sent: the record as it was before it was decided. */
function notSent(record: Maintenance, call: WriteCall): Maintenance {
  switch (call.kind) {
    case "drain_agent":
      return withoutDrainIntent(record, call);
    case "kill_tasks":
      return withoutKills(record, call);
    case "start_maintenance":
      return withoutIntent(record, call);
    default:
      return settled(record);
  }
}

async function stopMaintenance(
  { machines, answerCounts }: Extract<Write, { kind: "stop_maintenance" }>,
  scene: Scene,
): Promise<Outcome> {
  return await send(scene, async (maySend) => {
    try {
      await scene.cluster.master.stopMaintenance(machines, maySend);
    } catch (error) {
      if (!answerCounts || !isNotDown(error)) throw error;
    }
  });
}

function isNotDown(error: unknown): boolean {
  return error instanceof MesosError && (error.code === "not_down" || error.code === "not_scheduled");
}
