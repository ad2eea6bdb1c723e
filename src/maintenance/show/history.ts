import { isRefused, machineCount, standOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { counted } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { at, type Column, tableOf, tablesOf } from "../text/table.js";
import { moment } from "../text/tokens.js";
import { aboutSpan, type Millis } from "../time.js";
import { eventLines } from "./event-line.js";
import { headOf } from "./status-cells.js";

const COLUMNS: readonly Column<Maintenance>[] = [
  { title: "ID", cell: ({ id }) => id },
  { title: "PHASE", cell: (record) => (isRefused(record) ? "refused" : standOf(record)) },
  { title: "WHEN", cell: (record) => at(momentOf(record)) },
  { title: "WHO", cut: "middle", cell: ({ requester }) => ({ who: requester }) },
  { title: "NO.", align: "right", cell: (record) => machineCount(record) || "-" },
  { title: "LOST", align: "right", cell: (record) => tasksLost(record) ?? "-" },
  { title: "REASON", cut: "middle", cell: reasonCell },
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
    : `The history of ${cluster} reaches back to ${moment(sinceMs)}.`;
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
  const last = ended[0] === undefined ? "" : ` The last one ended ${aboutSpan(nowMs - ended[0].atMs)} ago.`;
  const older = kept.finished + kept.refused - finished.length;
  const olderText = older > 0 ? ` Older ones are not shown: ${older}.` : "";
  return replyOf({
    tone: "info",
    text: [
      `${cluster}: ${counted(maintenances.length, "maintenance")}${openText}.${last}${refusedText}${splitText}${olderText}`,
      ...(older > 0 ? [reachOf(kept)] : []),
    ].join(" "),
    next: `Everything about one: /mesos history ${newest[0]?.id}`,
    table: tablesOf(tableOf(newest, COLUMNS)),
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
  return replyOf({
    tone: "info",
    text: sentences.join(" "),
    table: tablesOf(
      tableOf(lines, [
        { title: "TIME", cell: ({ atMs }) => ({ at: atMs, to: "second" }) },
        { title: "WHO", cell: ({ who }) => (who === "" ? "" : { who }) },
        { title: "WHAT", cell: ({ what }) => ({ sentence: what }) },
      ]),
    ),
  });
}
