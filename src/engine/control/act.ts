import { grantedApproval } from "../../maintenance/approval/question.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { World } from "../../maintenance/cluster/world.js";
import type { Write } from "../../maintenance/phases/step.js";
import { batchOf, drainingAgain, withBatch } from "../../maintenance/record/batch.js";
import { withEvent } from "../../maintenance/record/log.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { troubleOf, withTrouble } from "../../maintenance/record/troubles.js";
import {
  withAcceptedRemoval,
  withConfirmedUp,
  withPossiblePost,
  withRefusedRemoval,
} from "../../maintenance/sight/own-calls.js";
import { applyEdit, type ScheduleEdit, sameSchedule } from "../../maintenance/window/edit.js";
import { MesosError } from "../../mesos/errors/errors.js";
import type { Cluster } from "../cluster/cluster.js";
import { isAway, isUnsettledCall, troubleFrom } from "../lanes/troubles.js";
import type { Proof } from "../store/owned.js";
import { UNDONE, type Undone } from "./not-done.js";

/** What became of an effect. */
export interface Acted {
  readonly record: Maintenance;
  /** Whether the call was made. */
  readonly sent: boolean;
  /** Why it was not carried out, or may not have been, is told in the record. */
  readonly failed: boolean;
}

/** What it takes to carry out an effect. */
interface Scene {
  /** What the effect was decided on. */
  readonly world: World;
  readonly cluster: Cluster;
  /** That nobody else is doing the same. */
  readonly proof: Proof;
  readonly now: () => number;
}

/**
 * Carries out one effect and writes into the record only what the call itself told: a refusal, or that no answer came.
 * Success is not written down here; the next look at the world shows it (observe, decide, act, observe again).
 */
export async function act(record: Maintenance, effect: Write, scene: Scene): Promise<Acted> {
  switch (effect.kind) {
    case "update_schedule":
      return await updateSchedule(record, effect, scene);
    case "start_maintenance":
      return await startMaintenance(record, effect, scene);
    case "stop_maintenance":
      return await stopMaintenance(record, effect, scene);
  }
}

/** How a call was answered; `none`: it may have been carried out all the same. */
type Answer = { readonly kind: "accepted" } | { readonly kind: "refused" | "none"; readonly error: unknown };

/**
 * The one place where something is sent. What was decided on another leader's view, or on an old one, is not, and
 * neither is what somebody else may have gone on with since the proof (invariants 2, 8, 13).
 *
 * @returns why it was not sent, in the record as it was before; or how the master answered.
 */
async function send(
  record: Maintenance,
  effect: Write,
  scene: Scene,
  call: () => Promise<void>,
): Promise<Acted | Answer> {
  const stale = whyStale(record, effect, scene);
  if (stale !== null) return stale;
  try {
    await call();
    return { kind: "accepted" };
  } catch (error) {
    return { kind: isUnsettledCall(error) ? "none" : "refused", error };
  } finally {
    scene.cluster.forget();
  }
}

/** What was decided on a view older than this is decided again instead (invariant 2). */
const OLDEST_VIEW_MS = 30_000;

/** Why a call is not made now; `null` when nothing speaks against it. */
function whyStale(record: Maintenance, effect: Write, scene: Scene): Acted | null {
  const { world, cluster, now } = scene;
  const before = notSent(record, effect);
  if (cluster.master.leader() !== world.leader) return { record: before, sent: false, failed: false };
  const old = whatIsOld(scene);
  return old === null ? null : { record: withTrouble(before, old, now()), sent: false, failed: true };
}

function whatIsOld({ world, cluster, proof }: Scene) {
  const ageMs = cluster.ageMs(world);
  if (ageMs > OLDEST_VIEW_MS)
    return troubleOf("view_too_old", { seconds: String(Math.round(ageMs / 1_000)) });
  return proof.holds() ? null : troubleOf("proof_too_old", {});
}

/** Nothing was sent: the record as it was before it was decided. */
function notSent(record: Maintenance, effect: Write): Maintenance {
  if (effect.kind !== "start_maintenance") return settled(record);
  const batch = batchOf(record, effect.batch);
  return batch?.phase === "taking_down" ? withBatch(record, { ...batch, intent: null }) : record;
}

/**
 * Read, merge our change, write (invariant 1). The list is read once more right before the write, because other people
 * may have posted since the world was read. Nothing is posted when nothing would change (invariant 3).
 */
async function updateSchedule(
  record: Maintenance,
  effect: Extract<Write, { kind: "update_schedule" }>,
  scene: Scene,
): Promise<Acted> {
  const { edit } = effect;
  const { world, cluster, now } = scene;
  const undone = UNDONE[edit.kind];
  let next: Schedule;
  try {
    const schedule = await cluster.master.scheduleOf(world.leaderId);
    // Another leader may show us less than this one did: posting on top of that would wipe windows (invariants 1, 2).
    if (schedule === null) return { record: settled(record), sent: false, failed: false };
    next = applyEdit(schedule, edit, world.status.down);
    if (sameSchedule(schedule, next)) return { record: settled(record), sent: false, failed: false };
  } catch (error) {
    return {
      record: withTrouble(settled(record), troubleFrom(error, undone.notDone), now()),
      sent: false,
      failed: true,
    };
  }
  const answer = await send(record, effect, scene, () => cluster.master.updateSchedule(next));
  if ("sent" in answer) return answer;
  const told = toldAnswer(record, answer, undone, scene);
  return { ...told, record: withPost(told.record, edit, answer.kind, scene) };
}

/** What the answer to a post, or that none came, tells of the windows of these machines. */
function withPost(
  record: Maintenance,
  { kind, machines }: ScheduleEdit,
  answer: Answer["kind"],
  { cluster, now }: Scene,
): Maintenance {
  switch (`${kind} ${answer}` as const) {
    case "place accepted":
      return withPossiblePost(record, machines, now());
    case "place none":
      // Only a view that can be filtered hides a window that was posted (invariant 2).
      return cluster.policy.hasCredentials ? withPossiblePost(record, machines, now()) : record;
    case "remove accepted":
      return withAcceptedRemoval(record, machines, now());
    case "remove refused":
      return withRefusedRemoval(record, machines);
    default:
      return record;
  }
}

/** A call that can be repeated without harm. Without an answer it is neither repeated nor given up for a while (invariant 7). */
function toldAnswer(record: Maintenance, answer: Answer, undone: Undone, { cluster, now }: Scene): Acted {
  if (answer.kind === "accepted") return { record: settled(record), sent: true, failed: false };
  const said = answer.kind === "none" ? undone.notKnown : undone.notDone;
  const told = withTrouble(settled(record), troubleFrom(answer.error, said), now());
  const unsettledUntilMs = answer.kind === "none" ? now() + cluster.policy.settleMs : null;
  return { record: { ...told, unsettledUntilMs }, sent: true, failed: true };
}

/** It is known whether the last call was carried out, or that there was none. */
function settled(record: Maintenance): Maintenance {
  return { ...record, unsettledUntilMs: null };
}

/**
 * The one call that cannot be undone. The intent stands in the stored record already (invariant 5); it goes only when
 * it is certain that the call was not carried out.
 */
async function startMaintenance(
  record: Maintenance,
  effect: Extract<Write, { kind: "start_maintenance" }>,
  scene: Scene,
): Promise<Acted> {
  const { cluster, now } = scene;
  const batch = batchOf(record, effect.batch);
  if (batch?.phase !== "taking_down" || grantedApproval(batch) === null || batch.intent === null)
    return { record, sent: false, failed: false };
  const answer = await send(record, effect, scene, () => cluster.master.startMaintenance(effect.machines));
  if ("sent" in answer) return answer;
  if (answer.kind === "accepted") return { record, sent: true, failed: false };
  const { error } = answer;
  const failed = (record: Maintenance): Acted => ({ record, sent: true, failed: true });
  // "Not draining" may mean that an earlier call of ours has landed in the meantime: the world tells.
  if (answer.kind === "none" || (error instanceof MesosError && error.code === "not_draining")) {
    // Counted from the end of the call: only from now on can it no longer be under way here.
    const waiting = withBatch(record, { ...batch, intent: { ...batch.intent, sentAtMs: now() } });
    return failed(withTrouble(waiting, troubleFrom(error, UNDONE.start.notKnown), now()));
  }
  const back = withBatch(record, { ...batch, intent: null });
  if (isAway(error)) return failed(withTrouble(back, troubleFrom(error, UNDONE.start.notDone), now()));
  // Refused for good: the approval is used up without an effect, and a person decides anew.
  const trouble = troubleFrom(error, "The machines were not taken down.");
  const again = trouble.code === "not_scheduled" ? "" : " Then ask for Down again.";
  const told = withEvent(back, now(), { kind: "trouble", ...trouble, next: `${trouble.next}${again}` });
  return failed(withBatch(told, drainingAgain({ ...batch, intent: null }, true)));
}

async function stopMaintenance(
  record: Maintenance,
  effect: Extract<Write, { kind: "stop_maintenance" }>,
  scene: Scene,
): Promise<Acted> {
  const { machines, answerCounts } = effect;
  const answer = await send(record, effect, scene, async () => {
    try {
      await scene.cluster.master.stopMaintenance(machines);
    } catch (error) {
      if (!answerCounts || !isNotDown(error)) throw error;
    }
  });
  if ("sent" in answer) return answer;
  const told = toldAnswer(record, answer, UNDONE.stop, scene);
  return answer.kind === "accepted" ? { ...told, record: withConfirmedUp(told.record, machines) } : told;
}

function isNotDown(error: unknown): boolean {
  return error instanceof MesosError && (error.code === "not_down" || error.code === "not_scheduled");
}
