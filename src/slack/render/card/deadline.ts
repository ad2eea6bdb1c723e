import { isBeforeApproval } from "../../../maintenance/record/batch.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import { AT_DEADLINE } from "../../../maintenance/show/status-cells.js";
import { counted } from "../../../maintenance/text/list.js";
import type { Millis } from "../../../maintenance/time.js";
import { type Mrkdwn, mrk } from "../mrkdwn.js";
import { moment } from "../when.js";

type Then = NonNullable<Maintenance["deadline"]>["then"];

/** What was done when tasks were left. */
const DID: Readonly<Record<Then, string>> = {
  release: "the machines were given back",
  ask: "the approval was asked for",
  force: "the approval was asked for, to go on in spite of them",
};

/** What the deadline means now: what it will do, why it waits, what it did; `null` once it can do nothing any more. */
export function deadlineText(record: Maintenance, now: Millis): Mrkdwn | null {
  const { deadline } = record;
  if (deadline === null || record.end !== null || record.cancel !== null) return null;
  // Approved or Down: what was to be done about tasks that are left is decided.
  if (!record.batches.every(isBeforeApproval)) return null;
  const at = mrk`*Deadline*  ${moment(deadline.atMs)}`;
  if (deadline.met) {
    const acted = record.events.findLast((event) => event.kind === "deadline");
    // Without that event the machines were empty; of a log that is not kept whole nobody can say.
    if (acted === undefined)
      return mrk`${at}: ${record.events.length === record.seq ? "met, no tasks were left" : "passed"}`;
    return mrk`${at}: passed with ${counted(acted.tasksLeft, "task")} left, so ${DID[acted.then]}`;
  }
  if (now < deadline.atMs) return mrk`${at}: if tasks are left then, ${AT_DEADLINE[deadline.then]}`;
  if (record.held !== null) {
    return mrk`${at}: passed while held; after the release, if tasks are left, ${AT_DEADLINE[deadline.then]}`;
  }
  if (record.paused !== null) {
    return mrk`${at}: passed while paused; once it goes on, if tasks are left, ${AT_DEADLINE[deadline.then]}`;
  }
  return mrk`${at}: passed; if tasks are left, ${AT_DEADLINE[deadline.then]} as soon as that is possible`;
}
