import { endMs } from "../cluster/schedule.js";
import { nowBringingUp, wentDownBefore, withBatch } from "../record/batch.js";
import { noteOnce, withEvent } from "../record/log.js";
import type { BatchIn, Maintenance } from "../record/record.js";
import { openRun } from "../record/runs.js";
import { bringingUp, isUp } from "./bringing-up.js";
import { withChangesWhileDown } from "./foreign-changes.js";
import { tellOverdue } from "./overdue.js";
import { removalsOf } from "./removal.js";
import { afterRunbook, type Due, hostsOf } from "./runbook.js";
import { type Rule, soon } from "./step.js";

/** Nobody could have worked on machines that go Down and come back at once, and whoever else took them may be at work. */
const STAYS_DOWN =
  "they went Down after their window had ended, or by somebody else, so they do not come back by themselves. Bring them back with Up when the work is done.";

/**
 * Machines are away. Their runbook is run, if there is one; otherwise nothing happens until a person says Up, or until the
 * window ends where that was asked for. The end of the window is told.
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
  const { record: next, isDue } =
    record.wanted.run === undefined
      ? atEndOfWindow(told, batch, nowMs)
      : afterRunbook(told, batch, picture, moment);
  // Whoever holds it may still be at work on the machines.
  if (isDue && record.held === null) {
    const coming = nowBringingUp(batch);
    const event = { kind: "bringing_up", batch: batch.id, by: null } as const;
    return bringingUp(withEvent(withBatch(next, coming), nowMs, event), coming, picture, moment);
  }
  const isNew = openRun(next, batch.id)?.queuedAtMs === null;
  return { record: tellOverdue(next, batch, nowMs), effects: [], wakeAtMs: isNew ? soon(moment) : wakeAtMs };
};

/** Where no runbook is run: a person says Up, or the end of the window does, where that was asked for. */
function atEndOfWindow(record: Maintenance, batch: BatchIn<"down">, nowMs: number): Due {
  const end = endMs(batch.window);
  if (record.wanted.up !== "auto" || end === null || nowMs < end || record.held !== null)
    return { record, isDue: false };
  return wentDownBefore(record, batch, end)
    ? { record, isDue: true }
    : { record: noteOnce(record, `${hostsOf(record, batch)}: ${STAYS_DOWN}`, nowMs), isDue: false };
}
