import { notOurs } from "./command.js";

/** Widest line that a phone shows without breaking it. */
export const TABLE_WIDTH = 80;

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number;
  /** Numbers stand to the right. */
  readonly align?: "right";
  /** Cut with an ellipsis when a line would be too wide; the widest such column gives way first. */
  readonly shrinks?: boolean;
  /** Our own sentences, whose `/mesos` is the command; what people wrote in them is marked already (`notOurs`). */
  readonly ours?: boolean;
}

const GAP = "  ";

/** Cells are not cut shorter than this: fewer characters of a name say nothing. */
const LEAST = 7;

/**
 * A table in a fixed-width face: a line of titles and one line per row, columns aligned, at most `TABLE_WIDTH` wide as
 * long as the columns that shrink allow it. `null` without rows.
 */
export function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string | null {
  if (rows.length === 0) return null;
  const cells = rows.map((row) => columns.map(({ cell }) => oneLine(String(cell(row)))));
  const widths = columns.map(({ title }, i) =>
    cells.reduce((width, row) => Math.max(width, lengthOf(row[i] ?? "")), title.length),
  );
  while (widthOf(widths) > TABLE_WIDTH) {
    const widest = columns.reduce(
      (best, column, i) => (column.shrinks && (widths[i] ?? 0) > (widths[best] ?? 0) ? i : best),
      -1,
    );
    const width = widths[widest] ?? 0;
    if (width <= LEAST) break;
    widths[widest] = width - 1;
  }
  const line = (row: readonly string[]) =>
    columns
      .map(({ align, ours }, i) => {
        const width = widths[i] ?? 0;
        const text = cut(row[i] ?? "", width);
        const space = " ".repeat(width - lengthOf(text));
        const cell = align === "right" ? space + text : text + space;
        return ours ? cell : notOurs(cell);
      })
      .join(GAP)
      .trimEnd();
  return [columns.map(({ title }) => title), ...cells].map(line).join("\n");
}

/** At most this many characters; the end of a host name tells more than its middle, so that is what is left out. */
export function cut(text: string, width: number): string {
  const chars = [...text];
  if (chars.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (width - 1 - head)).join("")}`;
}

/** A framework may call itself anything, line breaks included. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

function widthOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

function lengthOf(text: string): number {
  return [...text].length;
}
