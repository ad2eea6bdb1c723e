import type { Reader } from "../../maintenance/text/reader.js";
import type { Grid, Piece } from "../../maintenance/text/table.js";
import { cellText } from "./table.js";

/**
 * A table as CSV (RFC 4180): moments in ISO 8601 and UTC, people by name. A cell that a spreadsheet would take for a formula has an
 * apostrophe before it: people and masters write the texts.
 */
export function csvOf({ columns, rows }: Grid, reader: Reader): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => row.map((one) => csvText(one, reader))),
  ];
  // A byte order mark: without it some spreadsheets take UTF-8 for something else.
  return `\ufeff${lines.map((cells) => cells.map(escaped).join(",")).join("\r\n")}\r\n`;
}

function csvText(pieces: readonly Piece[], reader: Reader): string {
  const [first] = pieces;
  return first !== undefined && typeof first !== "string" && "at" in first
    ? new Date(first.at).toISOString()
    : cellText(pieces, reader);
}

function escaped(cell: string): string {
  const text = /^[=+\-@\t]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
