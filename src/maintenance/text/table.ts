import { z } from "zod";

/**
 * A piece of a cell. What depends on who reads it is kept as what it is, and written when the table is drawn for somebody
 * (`slack/render/table.ts`).
 */
const piece = z.union([
  /** Text of people or masters, which is shown as it is. */
  z.string(),
  /** A moment, epoch ms: in the reader's time zone. */
  z.object({ at: z.number(), to: z.enum(["minute", "second"]) }),
  /** A person or a user group by Slack id: by name. */
  z.object({ who: z.string() }),
  /** A sentence of ours: `/mesos` is what the reader calls the command, and `<@U…>` or `<!subteam^S…>` is a name. */
  z.object({ sentence: z.string() }),
]);

export type Piece = z.output<typeof piece>;

/** Rows of cells under the titles of their columns. */
export const grid = z.object({
  /** Stands above it. */
  heading: z.string().nullable(),
  columns: z.array(
    z.object({
      title: z.string(),
      /** Numbers stand to the right. */
      align: z.literal("right").optional(),
      /**
       * What is left out when a line would be too wide; the widest such column gives way first. The end of a name tells more
       * than its middle; words are read from their beginning.
       */
      cut: z.enum(["middle", "end"]).optional(),
      /** Is left out as a whole where a line has no room for it, the last such column first. */
      spare: z.boolean().optional(),
    }),
  ),
  rows: z.array(z.array(z.array(piece))),
});

export type Grid = z.output<typeof grid>;

/** One below the other: grids, and texts of ours that are laid out already (`/mesos` in them is the command). */
export const tables = z.array(z.union([z.string(), grid]));

export type Tables = z.output<typeof tables>;

export type Cell = Piece | number | readonly Piece[];

export interface Column<Row> extends Readonly<Grid["columns"][number]> {
  readonly cell: (row: Row) => Cell;
}

/** Rows as a grid; `null` without rows. */
export function tableOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  heading: string | null = null,
): Grid | null {
  if (rows.length === 0) return null;
  return {
    heading,
    columns: columns.map(({ cell: _, ...column }) => column),
    rows: rows.map((row) => columns.map(({ cell }) => piecesOf(cell(row)))),
  };
}

/** Those that there are; `null` where there is none. */
export function tablesOf(...parts: readonly (Tables[number] | null)[]): Tables | null {
  const there = parts.filter((part) => part !== null);
  return there.length === 0 ? null : there;
}

/** A moment to the minute, or nothing. */
export function at(ms: number | null, none = ""): Piece {
  return ms === null ? none : { at: ms, to: "minute" };
}

function piecesOf(cell: Cell): Piece[] {
  if (typeof cell === "number") return [String(cell)];
  return Array.isArray(cell) ? [...(cell as readonly Piece[])] : [cell as Piece];
}
