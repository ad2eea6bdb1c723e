import { tasksLeft } from "../../../maintenance/answers/summary.js";
import { pictureOf } from "../../../maintenance/answers/verdicts.js";
import type { Approval, Batch, Maintenance } from "../../../maintenance/record/record.js";
import { type Mrkdwn, mrk } from "../mrkdwn.js";
import { moment } from "../when.js";

/**
 * How many tasks are on the machines now, where that is not what the question shows: what is approved on stays what was seen,
 * and it is compared at the click (invariant 5). `null` where there is nothing newer.
 */
export function nowText(
  { picture }: Maintenance,
  { machines }: Batch,
  { seen, askedAtMs }: Approval,
): Mrkdwn | null {
  if (picture === null || picture.atMs <= askedAtMs) return null;
  const left = tasksLeft(pictureOf(machines, picture));
  if (left === seen.tasks.length) return null;
  const more = left > seen.tasks.length ? mrk` More than was asked about: a click asks anew.` : "";
  return mrk`⏱️ As of ${moment(askedAtMs)}; *now ${left}*.${more}`;
}
