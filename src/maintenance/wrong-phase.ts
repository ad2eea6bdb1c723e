import { isDownSent, phaseOf } from "./log.js";
import type { Maintenance, Phase } from "./record.js";
import type { ReplyParts } from "./reply.js";

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
