import { z } from "zod";

/** Rows of one time line: more would be too small to read. */
export const MOST_ROWS = 30;

/** Names of machines that travel with a row: no line has room for more. */
export const MOST_NAMES = 12;

const millis = z.number();

/**
 * What a time line shows. It travels from the worker, which saw the schedule, to the bot, which draws it for whoever reads
 * it (`timeline/draw.ts`).
 */
export const timeline = z.object({
  /** What it is of: `Windows of prod`. */
  title: z.string(),
  nowMs: millis,
  /** The hours in which machines may be taken down; none means always. */
  calendar: z.array(
    z.object({
      days: z.array(z.number().int()).readonly(),
      from: z.number().int(),
      to: z.number().int(),
      timeZone: z.string(),
    }),
  ),
  rows: z.array(
    z.object({
      /** Stands before the machines, such as `Batch 2`; `null` for none. */
      head: z.string().nullable(),
      /** How many machines there are. */
      machines: z.number().int(),
      /** The first of them by name. */
      names: z.array(z.string()),
      /** The maintenance of ours that looks after them, and who asked for it by Slack id; `null`: not ours. */
      ours: z.object({ id: z.string(), who: z.string() }).nullable(),
      /** How many of the machines are Down. */
      down: z.number().int(),
      /** Anything else that is to be known of them now, such as `back in service`; `null` for nothing. */
      note: z.string().nullable(),
      startMs: millis,
      /** `null`: without an end. */
      endMs: millis.nullable(),
    }),
  ),
  /** Windows that there are beside these. */
  more: z.number().int(),
});

export type Timeline = z.output<typeof timeline>;

export type TimelineRow = Timeline["rows"][number];

/** A time line of these rows, as many as there is room for; the others are counted. */
export function timelineOf(all: readonly TimelineRow[], about: Omit<Timeline, "rows" | "more">): Timeline {
  const rows = all.slice(0, MOST_ROWS).map((row) => ({ ...row, names: row.names.slice(0, MOST_NAMES) }));
  return { ...about, rows, more: all.length - rows.length };
}
