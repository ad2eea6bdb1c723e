import type { MaySend } from "../../base/write-connection.js";
import { grantedApproval } from "../../maintenance/approval/question.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { World } from "../../maintenance/cluster/world.js";
import { openMove, withMove } from "../../maintenance/moving/moves.js";
import { moveStepEvents } from "../../maintenance/moving/steps.js";
import type { Write } from "../../maintenance/phases/step.js";
import type { Policy } from "../../maintenance/policy/policy.js";
import { batchOf, drainingAgain, isDraining, toBePosted, withBatch } from "../../maintenance/record/batch.js";
import { withEvent } from "../../maintenance/record/log.js";
import type { Maintenance, Trouble } from "../../maintenance/record/record.js";
import { troubleOf, withTrouble } from "../../maintenance/record/troubles.js";
import {
  withAcceptedRemoval,
  withConfirmedUp,
  withPossiblePost,
  withRefusedRemoval,
} from "../../maintenance/sight/own-calls.js";
import { quoted } from "../../maintenance/text/quote.js";
import type { Millis } from "../../maintenance/time.js";
import { applyEdit, type ScheduleEdit, sameSchedule } from "../../maintenance/window/edit.js";
import { MarathonError } from "../../marathon/errors.js";
import { MesosError } from "../../mesos/errors/errors.js";
import type { Cluster } from "../cluster/cluster.js";
import { isAway, isUnsettledCall, troubleFrom } from "../lanes/troubles.js";
import type { Proof } from "../store/owned.js";
import type { WriteCall } from "./next-step.js";
import { UNDONE, type Undone } from "./not-done.js";

/** What became of a call. */
export type Outcome =
  | { readonly kind: "accepted" }
  /** `none`: it may have been carried out all the same. */
  | { readonly kind: "refused" | "none"; readonly error: unknown }
  /** `trouble` says why; `null` where looking again is all there is to do. */
  | { readonly kind: "not_sent"; readonly trouble: Omit<Trouble, "sinceMs"> | null };

/** What it takes to carry out an effect. */
interface Scene {
  /** What the effect was decided on. */
  readonly world: World;
  readonly cluster: Cluster;
  /** That nobody else is doing the same. */
  readonly proof: Proof;
  /** Edits of other maintenances that go into the same post. */
  readonly beside: readonly ScheduleEdit[];
}

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
    case "post_schedule": {
      const answered = toldAnswer(record, outcome, undoneBy(call.edits), policy, nowMs);
      return call.edits.reduce((next, edit) => withPost(next, edit, outcome.kind, policy, nowMs), answered);
    }
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

/** How a master took a call that was made. */
type Answer = Exclude<Outcome, { kind: "not_sent" }>;

export const LOOK_AGAIN = { kind: "not_sent", trouble: null } as const;

/**
 * The one place where something is sent. What was decided on another leader's view, or on an old one, is not, and
 * neither is what somebody else may have gone on with since the proof (invariants 2, 8, 13). Connecting takes seconds
 * where the network is slow, so the proof is looked at once more when the connection stands.
 */
async function send(scene: Scene, call: (maySend: MaySend) => Promise<void>): Promise<Outcome> {
  const { world, cluster, proof } = scene;
  if (cluster.master.leader() !== world.leader) return LOOK_AGAIN;
  const ageMs = cluster.ageMs(world);
  if (ageMs > OLDEST_VIEW_MS) {
    const seconds = String(Math.round(ageMs / 1_000));
    return { kind: "not_sent", trouble: troubleOf("view_too_old", { seconds }) };
  }
  if (!proof.holds()) return proofTooOld();
  try {
    await call(() => proof.holds());
    return { kind: "accepted" };
  } catch (error) {
    if (error instanceof MesosError && error.code === "withdrawn") return proofTooOld();
    if (error instanceof MarathonError && error.code === "marathon_withdrawn") return proofTooOld();
    return { kind: isUnsettledCall(error) ? "none" : "refused", error };
  }
}

function proofTooOld(): Outcome {
  return { kind: "not_sent", trouble: troubleOf("proof_too_old", {}) };
}

/** What was decided on a view older than this is decided again instead (invariant 2). */
const OLDEST_VIEW_MS = 30_000;

/** Nothing was sent: the record as it was before it was decided. */
function notSent(record: Maintenance, call: WriteCall): Maintenance {
  if (call.kind === "drain_agent") return withoutDrainIntent(record, call);
  if (call.kind === "kill_tasks") return withoutKills(record, call, null);
  if (call.kind !== "start_maintenance") return settled(record);
  const batch = batchOf(record, call.batch);
  return batch?.phase === "taking_down" ? withBatch(record, { ...batch, intent: null }) : record;
}

/**
 * Read, merge our change, write (invariant 1). The list is read once more right before the write, because other people
 * may have posted since the world was read. Nothing is posted when nothing would change (invariant 3).
 */
async function postSchedule(edits: readonly ScheduleEdit[], scene: Scene): Promise<Outcome> {
  const { world, cluster, beside } = scene;
  let next: Schedule;
  try {
    const schedule = await cluster.master.scheduleOf(world.leaderId);
    // Another leader may show us less than this one did: posting on top of that would wipe windows (invariants 1, 2).
    if (schedule === null) return LOOK_AGAIN;
    const { down } = world.status;
    next = [...edits, ...beside].reduce((list, one) => applyEdit(list, one, down), schedule);
    if (sameSchedule(schedule, next)) return LOOK_AGAIN;
  } catch (error) {
    return { kind: "not_sent", trouble: troubleFrom(error, undoneBy(edits).notDone) };
  }
  return await send(scene, (maySend) => cluster.master.updateSchedule(next, maySend));
}

/** What a post with these edits was to do: windows are posted, moved or taken out, and seldom two of them at once. */
function undoneBy(edits: readonly ScheduleEdit[]): Undone {
  return UNDONE[edits[0]?.kind ?? "place"];
}

/** What the answer to a post, or that none came, tells of the windows of these machines. */
function withPost(
  record: Maintenance,
  { kind, machines }: ScheduleEdit,
  answer: Answer["kind"],
  { hasCredentials }: Policy,
  nowMs: Millis,
): Maintenance {
  switch (`${kind} ${answer}` as const) {
    case "place accepted":
      return withPossiblePost(record, machines, nowMs);
    case "place none":
      // Only a view that can be filtered hides a window that was posted (invariant 2).
      return hasCredentials ? withPossiblePost(record, machines, nowMs) : record;
    case "remove accepted":
      return withAcceptedRemoval(record, machines, nowMs);
    case "remove refused":
      return withRefusedRemoval(record, machines);
    default:
      return record;
  }
}

/** A call that can be repeated without harm. Without an answer it is neither repeated nor given up for a while (invariant 7). */
function toldAnswer(
  record: Maintenance,
  answer: Answer,
  undone: Undone,
  { settleMs }: Policy,
  nowMs: Millis,
): Maintenance {
  if (answer.kind === "accepted") return settled(record);
  const said = answer.kind === "none" ? undone.notKnown : undone.notDone;
  const inTrouble = withTrouble(settled(record), troubleFrom(answer.error, said), nowMs);
  return { ...inTrouble, unsettledUntilMs: answer.kind === "none" ? nowMs + settleMs : null };
}

/** It is known whether the last call was carried out, or that there was none. */
function settled(record: Maintenance): Maintenance {
  return { ...record, unsettledUntilMs: null };
}

type Start = Extract<Write, { kind: "start_maintenance" }>;

/** The one call that cannot be undone. The intent stands in the stored record already (invariant 5). */
async function startMaintenance(record: Maintenance, effect: Start, scene: Scene): Promise<Outcome> {
  const batch = batchOf(record, effect.batch);
  if (batch?.phase !== "taking_down" || grantedApproval(batch, "down") === null || batch.intent === null)
    return LOOK_AGAIN;
  return await send(scene, (maySend) => scene.cluster.master.startMaintenance(effect.machines, maySend));
}

/** The intent goes only when it is certain that the call was not carried out. */
function toldStart(record: Maintenance, effect: Start, answer: Answer, nowMs: Millis): Maintenance {
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

type Drain = Extract<Write, { kind: "drain_agent" }>;

/** Kills tasks, so it is sent under its own approval and with its intent stored, as Down is (invariant 5). */
async function drainAgent(record: Maintenance, effect: Drain, scene: Scene): Promise<Outcome> {
  const batch = batchOf(record, effect.batch);
  const isMeant = batch?.drained.some(({ agentId }) => agentId === effect.agentId) ?? false;
  if (batch?.phase !== "kill_draining" || grantedApproval(batch, "kill_drain") === null || !isMeant)
    return LOOK_AGAIN;
  const { agentId, graceMs } = effect;
  return await send(scene, (maySend) => scene.cluster.master.drainAgent(agentId, graceMs, maySend));
}

/** The intent goes only when it is certain that the call was not carried out. */
function toldDrain(record: Maintenance, effect: Drain, answer: Answer, nowMs: Millis): Maintenance {
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

function withoutDrainIntent(record: Maintenance, { batch: id, agentId }: Drain): Maintenance {
  const batch = batchOf(record, id);
  if (batch === null) return record;
  return withBatch(record, {
    ...batch,
    drained: batch.drained.filter((intent) => intent.agentId !== agentId),
  });
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

type Kill = Extract<Write, { kind: "kill_tasks" }>;

/**
 * Kills only what an approval to move tasks names, and what is written down in the stored record as killed (invariants 5, 7).
 */
async function killTasks(record: Maintenance, call: Kill, scene: Scene): Promise<Outcome> {
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
function toldKill(record: Maintenance, call: Kill, answer: Answer, nowMs: Millis): Maintenance {
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

function withoutKills(record: Maintenance, call: Kill, away: string | null): Maintenance {
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
