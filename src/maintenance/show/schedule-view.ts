import type { World } from "../cluster/world.js";
import type { CalendarWindow } from "../policy/policy.js";
import { mayHide, sightOf } from "../sight/sight.js";
import { counted } from "../text/list.js";
import { type Reply, replyOf } from "../text/reply.js";
import { at, tableOf, tablesOf } from "../text/table.js";
import type { Millis } from "../time.js";
import { MOST_NAMES, type Timeline, timelineOf } from "./timeline.js";
import type { WindowRow } from "./window-rows.js";

/**
 * The master's whole schedule: one row for each window, whose it is, and how its machines stand.
 *
 * @param rows of that world (`windowRows`).
 */
export function scheduleReply(cluster: string, world: World, rows: readonly WindowRow[]): Reply {
  const { windows } = world.schedule;
  const hidden = mayHide(sightOf(world));
  const machines = rows.reduce((sum, { names }) => sum + names.length, 0);
  const shown =
    rows.length === 0
      ? "no window is shown"
      : `${counted(windows.length, "window")} with ${counted(machines, "machine")} in the schedule`;
  return replyOf({
    tone: "info",
    text: `${cluster}: ${shown}.${hidden === null ? "" : ` ${hidden}`}`,
    table: tablesOf(
      tableOf(rows, [
        { title: "", align: "right", cell: ({ names }) => names.length },
        { title: "machines", cut: "end", cell: ({ names }) => names.join(", ") },
        { title: "state", cell: stateOf },
        {
          title: "whose",
          cell: ({ record }) => (record === null ? "not ours" : [`${record.id} `, { who: record.requester }]),
        },
        { title: "from", cell: ({ startMs }) => at(startMs) },
        { title: "until", cell: ({ endMs }) => at(endMs, "no end") },
      ]),
    ),
  });
}

/** The same as a picture; `null` where no window is shown. */
export function scheduleTimeline(
  cluster: string,
  rows: readonly WindowRow[],
  calendar: readonly CalendarWindow[],
  nowMs: Millis,
): Timeline | null {
  if (rows.length === 0) return null;
  const lines = rows.map(({ names, record, down, withoutAgent, ...when }) => ({
    head: null,
    machines: names.length,
    names: names.slice(0, MOST_NAMES),
    ours: record === null ? null : { id: record.id, who: record.requester },
    down,
    note: withoutAgent === 0 ? null : `${withoutAgent} without an agent`,
    ...when,
  }));
  return timelineOf(lines, { title: `Windows of ${cluster}`, nowMs, calendar: [...calendar] });
}

/** `draining`, `Down`, or how many of each; what has no agent is named. */
function stateOf({ names, down, withoutAgent }: WindowRow): string {
  const draining = names.length - down;
  const parts: readonly (readonly [number, string])[] = [
    [down, "Down"],
    [draining, "draining"],
  ];
  const there = parts.filter(([count]) => count > 0);
  const words = there.map(([count, word]) => (there.length === 1 ? word : `${count} ${word}`)).join(", ");
  if (withoutAgent === 0) return words;
  return `${words}, ${withoutAgent === names.length ? "no agent" : `${withoutAgent} no agent`}`;
}
