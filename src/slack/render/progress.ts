import { summarise } from "../../maintenance/answers/summary.js";
import type { LogEvent } from "../../maintenance/record/events.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { eventLine, movedWords } from "../../maintenance/show/event-line.js";
import { named } from "../../maintenance/text/command.js";
import { message, type SlackMessage, section } from "./blocks.js";
import { isEmptying, tasksText } from "./card/tasks.js";
import { lines, listed, type Mrkdwn, mrk } from "./mrkdwn.js";
import { frameworkLines } from "./parts.js";
import { sentence } from "./sentence.js";
import { moment } from "./when.js";

/**
 * The one message of a thread that is edited: how many tasks are left and how the answers stand, while that counts, and the
 * newest of what only shows that it goes on.
 *
 * @param shown numbers of the events that are its lines, oldest first.
 */
export function renderProgress(record: Maintenance, shown: readonly number[]): SlackMessage {
  const events = record.events.filter(({ seq }) => shown.includes(seq));
  const texts = events.flatMap((event) => lineOf(record, event) ?? []);
  return message([
    section(
      lines(
        mrk`🔄 *Progress of ${record.id}* · edited in place`,
        ...(isEmptying(record) ? answers(record) : []),
        texts.length === 0 ? null : listed(texts, 1800, "\n"),
      ),
    ),
  ]);
}

function answers(record: Maintenance): (Mrkdwn | null)[] {
  if (record.picture === null) return [];
  const summaries = summarise(record.picture);
  return [
    tasksText(record, record.picture.atMs),
    summaries.length === 0 ? null : frameworkLines(summaries, 800, "\n"),
  ];
}

/** Answers as they stand are shown above; what was news in them is a line. */
function lineOf(record: Maintenance, event: LogEvent): Mrkdwn | null {
  const what = event.kind === "answers_changed" ? newsOf(event) : eventLine(record, event).what;
  return what === "" ? null : mrk`${moment(event.atMs)} · ${sentence(named(what, record.command), 250)}`;
}

function newsOf(event: Extract<LogEvent, { kind: "answers_changed" }>): string {
  const { news } = event;
  if (news === undefined) return movedWords(event).join("; ");
  return [
    ...movedWords(event),
    ...(news.refused.length === 0 ? [] : [`refused: ${news.refused.join(", ")}`]),
    ...(news.withdrawn.length === 0 ? [] : [`promise taken back: ${news.withdrawn.join(", ")}`]),
    ...(news.quarter === null ? [] : [`${news.quarter * 25} % of the tasks are gone`]),
  ].join("; ");
}
