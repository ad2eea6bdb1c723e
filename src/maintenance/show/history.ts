import { isRefused, phaseWords, standOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { wildcard } from "../text/glob.js";
import { counted } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { at, type Column, type Grid, tableOf, tablesOf } from "../text/table.js";
import { mention, moment } from "../text/tokens.js";
import { aboutSpan, type Millis } from "../time.js";
import { eventLines } from "./event-line.js";
import { headOf } from "./status-cells.js";

const MAINTENANCES: readonly Column<Maintenance>[] = [
  { title: "ID", cell: ({ id }) => id },
  { title: "HOSTS", cut: "middle", cell: ({ hosts }) => hosts },
  { title: "WHO", cut: "end", cell: ({ requester }) => ({ who: requester }) },
  { title: "STARTED", cell: ({ requestedAtMs }) => at(requestedAtMs) },
  { title: "ENDED", cell: ({ end }) => at(end?.atMs ?? null, "open") },
  { title: "OUTCOME", cell: outcomeOf },
  { title: "REASON", cut: "end", cell: reasonOf },
];

const REFUSALS: readonly Column<Maintenance>[] = [
  { title: "ID", cell: ({ id }) => id },
  { title: "HOSTS", cut: "middle", cell: ({ hosts }) => hosts },
  { title: "WHO", cut: "end", cell: ({ requester }) => ({ who: requester }) },
  { title: "ASKED", cell: ({ requestedAtMs }) => at(requestedAtMs) },
  { title: "WHY IT WAS REFUSED", cut: "end", cell: ({ end }) => ({ sentence: end?.why ?? "" }) },
];

const ALL: readonly Column<Maintenance>[] = [
  { title: "ID", cell: ({ id }) => id },
  { title: "CLUSTER", cell: ({ cluster }) => cluster },
  { title: "HOSTS", cell: ({ hosts }) => hosts },
  { title: "MACHINES", cell: ({ batches }) => namesOfMachines(batches) },
  { title: "WHO", cell: ({ requester }) => ({ who: requester }) },
  { title: "ASKED", cell: ({ requestedAtMs }) => at(requestedAtMs) },
  { title: "ENDED", cell: ({ end }) => at(end?.atMs ?? null) },
  { title: "OUTCOME", cell: (record) => (isRefused(record) ? "refused" : standOf(record)) },
  { title: "TASKS LOST", cell: (record) => tasksLost(record) ?? "" },
  { title: "REASON", cell: ({ reason }) => reason ?? "" },
  { title: "TICKET", cell: ({ ticket }) => ticket ?? "" },
  { title: "WHY IT ENDED", cell: ({ end }) => ({ sentence: end?.why ?? "" }) },
];

/** Maintenances and refused drains as one table for a spreadsheet, newest first; `null` without any. */
export function historyGrid(found: readonly Maintenance[]): Grid | null {
  return tableOf(newestFirst(found), ALL);
}

function namesOfMachines(batches: Maintenance["batches"]): string {
  return batches.flatMap(({ machines }) => machines.map(({ hostname }) => hostname)).join(" ");
}

/** One that ended while both lists were read stands in both. */
function newestFirst(found: readonly Maintenance[]): Maintenance[] {
  const ids = new Set<string>();
  const once = found.filter((record) => !ids.has(record.id) && ids.add(record.id));
  return once.sort((a, b) => momentOf(b) - momentOf(a));
}

/** `up`, with the tasks that were lost by going Down; where it stands while it is open. */
function outcomeOf(record: Maintenance): string {
  const lost = tasksLost(record) ?? 0;
  const stand = record.end === null ? phaseWords(record) : standOf(record);
  return `${stand}${lost === 0 ? "" : `, ${lost} lost`}`;
}

/** Which maintenances are asked for; what is `null` does not matter. */
export interface HistoryFilter {
  /** Names or addresses of machines, with `*` and `?`, and commas between. */
  readonly hosts: string | null;
  /** Who asked, by Slack id. */
  readonly by: string | null;
  /** Only what was open, or asked for, since then. */
  readonly sinceMs: Millis | null;
  /** Refused drains alone. */
  readonly refused: boolean;
}

export const EVERYTHING: HistoryFilter = { hosts: null, by: null, sinceMs: null, refused: false };

/** Whether a maintenance, or a refused drain, is one of those that are asked for. */
export function isMeant({ hosts, by, sinceMs, refused }: HistoryFilter): (record: Maintenance) => boolean {
  const globs = (hosts ?? "")
    .split(",")
    .filter((glob) => glob !== "")
    .map(wildcard);
  const isNamed = (name: string) => globs.some((fits) => fits(name));
  return (record) => {
    const machines = record.batches.flatMap((batch) => batch.machines);
    return (
      (hosts === null ||
        machines.some(({ hostname, ip }) => isNamed(hostname) || isNamed(ip)) ||
        // Of a refused drain nobody looked up which machines it was for.
        (machines.length === 0 && record.hosts.split(",").some(isNamed))) &&
      (by === null || record.requester === by) &&
      (sinceMs === null || record.end === null || record.end.atMs >= sinceMs) &&
      (!refused || isRefused(record))
    );
  };
}

/** What was asked for, in words that follow a number of maintenances: ` on web-* of <@U01ALICE> since …`. */
function filterWords({ hosts, by, sinceMs }: HistoryFilter): string {
  return [
    hosts === null ? "" : ` on ${quoted(hosts)}`,
    by === null ? "" : ` of ${mention(by)}`,
    sinceMs === null ? "" : ` since ${moment(sinceMs)}`,
  ].join("");
}

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
 * Maintenances of a cluster, newest first: open ones by when they were asked for, others by when they ended; refused drains
 * stand apart.
 *
 * @param found those of the kept and open ones that were looked through and are meant.
 * @param looked how many of the kept ones were looked through.
 */
export function historyReply(
  kept: Kept,
  found: readonly Maintenance[],
  looked: number,
  nowMs: Millis,
  filter: HistoryFilter = EVERYTHING,
): Reply {
  const { cluster } = kept;
  const newest = newestFirst(found);
  const older = kept.finished + kept.refused - looked;
  const reach = older > 0 || newest.length === 0 ? [reachOf(kept)] : [];
  const olderText = older > 0 ? [`Older ones were not looked at: ${older}.`] : [];
  const words = filterWords(filter);
  if (newest.length === 0) {
    const what = filter.refused ? "refused drain" : "maintenance";
    const text = [`${cluster}: no ${what}${words} is known.`, ...olderText, ...reach].join(" ");
    return replyOf({ tone: "info", text });
  }
  // A drain that a rule refused posted nothing: it is shown, and is no maintenance.
  const maintenances = newest.filter((record) => !isRefused(record));
  const refusals = newest.filter(isRefused);
  const ended = maintenances.flatMap((record) => record.end ?? []);
  const openCount = maintenances.length - ended.length;
  const openText = openCount === 0 ? "" : `, ${openCount} of them open`;
  const split = maintenances.filter(({ leftBehindBy }) => leftBehindBy !== undefined).length;
  return replyOf({
    tone: "info",
    text: [
      filter.refused
        ? `${cluster}: ${counted(refusals.length, "refused drain")}${words}.`
        : `${cluster}: ${counted(maintenances.length, "maintenance")}${words}${openText}.`,
      ...(ended[0] === undefined ? [] : [`The last one ended ${aboutSpan(nowMs - ended[0].atMs)} ago.`]),
      ...(refusals.length === 0 || filter.refused ? [] : [`Refused: ${counted(refusals.length, "drain")}.`]),
      ...(split === 0 ? [] : [`Left behind by others: ${split}.`]),
      ...olderText,
      ...reach,
    ].join(" "),
    next: `Everything about one: /mesos history ${newest[0]?.id}`,
    table: tablesOf(
      tableOf(maintenances, MAINTENANCES),
      tableOf(refusals, REFUSALS, maintenances.length === 0 ? null : "REFUSED"),
    ),
  });
}

function momentOf(record: Maintenance): Millis {
  return record.end?.atMs ?? record.requestedAtMs;
}

function reasonOf(record: Maintenance): string {
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
