import { WINDOW_CHANGED } from "../phases/foreign-changes.js";
import { hasEnded, isDownSent, isToGoDown, phaseOf } from "../record/batch.js";
import type { Batch, Maintenance, Phase } from "../record/record.js";
import { OWN_WINDOW_UNSEEN } from "../sight/nothing-shown.js";
import type { ReplyParts } from "../text/reply.js";

/** What people want to do that is not possible in every phase. */
export type Wanted = "Down" | "Up" | "Cancel" | "Hold" | "Extend" | "Override";

/** Where a maintenance stands, `requested` while its hosts have not been looked up. */
type Stand = Phase | "requested";

/** What can be done in a phase, whatever was wanted. */
const INSTEAD: Record<Stand, (id: string) => string> = {
  requested: () => "Wait until its window stands; the card shows when.",
  scheduled: () => "Wait until its window stands; the card shows when.",
  draining: (id) => `Ask for the approval with /mesos down ${id}.`,
  awaiting_approval: () => "Approve or deny the question in the thread first.",
  taking_down: () => "Wait until the machines are down; the thread tells.",
  down: (id) => `Bring the machines back with /mesos up ${id}.`,
  bringing_up: () => "Wait until the machines are up; the thread tells.",
  up: (id) =>
    `The machines are back in service; it waits for their agents. To stop waiting: /mesos cancel ${id}.`,
  cancelled: () => "Nothing to do: the machines were given back.",
  failed: () => "Send the drain again.",
};

/** Up of machines that are not Down yet: whoever wants them back means Cancel. */
const GIVE_BACK: readonly Stand[] = ["requested", "scheduled", "draining", "awaiting_approval"];

/** Why something is not possible now, and what is. */
export function wrongPhase(record: Maintenance, wanted: Wanted): ReplyParts {
  const { id } = record;
  const phase = phaseOf(record);
  if (wanted === "Up" && GIVE_BACK.includes(phase)) {
    return {
      tone: "refused",
      text: `${id} is ${phase}: its machines are not down.`,
      notDone: "Nothing was done.",
      next: `To give them back: /mesos cancel ${id}.`,
    };
  }
  return {
    tone: "refused",
    text: `${id} is ${phase}, so ${wanted} is not possible now.`,
    notDone: "Nothing was done.",
    next: INSTEAD[phase](id),
  };
}

/** Phases of a batch in which each of the three commands for hosts does something. */
const POSSIBLE: Record<"Down" | "Up", readonly Phase[]> = {
  Down: ["draining", "awaiting_approval"],
  Up: ["down"],
};

const GONE_TOO_FAR: readonly Phase[] = ["taking_down", "down", "bringing_up", "up"];

/** Why Down, Up or Cancel is refused because of the phases alone; `null` when they do not speak against it. */
export function phaseRefusal(record: Maintenance, wanted: "Down" | "Up" | "Cancel"): ReplyParts | null {
  const { batches } = record;
  if (wanted !== "Cancel") {
    return batches.some(({ phase }) => POSSIBLE[wanted].includes(phase)) ? null : wrongPhase(record, wanted);
  }
  if (batches.some(isDownSent)) {
    return {
      tone: "refused",
      text: `${record.id} is being taken down right now; that cannot be called back.`,
      notDone: "Nothing was cancelled.",
      next: `Bring the machines back with /mesos up ${record.id} once they are down.`,
    };
  }
  // Approved, and nothing sent yet: that can be taken back.
  const far = batches.some(({ phase }) => phase !== "taking_down" && GONE_TOO_FAR.includes(phase));
  return far ? wrongPhase(record, "Cancel") : null;
}

/** Phases in which our window stands in the schedule and can be moved. */
const EXTENDABLE: readonly Phase[] = ["draining", "awaiting_approval", "down"];

/** Troubles that only a person can end: our window was changed by somebody else, or cannot be seen; it may be posted again. */
export const REPOSTABLE: readonly string[] = [WINDOW_CHANGED, OWN_WINDOW_UNSEEN];

/** Everything at the master is done, and agents have yet to register again. */
export function isWaitingForAgents(record: Maintenance): boolean {
  return record.end === null && record.batches.length > 0 && record.batches.every(hasEnded);
}

/** Approved is not sent yet: until the call is under way the machines can be given back. */
export function canCancel(batch: Batch): boolean {
  return isToGoDown(batch) && !isDownSent(batch);
}

/** As long as some Down is still to come; a call that is under way cannot be held. */
export function canHold({ batches }: Maintenance): boolean {
  return !batches.some(isDownSent) && batches.some(isToGoDown);
}

/**
 * A window without an end cannot get a later one, one that is being moved is left alone until it has moved, and while
 * machines are being taken down no schedule is posted.
 */
export function canExtend({ batches }: Maintenance): boolean {
  const standing = batches.filter((batch) => EXTENDABLE.includes(batch.phase));
  return (
    standing.some((batch) => batch.window.duration !== null) &&
    standing.every((batch) => batch.movingFrom === null) &&
    !batches.some((batch) => batch.phase === "taking_down")
  );
}
