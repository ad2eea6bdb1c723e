import type { Trouble } from "../../maintenance/record/record.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { MesosError } from "../../mesos/errors/errors.js";
import { StoreError } from "../store/store-error.js";
import { UnreadableRecordError } from "./records.js";

/** Trouble as the thread tells it, from whatever was thrown (invariant 10). `notDone` is the caller's to say. */
export function troubleFrom(error: unknown, notDone: string): Omit<Trouble, "sinceMs"> {
  if (error instanceof MesosError) {
    return { code: error.code, what: error.what, said: error.said, notDone, next: error.next };
  }
  if (error instanceof StoreError) {
    const next = "It tries again by itself when the queue answers.";
    return { code: `queue_${error.code}`, what: error.what, said: null, notDone, next };
  }
  if (error instanceof UnreadableRecordError) {
    return { code: "unreadable_record", what: error.what, said: null, notDone, next: error.next };
  }
  return {
    code: "internal",
    what: "The bot ran into an error of its own.",
    said: null,
    notDone,
    next: "It tries again by itself; if this message stays, look into the worker's log and report it.",
  };
}

/** The same for one person. */
export function replyFrom(error: unknown, notDone: string, next?: string): Reply {
  const trouble = troubleFrom(error, notDone);
  return replyOf({
    tone: "error",
    text: trouble.what,
    said: trouble.said,
    notDone: trouble.notDone,
    next: next ?? trouble.next,
  });
}

/** The id names no maintenance of any cluster. */
export function noSuchMaintenance(id: string): Reply {
  return replyOf({
    tone: "refused",
    text: `There is no maintenance ${id}.`,
    notDone: "Nothing was done.",
    next: "See the open ones with /mesos status, and the others with /mesos history.",
  });
}

/** Whether the master was away or not ready, so that the same call can go through later; it was not carried out. */
export function isAway(error: unknown): boolean {
  return error instanceof MesosError && error.sent === "no";
}

/** Whether the call may have been carried out though no answer came (invariant 7). */
export function isUnsettledCall(error: unknown): boolean {
  return !(error instanceof MesosError) || error.sent === "maybe";
}
