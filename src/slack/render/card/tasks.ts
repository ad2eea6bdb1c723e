import { tasksLeft } from "../../../maintenance/answers/summary.js";
import { hasEnded } from "../../../maintenance/record/batch.js";
import type { Batch, Maintenance, Phase } from "../../../maintenance/record/record.js";
import { tasksLost } from "../../../maintenance/show/history.js";
import { counted } from "../../../maintenance/text/list.js";
import type { Millis } from "../../../maintenance/time.js";
import { join, lines, listed, type Mrkdwn, mrk, user } from "../mrkdwn.js";
import { bar, countOrNo } from "../parts.js";
import { moment } from "../when.js";

/** An observation older than this is shown with its time: the reader should not take it for the present. */
const STALE_MS = 5 * 60_000;

/** Phases in which a machine has been taken out of service. */
const AFTER_DOWN: readonly Phase[] = ["down", "bringing_up", "up"];

/** Whether tasks may still leave some of the machines; afterwards what frameworks said of them is of the past. */
export function isEmptying(record: Maintenance): boolean {
  return (
    record.end === null &&
    (record.batches.length === 0 ||
      record.batches.some((batch) => !hasEnded(batch) && !AFTER_DOWN.includes(batch.phase)))
  );
}

/** Before Down how many tasks are left; after it how many were lost, and who approved that. */
export function tasksText(record: Maintenance, now: Millis): Mrkdwn {
  const lost = lostText(record);
  if (isEmptying(record)) return lines(lost, leftText(record, now));
  return lost ?? mrk`nothing was taken down`;
}

function leftText({ picture }: Maintenance, now: Millis): Mrkdwn {
  if (picture === null) return mrk`not looked at yet`;
  const left = tasksLeft(picture);
  const recovering = picture.machines.filter((machine) => machine.recovering > 0).length;
  const away = picture.machines.filter((machine) => machine.away > 0);
  const gone = picture.machines.filter((machine) => machine.gone !== undefined);
  const sinceMs = Math.min(...away.map(({ unknownSinceMs }) => unknownSinceMs ?? picture.atMs));
  return lines(
    picture.tasksMost === 0
      ? mrk`none`
      : mrk`${left} of ${picture.tasksMost} left  ${bar(left, picture.tasksMost)}`,
    recovering === 0
      ? null
      : mrk`the agents of ${counted(recovering, "machine")} are not back after a fail-over: their tasks cannot be seen`,
    away.length === 0
      ? null
      : mrk`⚠️ the master no longer shows the agents of ${counted(away.length, "machine")}, since ${moment(sinceMs)}: tasks there are as last seen and may go on running`,
    gone.length === 0
      ? null
      : mrk`an agent of ${counted(gone.length, "machine")} was marked gone by somebody: its tasks are over`,
    now - picture.atMs > STALE_MS ? mrk`seen ${moment(picture.atMs)}` : null,
  );
}

/** `5 tasks lost · approved by @bob`; `null` while nothing went down. */
function lostText(record: Maintenance): Mrkdwn | null {
  const batches = record.batches.filter((batch) => AFTER_DOWN.includes(batch.phase));
  const lost = tasksLost(record);
  if (batches.length === 0 && lost === null) return null;
  const by = [...new Set(record.batches.flatMap(approversOf))];
  const people = listed(by.map(user), 500);
  return join(
    [
      // Of a maintenance with very many events the oldest are not kept.
      lost === null ? mrk`taken down` : mrk`${countOrNo(lost, "task")} lost`,
      by.length === 0 ? null : mrk`${approvedText(record, batches.length)} by ${people}`,
    ],
    " · ",
  );
}

/** Who approved one batch has not approved the others. */
function approvedText({ batches }: Maintenance, down: number): string {
  return batches.length < 2 ? "approved" : `Down of ${down} of ${batches.length} batches approved`;
}

/** Everybody whose approval the batch went down with. */
function approversOf({ approvals }: Batch): string[] {
  return approvals.flatMap(({ votes, outcome }) =>
    outcome?.kind === "granted" ? [...votes.map((vote) => vote.by), outcome.by] : [],
  );
}
