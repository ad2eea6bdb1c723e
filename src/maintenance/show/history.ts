import { isRefused, machineCount, standOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { type Column, tableOf } from "../text/table.js";
import { utc } from "../text/utc.js";
import { formatSpan, type Millis } from "../time.js";
import { eventLines, stamp } from "./event-line.js";
import { headOf } from "./status-cells.js";

const COLUMNS: readonly Column<Maintenance>[] = [
  { title: "ID", cell: ({ id }) => id },
  { title: "PHASE", cell: (record) => (isRefused(record) ? "refused" : standOf(record)) },
  { title: "WHEN (UTC)", cell: (record) => utc(momentOf(record), "minute") },
  { title: "WHO", shrinks: true, cell: ({ requester }) => requester },
  { title: "NO.", align: "right", cell: (record) => machineCount(record) || "-" },
  { title: "LOST", align: "right", cell: (record) => tasksLost(record) ?? "-" },
  { title: "REASON", shrinks: true, cell: reasonCell },
];

/** How much of the past of a cluster is kept, shown or not. */
export interface Kept {
  readonly cluster: string;
  /** Maintenances that have ended. */
  readonly finished: number;
  /** Drains that ended before they began, most of them refused: they are kept apart. */
  readonly refused: number;
  /** When the oldest of the finished ones ended; `null` where there is none. */
  readonly sinceMs: Millis | null;
}

/** How far back it can be told what happened in a cluster: what ended before is unknown, not nothing (invariant 13). */
export function reachOf({ cluster, sinceMs }: Kept): string {
  return sinceMs === null
    ? `The history of ${cluster} has no maintenance that has ended.`
    : `The history of ${cluster} reaches back to ${utc(sinceMs, "minute")} UTC.`;
}

/**
 * The newest maintenances of a cluster, newest first: open ones by when they were asked for, others by when they ended.
 *
 * @param finished the newest of those that are kept, refused drains among them.
 */
export function historyReply(
  kept: Kept,
  finished: readonly Maintenance[],
  open: readonly Maintenance[],
  nowMs: Millis,
): Reply {
  const { cluster } = kept;
  const records = [...open, ...finished];
  const ids = new Set<string>();
  // One that ended while both lists were read stands in both.
  const once = records.filter((record) => !ids.has(record.id) && ids.add(record.id));
  const newest = once.sort((a, b) => momentOf(b) - momentOf(a));
  if (newest.length === 0) {
    return replyOf({
      tone: "info",
      text: `${cluster}: no maintenance is known. ${reachOf(kept)}`,
    });
  }
  // A drain that a rule refused posted nothing: it is shown, and is no maintenance.
  const maintenances = newest.filter((record) => !isRefused(record));
  const ended = maintenances.flatMap((record) => record.end ?? []);
  const openCount = maintenances.length - ended.length;
  const openText = openCount === 0 ? "" : `, ${openCount} of them open`;
  const refusals = newest.length - maintenances.length;
  const refusedText = refusals === 0 ? "" : ` Refused: ${counted(refusals, "drain")}.`;
  const split = maintenances.filter(({ leftBehindBy }) => leftBehindBy !== undefined).length;
  const splitText = split === 0 ? "" : ` Left behind by others: ${split}.`;
  const last = ended[0] === undefined ? "" : ` The last one ended ${formatSpan(nowMs - ended[0].atMs)} ago.`;
  const older = kept.finished + kept.refused - finished.length;
  const olderText = older > 0 ? ` Older ones are not shown: ${older}.` : "";
  return replyOf({
    tone: "info",
    text: [
      `${cluster}: ${counted(maintenances.length, "maintenance")}${openText}.${last}${refusedText}${splitText}${olderText}`,
      ...(older > 0 ? [reachOf(kept)] : []),
      ...peopleIn(newest.map((record) => record.requester)),
    ].join(" "),
    next: `Everything about one: /mesos history ${newest[0]?.id}`,
    table: tableOf(newest, COLUMNS),
  });
}

function momentOf(record: Maintenance): Millis {
  return record.end?.atMs ?? record.requestedAtMs;
}

function reasonCell(record: Maintenance): string {
  if (isRefused(record)) return record.end?.why ?? "";
  const why = [record.ticket, record.reason].filter((part) => part !== null).join(" ");
  if (record.leftBehindBy === undefined) return why;
  return `left behind by ${record.leftBehindBy}${why === "" ? "" : `: ${why}`}`;
}

/** Slack makes names of ids in a sentence, but not in a table: the sentence says who is who. */
function peopleIn(ids: readonly string[]): string[] {
  const people = [...new Set(ids)].filter((id) => id !== "");
  const named = people.map((id) => `${id} is <@${id}>`);
  return named.length === 0 ? [] : [`In the table ${list(named, ", ", 20)}.`];
}

/** Tasks that were lost by going Down; `null` if no machine went down. */
export function tasksLost(record: Maintenance): number | null {
  const downs = record.events.flatMap((event) => (event.kind === "down" ? [event.tasksLost] : []));
  return downs.length === 0 ? null : downs.reduce((sum, lost) => sum + lost, 0);
}

/** The event log of one maintenance as an audit, one line an event; votes, refusals and reasons are lines of their own. */
export function historyOf(record: Maintenance): Reply {
  const ticket = record.ticket === null ? "" : ` (${quoted(record.ticket)})`;
  const state = isRefused(record) ? "was refused" : `is ${standOf(record)}`;
  const sentences = [`${headOf(record, state)}${ticket}.`];
  // Answers go first when the log is cut (`log.ts`), so what is missing may lie between the others.
  const dropped = record.seq - record.events.length;
  if (dropped > 0) sentences.push(`Not kept any more: ${counted(dropped, "event")}.`);
  const lines = eventLines(record);
  sentences.push(...peopleIn(lines.map(({ who }) => who)));
  return replyOf({
    tone: "info",
    text: sentences.join(" "),
    table: tableOf(lines, [
      { title: "TIME (UTC)", cell: ({ atMs }) => stamp(atMs) },
      { title: "WHO", cell: ({ who }) => who },
      { title: "WHAT", ours: true, cell: ({ what }) => what },
    ]),
  });
}
