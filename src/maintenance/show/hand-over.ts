import { endMs } from "../cluster/schedule.js";
import { placeOf, standOf } from "../record/batch.js";
import type { LogEvent } from "../record/events.js";
import { leftBehindTexts } from "../record/left-behind.js";
import { namesOf } from "../record/names.js";
import type { Approval, Batch, Maintenance } from "../record/record.js";
import { notOurs } from "../text/command.js";
import { counted } from "../text/list.js";
import { oneLine } from "../text/one-line.js";
import type { Reader } from "../text/reader.js";
import { recordedTime } from "../text/reader-time.js";
import { mention, moment, type Writing, written } from "../text/tokens.js";
import { inWords } from "../text/words.js";
import { aboutSpan, type Millis, nanosToMillis } from "../time.js";
import { type EventLine, eventLines, WITHDRAWN } from "./event-line.js";
import { tasksLost } from "./history.js";

/**
 * One Markdown file with all there is to know of a finished maintenance, for those who were not there: who asked and
 * why, what went down and when, who answered and approved what, and what was lost. People stand in it by name, and times are
 * the reader's, with UTC beside.
 */
export function handOver(record: Maintenance, reader: Reader): { name: string; text: string } {
  const { zone } = reader;
  const writing = { nameOf: reader.nameOf, at: (ms: Millis) => recordedTime(ms, zone) };
  const sections = [
    head(record, writing),
    `Times are of ${zone}${zone === "UTC" ? "" : ", with UTC beside"}.`,
    section(
      "Machines",
      record.batches.flatMap((batch) => machines(record, batch)),
    ),
    section(
      "Left behind",
      leftBehindTexts(record).map((line) => ours(written(line, writing))),
    ),
    section("Answers", record.behaviour.map(answers)),
    section(
      "Approvals",
      record.batches.flatMap((batch) => batch.approvals.flatMap(approval)),
    ),
    section("Owners", record.owners.map(owner)),
    section("Overrides", record.overrides.map(override)),
    section("Tasks lost", lost(record)),
    section("Times", times(record)),
    section(
      "Events",
      eventLines(record).map((line) => eventItem(line, writing)),
    ),
  ];
  // What people wrote forms no mention: its brackets are escaped.
  const nameOf = (id: string) => text(reader.nameOf(id));
  const whole = sections.filter((part) => part !== "").join("\n\n");
  return { name: `${record.id}-hand-over.md`, text: `${written(whole, { nameOf, at: writing.at })}\n` };
}

function section(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `## ${title}\n\n${items.map((item) => `- ${item}`).join("\n")}`;
}

function head(record: Maintenance, writing: Writing): string {
  const { end } = record;
  const why = end?.why == null ? "" : `: ${ours(written(end.why, writing))}`;
  const facts = [
    ["Result", `${standOf(record)}${why}`],
    ["Cluster", text(record.cluster)],
    ["Hosts", text(record.hosts)],
    ...(record.leftBehindBy === undefined ? [] : [["Left behind by", record.leftBehindBy]]),
    ["Asked for by", mention(record.requester)],
    ["Reason", record.reason === null ? "none given" : text(record.reason)],
    ["Ticket", record.ticket === null ? "none given" : text(record.ticket)],
    ["Asked at", moment(record.requestedAtMs)],
    [
      "Ended at",
      end === null
        ? "still open"
        : `${moment(end.atMs)}, after ${aboutSpan(end.atMs - record.requestedAtMs)}`,
    ],
  ];
  const lines = facts.map(([name, value]) => `- ${name}: ${value}`);
  return [`# Maintenance ${record.id}`, "", ...lines].join("\n");
}

/** How a batch is called: by its place where there are several. */
function nameOf(record: Maintenance, { id }: Batch): string {
  return record.batches.length < 2 ? id : placeOf(record, id);
}

function machines(record: Maintenance, batch: Batch): string[] {
  const name = nameOf(record, batch);
  const end = endMs(batch.window);
  const until = end === null ? "without an end" : `until ${moment(end)}`;
  const window = `${name}: window from ${moment(nanosToMillis(batch.window.start))} ${until}, ${counted(batch.machines.length, "machine")}`;
  const unseen = batch.seenSinceMs === null ? "; the master never showed it" : "";
  return [
    `${window}${unseen}`,
    ...batch.machines.map((machine) => `${name}: ${text(machine.hostname)} (${machine.ip})`),
  ];
}

function answers(entry: Maintenance["behaviour"][number]): string {
  const { framework, asked, accepted, declined, left, leftBeforeStartMs } = entry;
  if (asked === 0) return `${text(framework)}: could not be asked`;
  const silent = Math.max(0, asked - accepted - declined);
  const when =
    leftBeforeStartMs === null
      ? ""
      : `, the last one ${aboutSpan(Math.abs(leftBeforeStartMs))} ${leftBeforeStartMs < 0 ? "after" : "before"} the start`;
  return `${text(framework)}: asked on ${counted(asked, "machine")}; accepted on ${accepted}, declined on ${declined}, silent on ${silent}; left ${left}${when}`;
}

function approval(asked: Approval): string[] {
  const by = asked.askedBy === null ? "the bot" : mention(asked.askedBy);
  const shown = `${counted(asked.seen.tasks.length, "task")} on ${counted(asked.seen.machines.length, "machine")}`;
  const votes = asked.votes.map(
    ({ by: voter, atMs }) => `${asked.id}: ${mention(voter)} approved at ${moment(atMs)}`,
  );
  return [
    `${asked.id}: asked by ${by} at ${moment(asked.askedAtMs)}, needing ${asked.votesNeeded}, shown ${shown}; ${outcome(asked)}`,
    ...votes,
  ];
}

function outcome({ outcome: end }: Approval): string {
  if (end === null) return "not answered";
  const at = moment(end.atMs);
  switch (end.kind) {
    case "granted":
      return `granted by ${mention(end.by)} at ${at}`;
    case "denied":
      return `denied by ${mention(end.by)} at ${at}${because(end.reason)}`;
    case "expired":
      return `expired at ${at}`;
    case "outdated":
      return `not carried out at ${at}, because it got worse: ${end.changes.map(text).join("; ")}`;
    case "withdrawn":
      return `withdrawn${end.by === null ? "" : ` by ${mention(end.by)}`} at ${at}: ${WITHDRAWN[end.why]}`;
  }
}

function because(reason: string | null): string {
  return reason === null ? "" : `: ${text(reason)}`;
}

function owner({ owner: id, of, said, by, atMs }: Maintenance["owners"][number]): string {
  const answer =
    said === "nothing"
      ? "said nothing"
      : `${mention(by ?? id)} said ${said}${atMs === null ? "" : ` at ${moment(atMs)}`}`;
  return `${mention(id)} (${of.map(text).join(", ")}): ${answer}`;
}

function override({ rule, by, atMs, reason }: Maintenance["overrides"][number]): string {
  return `${inWords(rule)} by ${mention(by)} at ${moment(atMs)}: ${text(reason)}`;
}

/** Names are those of the question that was granted; tasks that left between the answer and the Down were not lost. */
function lost(record: Maintenance): string[] {
  const count = tasksLost(record);
  if (count === null) return ["No machine went down."];
  if (count === 0) return ["None."];
  const approvals = record.batches.flatMap((batch) => batch.approvals);
  const named = approvals.flatMap(({ about, outcome: end, seen }) =>
    about === "down" && end?.kind === "granted" ? seen.tasks : [],
  );
  const names = named.map(
    (task) => `${text(task.name)} of ${text(task.framework)} on ${text(namesOf(record).of(task.machine))}`,
  );
  const how = named.length === count ? "" : `; ${named.length} stood in the question that was approved`;
  return [`${counted(count, "task")}${how}`, ...names];
}

/** What the times are told of: the first event of each kind, of several batches that of each, and what it is called. */
const MILESTONES = [
  ["requested", "asked for"],
  ["adopted", "adopted"],
  ["scheduled", "draining"],
  ["empty", "empty"],
  ["approval_asked", "approval asked"],
  ["approved", "approved"],
  ["within_limits", "approved by limits"],
  ["down", "Down"],
  ["bringing_up", "bringing up"],
  ["up", "up"],
  ["cancelled", "given back"],
  ["failed", "failed"],
] as const;

function times(record: Maintenance): string[] {
  const { batches, events } = record;
  const isOfBatch = (event: LogEvent) => batches.length > 1 && "batch" in event;
  const whole = milestones(events.filter((event) => !isOfBatch(event))).map(
    ({ name, atMs }) =>
      `${name}: ${moment(atMs)} (${aboutSpan(atMs - record.requestedAtMs)} after it was asked for)`,
  );
  const each = batches.flatMap((batch) => {
    const theirs = milestones(
      events.filter((event) => isOfBatch(event) && "batch" in event && event.batch === batch.id),
    );
    const told = theirs.map(({ name, atMs }) => `${name} ${moment(atMs)}`);
    return told.length === 0 ? [] : [`${nameOf(record, batch)}: ${told.join(", ")}`];
  });
  return [...whole, ...each];
}

function milestones(events: readonly LogEvent[]): { readonly name: string; readonly atMs: Millis }[] {
  return MILESTONES.flatMap(([kind, name]) => {
    const atMs = events.find((event) => event.kind === kind)?.atMs;
    return atMs === undefined ? [] : [{ name, atMs }];
  });
}

function eventItem({ atMs, who, what }: EventLine, writing: Writing): string {
  return `${moment(atMs)} ${who === "" ? "" : `${mention(who)} `}${ours(written(what, writing))}`;
}

/** People and frameworks write what they like: on one line, nothing of it is markup, and its `/mesos` is not ours. */
function text(words: string): string {
  return ours(notOurs(oneLine(words)));
}

/** The same for our own sentences, in which it was `quoted`. */
function ours(words: string): string {
  return words.replace(/[\\`*_[\]<>#|]/g, "\\$&");
}
