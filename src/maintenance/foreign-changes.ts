import { withdrawn } from "./approval.js";
import { list } from "./list.js";
import { withBatch, withEvent } from "./log.js";
import type { Moment, Step } from "./phases.js";
import type { Picture } from "./picture.js";
import type { Batch, Maintenance } from "./record.js";
import { sameTime, windowOf } from "./schedule-edit.js";
import { showsNothing } from "./unseen-window.js";

/** The code of the trouble: somebody else moved or removed our window, or took machines in it Down. */
export const WINDOW_CHANGED = "window_changed";

/** All are Down without a call that is under way: by a call of ours that showed late, or by somebody else. */
export function wentDown(record: Maintenance, batch: Batch, nowMs: number): Step {
  const { intent } = batch;
  const down = withBatch(record, { ...withdrawn(batch, nowMs), phase: "down", intent: null });
  if (intent === null) {
    const told = withEvent(down, nowMs, {
      kind: "foreign_change",
      text: "Somebody else took these machines Down at the master, without an approval here.",
    });
    return { record: told, effects: [], wakeAtMs: null };
  }
  const told = withEvent(down, nowMs, {
    kind: "down",
    batch: batch.id,
    machines: batch.machines.length,
    tasksLost: intent.tasks,
  });
  const note = withEvent(told, nowMs, {
    kind: "note",
    text: `The call that was sent under approval ${intent.approvalId} had got no answer and seems to have taken effect late; questions asked since then are settled by it.`,
  });
  return { record: note, effects: [], wakeAtMs: null };
}

const CHECK_RIGHTS =
  "First see that the bot's principal still has get_maintenance_schedules and get_maintenance_statuses: on a filtered view the post would wipe other people's windows. ";

/** Names what others did to our machines; it stops the Down until somebody decides (invariant 12). */
export function withForeignChanges(
  record: Maintenance,
  batch: Batch,
  picture: Picture,
  moment: Moment,
): Maintenance {
  const { world } = moment;
  const blind = showsNothing(world);
  const removed: string[] = [];
  const moved: string[] = [];
  const down = picture.machines
    .filter((machine) => machine.mode === "down")
    .map((machine) => machine.hostname);
  for (const machine of batch.machines) {
    const window = windowOf(world.schedule, machine);
    if (window === null) removed.push(machine.hostname);
    else if (batch.movingFrom !== null && sameTime(window, batch.movingFrom)) continue;
    else if (!sameTime(window, batch.window)) moved.push(machine.hostname);
  }
  if (removed.length + moved.length + down.length === 0) return record;
  const parts = [
    removed.length > 0 ? `removed the window of ${list(removed)}` : null,
    moved.length > 0 ? `moved ${list(moved)} to another window` : null,
    down.length > 0 ? `took ${list(down)} Down` : null,
  ].filter((part) => part !== null);
  return {
    ...record,
    trouble: {
      code: WINDOW_CHANGED,
      what: `Somebody else changed the master's schedule: ${parts.join(", ")}.${blind ? " No window of anybody is shown, so it may also be that the bot no longer sees them." : ""}`,
      said: null,
      notDone: "The bot posted nothing in return, and Down waits.",
      next: `${blind ? CHECK_RIGHTS : ""}Post the window again with the button, or cancel this maintenance.`,
      sinceMs: moment.nowMs,
    },
  };
}
