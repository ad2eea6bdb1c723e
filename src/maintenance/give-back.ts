import { openApproval, settle } from "./approval.js";
import { isUnsettled, withBatch, withEvent } from "./log.js";
import { type Machine, machineKey } from "./machine.js";
import type { Effect, Moment, Step } from "./phases.js";
import { list } from "./plan.js";
import type { Batch, Maintenance } from "./record.js";
import { sameTime, windowOf } from "./schedule-edit.js";
import type { World } from "./world.js";

/** A look again this soon after a call, to see its outcome. */
const SOON_MS = 1_000;

/**
 * Cancel: gives draining machines back by taking them out of the schedule, one post for all, and leaves everybody
 * else's windows (invariants 1 and 12). A batch is cancelled when the master no longer shows our window for it.
 */
export function giveBack(record: Maintenance, moment: Moment): Step {
  const { world, nowMs, policy } = moment;
  if (isUnsettled(record, nowMs)) return { record, effects: [], wakeAtMs: record.unsettledUntilMs };
  const down = new Set(world.status.down.map(machineKey));
  const stuck = record.batches
    .flatMap((batch) => inOurWindow(world, batch))
    .filter((machine) => down.has(machineKey(machine)));
  if (stuck.length > 0) return notWhileDown(record, list(stuck.map((machine) => machine.hostname)), moment);

  const effects: Effect[] = [];
  let current = record;
  for (const batch of record.batches) {
    const open: Batch =
      openApproval(batch) === null ? batch : settle(batch, { kind: "withdrawn", atMs: nowMs });
    const left = inOurWindow(world, batch);
    if (left.length === 0) {
      current = withBatch(current, { ...open, phase: "cancelled" });
    } else {
      current = withBatch(current, open);
      effects.push({ kind: "update_schedule", edit: { kind: "remove", machines: left, time: batch.window } });
    }
  }
  return {
    record: current,
    effects,
    wakeAtMs: effects.length > 0 ? nowMs + Math.min(SOON_MS, policy.pollMs) : null,
  };
}

/** The machines that still stand at our time; one that somebody moved since is theirs (invariant 12). */
function inOurWindow(world: World, batch: Batch): Machine[] {
  return batch.machines.filter((machine) => {
    const window = windowOf(world.schedule, machine);
    return window !== null && sameTime(window, batch.window);
  });
}

/** Somebody took machines Down in the meantime: a master keeps those in its schedule until Up. */
function notWhileDown(record: Maintenance, names: string, { nowMs }: Moment): Step {
  const told = withEvent({ ...record, cancel: null }, nowMs, {
    kind: "foreign_change",
    text: `${names} went Down at the master before it could be given back, so the cancel was not carried out. Take the other machines Down too and bring all back with Up, or have those brought Up at the master and cancel again.`,
  });
  return { record: told, effects: [], wakeAtMs: nowMs + SOON_MS };
}
