import { eastAsianWidth } from "get-east-asian-width";
import { named } from "../../maintenance/text/command.js";
import { oneLine } from "../../maintenance/text/one-line.js";
import type { Reader } from "../../maintenance/text/reader.js";
import { readerTime } from "../../maintenance/text/reader-time.js";
import type { Grid, Piece, Tables } from "../../maintenance/text/table.js";
import { tellsTime, written } from "../../maintenance/text/tokens.js";

/** Widest line that a phone shows without breaking it, in columns. */
export const TABLE_WIDTH = 80;

/** A line in a file, which scrolls. */
export const FILE_WIDTH = Number.POSITIVE_INFINITY;

const GAP = "  ";

/** Cells are not cut shorter than this: fewer characters of a name say nothing. */
const LEAST = 7;

/** Tables as text in a fixed-width face. */
export interface Drawn {
  readonly text: string;
  /** The zone of the times in it; `null` where it has none. */
  readonly zone: string | null;
  /** No column was left out. */
  readonly isWhole: boolean;
}

/**
 * Draws tables for whoever reads them: columns stand under each other, times are in their zone, people have their names. A
 * line is at most `width` columns wide as long as the columns that give way allow it.
 */
export function drawTables(tables: Tables, reader: Reader, width = TABLE_WIDTH): Drawn {
  const parts = tables.map((part) =>
    typeof part === "string"
      ? { text: named(part, reader.command), isWhole: true }
      : drawGrid(part, reader, width),
  );
  return {
    text: parts.map(({ text }) => text).join("\n\n"),
    zone: tables.some((part) => typeof part !== "string" && part.rows.flat(2).some(isTime))
      ? reader.zone
      : null,
    isWhole: parts.every(({ isWhole }) => isWhole),
  };
}

/** The same as a file of its own. */
export function fileText({ text, zone }: Drawn): string {
  return zone === null ? text : `${zoneNote(zone)}\n\n${text}`;
}

/** Where the times of a table are of. */
export function zoneNote(zone: string): string {
  return `Times: ${zone}`;
}

function isTime(piece: Piece): boolean {
  if (typeof piece === "string" || "who" in piece) return false;
  return "at" in piece || tellsTime(piece.sentence);
}

function drawGrid({ heading, columns, rows }: Grid, reader: Reader, width: number) {
  const cells = rows.map((row) => row.map((pieces) => cellText(pieces, reader)));
  const natural = columns.map(({ title }, i) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[i] ?? "")), widthOf(title)),
  );
  const shown = columnsThatFit(columns, natural, width);
  const widths = narrowed(columns, natural, shown, width);
  const line = (texts: readonly string[]) =>
    shown
      .map((i) => {
        const text = cutTo(texts[i] ?? "", widths[i] ?? 0, columns[i]?.cut);
        const space = " ".repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
        return columns[i]?.align === "right" ? space + text : text + space;
      })
      .join(GAP)
      .trimEnd();
  const lines = [columns.map(({ title }) => title), ...cells].map(line);
  return {
    text: (heading === null ? lines : [heading, ...lines]).join("\n"),
    isWhole: shown.length === columns.length,
  };
}

/** Places of the columns that are shown: as wide as they can be cut to, the spare ones as far as there is room for them. */
function columnsThatFit(columns: Grid["columns"], natural: readonly number[], width: number): number[] {
  let shown = columns.map((_, i) => i);
  while (lineWidth(narrowest(columns, natural), shown) > width) {
    const spare = shown.findLast((i) => columns[i]?.spare);
    if (spare === undefined) break;
    shown = shown.filter((i) => i !== spare);
  }
  return shown;
}

/** How wide columns are at least: those that are cut may be cut short, but a spare one is shown in full or not at all. */
function narrowest(columns: Grid["columns"], natural: readonly number[]): number[] {
  return natural.map((wide, i) => (columns[i]?.cut && !columns[i]?.spare ? Math.min(wide, LEAST) : wide));
}

function narrowed(
  columns: Grid["columns"],
  natural: readonly number[],
  shown: readonly number[],
  width: number,
): number[] {
  const widths = [...natural];
  while (lineWidth(widths, shown) > width) {
    const widest = shown.reduce(
      (best, i) => (columns[i]?.cut && (widths[i] ?? 0) > (widths[best] ?? 0) ? i : best),
      -1,
    );
    const wide = widths[widest] ?? 0;
    if (wide <= LEAST) break;
    widths[widest] = wide - 1;
  }
  return widths;
}

function lineWidth(widths: readonly number[], shown: readonly number[]): number {
  return shown.reduce((sum, i) => sum + (widths[i] ?? 0), 0) + GAP.length * Math.max(0, shown.length - 1);
}

/** What stands in a cell, on one line. */
export function cellText(pieces: readonly Piece[], reader: Reader): string {
  return oneLine(pieces.map((piece) => pieceText(piece, reader)).join(""));
}

function pieceText(piece: Piece, reader: Reader): string {
  if (typeof piece === "string") return piece;
  if ("at" in piece) return readerTime(piece.at, reader, piece.to);
  if ("who" in piece) return reader.nameOf(piece.who);
  const at = (ms: number) => readerTime(ms, reader);
  return named(written(piece.sentence, { nameOf: reader.nameOf, at }), reader.command);
}

/** At most so many columns, with an ellipsis where something is left out. */
export function cutTo(text: string, width: number, where: "middle" | "end" = "middle"): string {
  if (widthOf(text) <= width) return text;
  const head = where === "end" ? width - 1 : Math.ceil((width - 1) / 2);
  const tail = width - 1 - head;
  const chars = [...text];
  return `${firstOf(chars, head).join("")}…${firstOf(chars.reverse(), tail).reverse().join("")}`;
}

/** The first characters, in at most so many columns. */
function firstOf(chars: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const char of chars) {
    used += widthOf(char);
    if (used > width) break;
    taken.push(char);
  }
  return taken;
}

/** Columns of a text in a fixed-width face: full-width characters, such as Chinese ones, take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += ZERO_WIDTH.test(char) ? 0 : eastAsianWidth(char.codePointAt(0) ?? 0);
  return width;
}

/** Marks that are drawn over the character before them, or not at all. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
