import type { Trouble } from "../../maintenance/record/record.js";
import { ASK_AGAIN, BY_ITSELF, goingOn } from "../../maintenance/text/go-on.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { MarathonError } from "../../marathon/errors.js";
import { MesosError } from "../../mesos/errors/errors.js";
import { TooLargeError } from "../store/bound.js";
import { StoreError } from "../store/store-error.js";
import { UnreadableJobError } from "./jobs.js";
import { UnreadableRecordError } from "./records.js";

/**
 * Trouble as the thread tells it, from whatever was thrown (invariant 10). `notDone` is the caller's to say, and so is how
 * it goes on when this is over.
 */
export function troubleFrom(
  error: unknown,
  notDone: string,
  goOn: string = BY_ITSELF,
): Omit<Trouble, "sinceMs"> {
  if (error instanceof MesosError) {
    return { code: error.code, what: error.what, said: error.said, notDone, next: error.nextFor(goOn) };
  }
  if (error instanceof StoreError) {
    const next = goingOn("{GoOn} when the queue answers.", goOn);
    return { code: `queue_${error.code}`, what: error.what, said: null, notDone, next };
  }
  if (error instanceof TooLargeError) {
    return { code: "record_too_large", what: error.what, said: null, notDone, next: error.next };
  }
  if (error instanceof UnreadableRecordError) {
    return { code: "unreadable_record", what: error.what, said: null, notDone, next: error.next };
  }
  if (error instanceof UnreadableJobError) {
    return {
      code: "unreadable_job",
      what: error.what,
      said: null,
      notDone,
      next: goingOn(error.next, goOn),
    };
  }
  return {
    code: "internal",
    what: "The bot ran into an error of its own.",
    said: null,
    notDone,
    next: goingOn("{GoOn}; if this message stays, look into the worker's log and report it.", goOn),
  };
}

/** The same for one person, for whom nothing goes on by itself. */
export function replyFrom(error: unknown, notDone: string, goOn: string = ASK_AGAIN): Reply {
  const trouble = troubleFrom(error, notDone, goOn);
  return replyOf({
    tone: "error",
    text: trouble.what,
    said: trouble.said,
    notDone: trouble.notDone,
    next: trouble.next,
  });
}

/** Whether the master was away or not ready, so that the same call can go through later; it was not carried out. */
export function isAway(error: unknown): boolean {
  return error instanceof MesosError && error.sent === "no";
}

/** Whether the call may have been carried out though no answer came (invariant 7). */
export function isUnsettledCall(error: unknown): boolean {
  if (error instanceof MarathonError || error instanceof MesosError) return error.sent === "maybe";
  return true;
}
