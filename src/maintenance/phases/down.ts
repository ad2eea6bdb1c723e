import { machineName } from "../cluster/machine.js";
import { endMs } from "../cluster/schedule.js";
import { nowBringingUp, wentDownBefore, withBatch } from "../record/batch.js";
import { noteOnce, withEvent } from "../record/log.js";
import type { BatchIn } from "../record/record.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { bringingUp, isUp } from "./bringing-up.js";
import { withChangesWhileDown } from "./foreign-changes.js";
import { tellOverdue } from "./overdue.js";
import { removalsOf } from "./removal.js";
import type { Rule } from "./step.js";

/** Nobody could have worked on machines that go Down and come back at once, and whoever else took them may be at work. */
const STAYS_DOWN =
  "they went Down after their window had ended, or by somebody else, so they do not come back by themselves. Bring them back with Up when the work is done.";

/**
 * Machines are away; nothing happens until a person says Up, or until the window ends where that was asked for. The end of
 * the window is told.
 */
export const down: Rule<BatchIn<"down">> = (record, batch, picture, moment) => {
  const { world, nowMs } = moment;
  const end = endMs(batch.window);
  const wakeAtMs = end !== null && end > nowMs ? end : null;
  if (picture.machines.every((machine) => machine.mode !== "down")) {
    const told = withEvent(record, nowMs, {
      kind: "foreign_change",
      text: "Somebody else brought these machines Up at the master.",
    });
    if (removalsOf(world, batch).length === 0) return isUp(told, batch, picture, moment);
    const next = nowBringingUp(batch);
    return bringingUp(withBatch(told, next), next, picture, moment);
  }
  const told = withChangesWhileDown(record, batch, picture, moment);
  // Whoever holds it may still be at work on the machines.
  const isDue = record.wanted.up === "auto" && end !== null && nowMs >= end && record.held === null;
  if (isDue && !wentDownBefore(record, batch, end)) {
    const next = noteOnce(told, `${hostsOf(batch)}: ${STAYS_DOWN}`, nowMs);
    return { record: tellOverdue(next, batch, nowMs), effects: [], wakeAtMs };
  }
  if (isDue) {
    const next = nowBringingUp(batch);
    const event = { kind: "bringing_up", batch: batch.id, by: null } as const;
    return bringingUp(withEvent(withBatch(told, next), nowMs, event), next, picture, moment);
  }
  return { record: tellOverdue(told, batch, nowMs), effects: [], wakeAtMs };
};

function hostsOf({ machines }: BatchIn<"down">): string {
  return quoted(list(machines.map(machineName)));
}
