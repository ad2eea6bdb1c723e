import type { LogEvent } from "../maintenance/events.js";
import type { Maintenance } from "../maintenance/record.js";
import { formatSpan, millisToNanos } from "../maintenance/time.js";
import { message, type SlackMessage, section } from "./blocks.js";
import { code, free, join, type Mrkdwn, mrk, sentence, user } from "./mrkdwn.js";
import { bar, count, frameworkLines, hosts, problem } from "./parts.js";
import { changes } from "./render-approval.js";
import { moment, windowOf } from "./when.js";

/**
 * The thread's message for one event, or `null` for those that have none: `requested` is the root message itself, and
 * the question of `approval_asked` is a message of its own (`renderApproval`).
 */
export function renderEvent(record: Maintenance, event: LogEvent): SlackMessage | null {
  const text = textOf(record, event);
  return text === null ? null : message(text, [section(text)]);
}

function textOf(record: Maintenance, event: LogEvent): Mrkdwn | null {
  switch (event.kind) {
    case "requested":
    case "approval_asked":
      return null;
    case "scheduled":
      return mrk`🗓️ *Scheduled${ofBatch(record, event.batch)}:* ${count(event.machines, "machine")}, ${batchWindow(record, event.batch)}. The frameworks are being asked to move away.`;
    case "answers_changed":
      return join(
        [
          mrk`📨 *Answers*  ${event.tasksLeft} of ${event.tasksMost} tasks left  ${bar(event.tasksLeft, event.tasksMost)}`,
          event.frameworks.length === 0 ? null : frameworkLines(event.frameworks, 2500, "\n"),
        ],
        "\n",
      );
    case "empty":
      return mrk`🍃 *Empty${ofBatch(record, event.batch)}:* no tasks are left on its machines.`;
    case "answers_cleared":
      return event.why === "fail_over"
        ? mrk`🔁 *The leading master changed* and forgot all answers. The frameworks are being asked again; earlier answers are shown but not counted.`
        : mrk`🔁 *The schedule changed*, so the master forgot all answers. The frameworks are being asked again; earlier answers are shown but not counted.`;
    case "window_starts_soon":
      return mrk`⏰ *The window starts* ${moment(event.startMs)}.`;
    case "approved":
      return mrk`✅ ${user(event.by)} *approved Down*${ofBatch(record, event.batch)}.`;
    case "denied":
      return mrk`🚫 ${user(event.by)} *denied Down*${ofBatch(record, event.batch)}${event.reason === null ? "" : mrk`: ${free(event.reason)}`}. Nothing was taken down. The machines stay draining: ask again or cancel with the buttons on the card.`;
    case "approval_expired":
      return mrk`⌛ *Nobody approved Down in time*${ofBatch(record, event.batch)}. Nothing was taken down. The machines stay draining: ask again or cancel with the buttons on the card.`;
    case "approval_outdated":
      return mrk`♻️ ${event.by === null ? "The approval" : mrk`The approval by ${user(event.by)}`} *was not carried out*: it got worse since the question.\n${changes(event.changes)}\nNothing was taken down. The question is asked again with what is there now.`;
    case "taking_down":
      return mrk`⏬ *Taking down*${ofBatch(record, event.batch)} …`;
    case "down":
      return mrk`🔻 *Down:* ${count(event.machines, "machine")}, ${count(event.tasksLost, "task")} lost. When the work is done press Up on the card or type ${code(`/mesos up ${record.id}`)}.`;
    case "bringing_up":
      return event.by === null
        ? mrk`⏫ *Bringing up*${ofBatch(record, event.batch)} …`
        : mrk`⏫ ${user(event.by)} *asked for Up*${ofBatch(record, event.batch)} …`;
    case "up":
      return mrk`🟢 *Up:* the master lets the agents of ${count(event.machines, "machine")} register again. Mesos does not start them: that is for systemd or a person.`;
    case "agents_returned":
      return mrk`👋 *Back:* ${hosts(event.machines, 1500)} registered again${event.missing === 0 ? ". All are back." : mrk`; ${event.missing} still missing.`}`;
    case "agents_missing":
      return mrk`⚠️ *Not back:* the agents of ${hosts(event.machines, 1500)} have not registered again.\n*Next:* start the agent on those machines and look at its log, or press Stop waiting on the card.`;
    case "cancel_asked":
      return mrk`↩️ ${user(event.by)} *cancelled*. The machines are being given back.`;
    case "cancelled":
      return mrk`↩️ *Cancelled:* the machines are back in service; windows of other people are untouched.`;
    case "overdue":
      return mrk`⏱️ *Overdue${ofBatch(record, event.batch)}:* the window ended ${moment(event.endMs)} and its machines are still away. Mesos changes nothing by itself.\n*Next:* press Up or Cancel on the card.`;
    case "foreign_change":
      return mrk`👀 *Somebody else changed our machines at the master:* ${sentence(event.text, 1500)}`;
    case "trouble":
      return mrk`⚠️ ${problem(event)}`;
    case "trouble_over":
      return mrk`🟢 *Going on again* after ${formatSpan(event.atMs - event.sinceMs)} (${code(event.code)}).`;
    case "note":
      return mrk`ℹ️ ${sentence(event.text, 1500)}`;
    case "failed":
      return mrk`❌ *Failed:* ${free(event.why, 1000)}\n*Next:* ${free(event.next, 1000)}`;
  }
}

/** ` (batch 2 of 3)`, or nothing where there is only one. */
function ofBatch(record: Maintenance, id: string): Mrkdwn {
  if (record.batches.length < 2) return mrk``;
  const index = record.batches.findIndex((batch) => batch.id === id);
  return index < 0 ? mrk`` : mrk` (batch ${index + 1} of ${record.batches.length})`;
}

function batchWindow(record: Maintenance, id: string): Mrkdwn {
  const batch = record.batches.find((one) => one.id === id);
  if (batch !== undefined) return windowOf(batch.window);
  const startMs = record.wanted.startMs ?? record.requestedAtMs;
  return windowOf({ start: millisToNanos(startMs), duration: millisToNanos(record.wanted.durationMs) });
}
