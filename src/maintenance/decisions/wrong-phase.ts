import { openApproval } from "../approval/question.js";
import { isKillSent, phaseOf, standOf } from "../record/batch.js";
import type { Maintenance, Phase } from "../record/record.js";
import type { ReplyParts } from "../text/reply.js";
import { untilItStands } from "./replies.js";

/** What people want to do that is not possible in every phase. */
type Wanted =
  | "Down"
  | "Kill-drain"
  | "Move tasks"
  | "Up"
  | "Cancel"
  | "Hold"
  | "Extend"
  | "Override"
  | "Skip";

/** Where a maintenance stands, `requested` while its hosts have not been looked up. */
type Stand = Phase | "requested";

const DECIDE_FIRST = "Approve or deny the question in the thread first.";

/** What can be done in a phase, whatever was wanted. */
const INSTEAD: Record<Stand, (record: Maintenance) => string> = {
  requested: untilItStands,
  kill_draining: beforeTheEndOfTheKill,
  scheduled: untilItStands,
  draining: ({ id }) => `Ask for the approval with /mesos down ${id}.`,
  awaiting_approval: () => DECIDE_FIRST,
  taking_down: () => "Wait until the machines are down; the thread tells.",
  down: ({ id }) => `Bring the machines back with /mesos up ${id}.`,
  bringing_up: () => "Wait until the machines are up; the thread tells.",
  up: ({ id }) =>
    `The machines are back in service; it waits for their agents. To stop waiting: /mesos cancel ${id}.`,
  cancelled: () => "Nothing to do: the machines were given back.",
  failed: () => "Send the drain again.",
};

/** Going on without the kill-drain, or without waiting for its end, is possible at any time (`ask-down.ts`). */
function beforeTheEndOfTheKill(record: Maintenance): string {
  const { id, batches } = record;
  if (batches.some((batch) => openApproval(batch) !== null)) return DECIDE_FIRST;
  if (batches.some(isKillSent))
    return `It goes on once nothing runs on the machines. To go on without waiting for that: /mesos down ${id}.`;
  return `${untilItStands(record)} To go on without the kill-drain: /mesos down ${id}.`;
}

/** Up of machines that are not Down yet: whoever wants them back means Cancel. */
const GIVE_BACK: readonly Stand[] = [
  "requested",
  "kill_draining",
  "scheduled",
  "draining",
  "awaiting_approval",
];

/** Why something is not possible now, and what is. */
export function wrongPhase(record: Maintenance, wanted: Wanted): ReplyParts {
  const { id } = record;
  const phase = phaseOf(record);
  if (wanted === "Up" && GIVE_BACK.includes(phase)) {
    return {
      tone: "refused",
      text: `${id} is ${standOf(record)}: its machines are not down.`,
      notDone: "Nothing was done.",
      next: `To give them back: /mesos cancel ${id}.`,
    };
  }
  return {
    tone: "refused",
    text: `${id} is ${standOf(record)}, so ${wanted} is not possible now.`,
    notDone: "Nothing was done.",
    next: INSTEAD[phase](record),
  };
}
