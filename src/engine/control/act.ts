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

/** What became of an effect. */
export interface Acted {
  readonly record: Maintenance;
  /** Why it was not carried out, or may not have been, is told in the record. */
  readonly failed: boolean;
}

/** What it takes to carry out an effect. */
interface Scene {
  /** What the effect was decided on. */
  readonly world: World;
  readonly cluster: Cluster;
  readonly now: () => number;
}

/**
 * Carries out one effect and writes into the record only what the call itself told: a refusal, or that no answer came.
 * Success is not written down here; the next look at the world shows it (observe, decide, act, observe again).
 */
export async function act(record: Maintenance, effect: Write, scene: Scene): Promise<Acted> {
  const stale = whyStale(record, effect, scene);
  if (stale !== null) return stale;
  switch (effect.kind) {
    case "update_schedule":
      return await updateSchedule(record, effect, scene);
    case "start_maintenance":
      return await startMaintenance(record, effect, scene);
    case "stop_maintenance":
      return await stopMaintenance(record, effect, scene);
  }
}

/** What was decided on a view older than this is decided again instead (invariant 2). */
const OLDEST_VIEW_MS = 30_000;

/** What was decided on another leader's view, or on an old one, is not sent; `null` when nothing speaks against it. */
function whyStale(record: Maintenance, effect: Write, { world, cluster, now }: Scene): Acted | null {
  if (cluster.master.leader() !== world.leader) return { record: notSent(record, effect), failed: false };
  const ageMs = now() - world.observedAtMs;
  if (ageMs <= OLDEST_VIEW_MS) return null;
  const trouble = troubleOf("view_too_old", { seconds: String(Math.round(ageMs / 1_000)) });
  return { record: withTrouble(notSent(record, effect), trouble, now()), failed: true };
}

/** Nothing was sent: the record as it was before it was decided. */
function notSent(record: Maintenance, effect: Write): Maintenance {
  if (effect.kind !== "start_maintenance") return settled(record);
  const batch = batchOf(record, effect.batch);
  return batch?.phase === "taking_down" ? withBatch(record, { ...batch, intent: null }) : record;
}

const NOT_POSTED: Record<ScheduleEdit["kind"], string> = {
  place: "The window is not posted yet.",
  move: "The longer window is not posted yet.",
  remove: "The machines are not given back yet.",
};

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
  const notDone = NOT_POSTED[edit.kind];
  let next: Schedule;
  try {
    const schedule = await cluster.master.scheduleOf(world.leaderId);
    // Another leader may show us less than this one did: posting on top of that would wipe windows (invariants 1, 2).
    if (schedule === null) {
      cluster.forget();
      return { record: settled(record), failed: false };
    }
    next = applyEdit(schedule, edit, world.status.down);
    if (sameSchedule(schedule, next)) return { record: settled(record), failed: false };
  } catch (error) {
    return { record: withTrouble(settled(record), troubleFrom(error, notDone), now()), failed: true };
  }
  const stale = whyStale(record, effect, scene);
  if (stale !== null) return stale;
  const { answer, ...acted } = await write(record, notDone, scene, () => cluster.master.updateSchedule(next));
  return { ...acted, record: withPost(acted.record, edit, answer, scene) };
}

/** What the answer to a post, or that none came, tells of the windows of these machines. */
function withPost(
  record: Maintenance,
  { kind, machines }: ScheduleEdit,
  answer: Answer,
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

/** How a write was answered; `refused` also when it certainly did not arrive. */
type Answer = "accepted" | "refused" | "none";

/** A call that can be repeated without harm. Without an answer it is neither repeated nor given up for a while (invariant 7). */
async function write(
  record: Maintenance,
  notDone: string,
  { cluster, now }: Scene,
  call: () => Promise<void>,
): Promise<Acted & { readonly answer: Answer }> {
  try {
    await call();
    return { record: settled(record), failed: false, answer: "accepted" };
  } catch (error) {
    const told = withTrouble(settled(record), troubleFrom(error, notDone), now());
    if (!isUnsettledCall(error)) return { record: told, failed: true, answer: "refused" };
    const unsettledUntilMs = now() + cluster.policy.settleMs;
    return { record: { ...told, unsettledUntilMs }, failed: true, answer: "none" };
  } finally {
    cluster.forget();
  }
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
  { cluster, now }: Scene,
): Promise<Acted> {
  const batch = batchOf(record, effect.batch);
  if (batch?.phase !== "taking_down" || grantedApproval(batch) === null || batch.intent === null)
    return { record, failed: false };
  try {
    await cluster.master.startMaintenance(effect.machines);
    return { record, failed: false };
  } catch (error) {
    // "Not draining" may mean that an earlier call of ours has landed in the meantime: the world tells.
    if (isUnsettledCall(error) || (error instanceof MesosError && error.code === "not_draining")) {
      const notDone =
        "Whether the machines went down is not known yet; the call is not repeated until the master's state shows it.";
      // Counted from the end of the call: only from now on can it no longer be under way here.
      const waiting = withBatch(record, { ...batch, intent: { ...batch.intent, sentAtMs: now() } });
      return { record: withTrouble(waiting, troubleFrom(error, notDone), now()), failed: true };
    }
    const back = withBatch(record, { ...batch, intent: null });
    if (isAway(error)) {
      const trouble = troubleFrom(error, "The machines were not taken down yet.");
      return { record: withTrouble(back, trouble, now()), failed: true };
    }
    // Refused for good: the approval is used up without an effect, and a person decides anew.
    const trouble = troubleFrom(error, "The machines were not taken down.");
    const again = trouble.code === "not_scheduled" ? "" : " Then ask for Down again.";
    const told = withEvent(back, now(), { kind: "trouble", ...trouble, next: `${trouble.next}${again}` });
    const draining = drainingAgain({ ...batch, intent: null }, true);
    return { record: withBatch(told, draining), failed: true };
  } finally {
    cluster.forget();
  }
}

async function stopMaintenance(
  record: Maintenance,
  effect: Extract<Write, { kind: "stop_maintenance" }>,
  scene: Scene,
): Promise<Acted> {
  const { cluster } = scene;
  const { machines, answerCounts } = effect;
  const { answer, ...acted } = await write(record, "The machines are not up yet.", scene, async () => {
    try {
      await cluster.master.stopMaintenance(machines);
    } catch (error) {
      if (!answerCounts || !isNotDown(error)) throw error;
    }
  });
  return answer === "accepted" ? { ...acted, record: withConfirmedUp(acted.record, machines) } : acted;
}

function isNotDown(error: unknown): boolean {
  return error instanceof MesosError && (error.code === "not_down" || error.code === "not_scheduled");
}
