import { grantedApproval } from "../maintenance/approval.js";
import { withBatch, withEvent, withTrouble } from "../maintenance/log.js";
import { withAcceptedPost } from "../maintenance/own-post.js";
import type { Effect } from "../maintenance/phases.js";
import type { Maintenance } from "../maintenance/record.js";
import type { Schedule } from "../maintenance/schedule.js";
import { applyEdit, type ScheduleEdit, sameSchedule } from "../maintenance/schedule-edit.js";
import { showsNothing, withAcceptedRemoval, withConfirmedUp } from "../maintenance/unseen-window.js";
import type { World } from "../maintenance/world.js";
import { MesosError } from "../mesos/errors.js";
import type { Cluster } from "./cluster.js";
import { isAway, isUnsettledCall, troubleFrom } from "./troubles.js";

/**
 * Carries out one effect and writes into the record only what the call itself told: a refusal, or that no answer came.
 * Success is not written down here; the next look at the world shows it (observe, decide, act, observe again).
 */
export async function act(
  record: Maintenance,
  effect: Effect,
  world: World,
  cluster: Cluster,
  now: () => number,
): Promise<Maintenance> {
  if (cluster.master.leader() !== world.leader || now() - world.observedAtMs > OLDEST_VIEW_MS) {
    return notSent(record, effect);
  }
  switch (effect.kind) {
    case "update_schedule":
      return await updateSchedule(record, effect.edit, world, cluster, now);
    case "start_maintenance":
      return await startMaintenance(record, effect, cluster, now);
    case "stop_maintenance":
      return await stopMaintenance(record, effect, world, cluster, now);
  }
}

/** What was decided on a view older than this, or on another leader's, is decided again instead (invariant 2). */
const OLDEST_VIEW_MS = 30_000;

/** Nothing was sent: the record as it was before it was decided. */
function notSent(record: Maintenance, effect: Effect): Maintenance {
  if (effect.kind !== "start_maintenance") return settled(record);
  const batch = record.batches.find((b) => b.id === effect.batch);
  return batch === undefined ? record : withBatch(record, { ...batch, intent: null });
}

const NOT_POSTED: Record<ScheduleEdit["kind"], string> = {
  place: "The window is not posted yet.",
  move: "The longer window is not posted yet.",
  remove: "The machines are not given back yet.",
};

/**
 * Read, merge our change, write (invariant 1). The list is read once more right before the write, because between two
 * posts of other people there is nothing but time. Nothing is posted when nothing would change (invariant 3).
 */
async function updateSchedule(
  record: Maintenance,
  edit: ScheduleEdit,
  world: World,
  cluster: Cluster,
  now: () => number,
): Promise<Maintenance> {
  const notDone = NOT_POSTED[edit.kind];
  let next: Schedule;
  let accepted = false;
  try {
    const schedule = await cluster.master.schedule();
    next = applyEdit(schedule, edit, world.status.down);
    if (sameSchedule(schedule, next)) return settled(record);
  } catch (error) {
    return withTrouble(settled(record), troubleFrom(error, notDone), now());
  }
  const written = await write(record, notDone, cluster, now, async () => {
    await cluster.master.updateSchedule(next);
    accepted = true;
  });
  if (!accepted || edit.kind === "move") return written;
  const told = edit.kind === "place" ? withAcceptedPost : withAcceptedRemoval;
  return told(written, edit.machines, now());
}

/** A call that can be repeated without harm. Without an answer it is neither repeated nor given up for a while (invariant 7). */
async function write(
  record: Maintenance,
  notDone: string,
  cluster: Cluster,
  now: () => number,
  call: () => Promise<void>,
): Promise<Maintenance> {
  try {
    await call();
    return settled(record);
  } catch (error) {
    const told = withTrouble(settled(record), troubleFrom(error, notDone), now());
    return isUnsettledCall(error) ? { ...told, unsettledUntilMs: now() + cluster.policy.settleMs } : told;
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
  effect: Extract<Effect, { kind: "start_maintenance" }>,
  cluster: Cluster,
  now: () => number,
): Promise<Maintenance> {
  const batch = record.batches.find((b) => b.id === effect.batch);
  if (batch === undefined || grantedApproval(batch) === null || batch.intent === null) return record;
  try {
    await cluster.master.startMaintenance(effect.machines);
    return record;
  } catch (error) {
    // "Not draining" may mean that an earlier call of ours has landed in the meantime: the world tells.
    if (isUnsettledCall(error) || (error instanceof MesosError && error.code === "not_draining")) {
      const notDone =
        "Whether the machines went down is not known yet; the call is not repeated until the master's state shows it.";
      // Counted from the end of the call: only from now on can it no longer be under way here.
      const waiting = withBatch(record, { ...batch, intent: { ...batch.intent, sentAtMs: now() } });
      return withTrouble(waiting, troubleFrom(error, notDone), now());
    }
    const back = withBatch(record, { ...batch, intent: null });
    if (isAway(error))
      return withTrouble(back, troubleFrom(error, "The machines were not taken down yet."), now());
    // Refused for good: the approval is used up without an effect, and a person decides anew.
    const trouble = troubleFrom(error, "The machines were not taken down.");
    const again = trouble.code === "not_scheduled" ? "" : " Then ask for Down again.";
    const told = withEvent(back, now(), { kind: "trouble", ...trouble, next: `${trouble.next}${again}` });
    return withBatch(told, { ...batch, intent: null, phase: "draining", askedByItself: true });
  } finally {
    cluster.forget();
  }
}

async function stopMaintenance(
  record: Maintenance,
  effect: Extract<Effect, { kind: "stop_maintenance" }>,
  world: World,
  cluster: Cluster,
  now: () => number,
): Promise<Maintenance> {
  const { machines } = effect;
  let confirmed = false;
  const stop = async () => {
    try {
      await cluster.master.stopMaintenance(machines);
    } catch (error) {
      // Where no window is shown this is what was asked for: the machine is up. In a list it may be about another one.
      if (machines.length > 1 || !showsNothing(world) || !isNotDown(error)) throw error;
    }
    confirmed = true;
  };
  const written = await write(record, "The machines are not up yet.", cluster, now, stop);
  return confirmed ? withConfirmedUp(written, machines) : written;
}

function isNotDown(error: unknown): boolean {
  return error instanceof MesosError && (error.code === "not_down" || error.code === "not_scheduled");
}
