import { isDownSent, isKillSent, isUnsettled } from "../../maintenance/record/batch.js";
import type { Maintenance } from "../../maintenance/record/record.js";

/** What is said of a call: what was certainly not done, and what nobody knows while the call may be under way. */
export interface Undone {
  readonly notDone: string;
  readonly notKnown: string;
}

const NOT_YET = "it is not repeated until the master's state shows it.";

/** Calls to a master that may fail, or get no answer. Until its outcome is known a call was not "not done" (invariant 13). */
export const UNDONE = {
  place: {
    notDone: "The window is not posted yet.",
    notKnown: `Whether the window was posted is not known yet; ${NOT_YET}`,
  },
  move: {
    notDone: "The changed window is not posted yet.",
    notKnown: `Whether the changed window was posted is not known yet; ${NOT_YET}`,
  },
  remove: {
    notDone: "The machines are not given back yet.",
    notKnown: `Whether the machines were given back is not known yet; ${NOT_YET}`,
  },
  start: {
    notDone: "The machines were not taken down yet.",
    notKnown:
      "Whether the machines went down is not known yet; the call is not repeated until the master's state shows it.",
  },
  drain: {
    notDone: "What runs on the agent was not killed.",
    notKnown: `Whether what runs on the agent is being killed is not known yet; ${NOT_YET}`,
  },
  reactivate: {
    notDone: "The agent takes no tasks yet.",
    notKnown: `Whether the agent takes tasks again is not known yet; ${NOT_YET}`,
  },
  stop: {
    notDone: "The machines are not up yet.",
    notKnown: `Whether the machines are up is not known yet; ${NOT_YET}`,
  },
} as const satisfies Record<string, Undone>;

/** What is not done, or not known to be, while the master cannot be looked at. */
export function notDoneYet(record: Maintenance, nowMs: number): string {
  if (record.batches.length === 0 && record.cancel === null) return "No window was posted yet.";
  const about = callOf(record);
  if (about === null) return "Nothing was changed.";
  const mayBeUnderWay = isUnsettled(record, nowMs) || record.batches.some(isDownSent);
  return mayBeUnderWay ? UNDONE[about].notKnown : UNDONE[about].notDone;
}

/** Which call the maintenance is at, or `null` when it only waits. */
function callOf({ cancel, batches }: Maintenance): keyof typeof UNDONE | null {
  if (batches.some(isDownSent)) return "start";
  if (cancel !== null) return "remove";
  const [batch] = batches;
  if (batch === undefined || batch.phase === "scheduled") return "place";
  if (batch.movingFrom !== null) return "move";
  if (batch.phase === "kill_draining") return isKillSent(batch) ? "drain" : null;
  if (batch.phase === "taking_down") return "start";
  if (batch.phase === "bringing_up") return "stop";
  return null;
}
