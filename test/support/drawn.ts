import { anybody, type Reader } from "../../src/maintenance/text/reader.js";
import type { Reply } from "../../src/maintenance/text/reply.js";
import { drawTables, TABLE_WIDTH } from "../../src/slack/render/table.js";
import { NOW } from "./world.js";

/** Somebody in UTC to whom `U0ALICE` is alice. */
export function readerOf(parts: Partial<Reader> = {}): Reader {
  const nameOf = (id: string) => id.replace(/^[US]\d*/, "").toLowerCase();
  return { ...anybody("/mesos", NOW), nameOf, ...parts };
}

/** The tables of a reply as they are drawn; `null` where it has none. */
export function drawn(
  { table }: Pick<Reply, "table">,
  width = TABLE_WIDTH,
  reader = readerOf(),
): string | null {
  return table === null ? null : drawTables(table, reader, width).text;
}

export function drawnLines(reply: Pick<Reply, "table">): string[] {
  return drawn(reply)?.split("\n") ?? [];
}
