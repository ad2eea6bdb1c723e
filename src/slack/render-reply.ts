import type { Reply } from "../maintenance/reply.js";
import { type Block, message, type SlackMessage, section } from "./blocks.js";
import { LIMITS } from "./limits.js";
import { escapeTo, free, join, Mrkdwn, mrk, sentence } from "./mrkdwn.js";

const MARKS = { done: "✅", info: "ℹ️", refused: "🚫", error: "❗" } as const;

const FENCE = "```";
/** Room for a table in a message; the rest is for the words around it. */
const TABLE_CHARS = 6500;
const CHUNK_CHARS = LIMITS.sectionText - 2 * (FENCE.length + 1);
const LINE_CHARS = 300;

/** What one person is told. The reply's texts are plain; a user id in them is shown as that person. */
export function renderReply(reply: Reply): SlackMessage {
  const text = mrk`${new Mrkdwn(MARKS[reply.tone])} ${sentence(reply.text, 1500)}`;
  const words = join(
    [
      text,
      reply.said === null ? null : mrk`> ${free(reply.said, 500)}`,
      reply.notDone === null ? null : mrk`*Not done:* ${sentence(reply.notDone, 400)}`,
      reply.next === null ? null : mrk`*Next:* ${sentence(reply.next, 400)}`,
    ],
    "\n",
  );
  const blocks: Block[] = [section(words)];
  if (reply.line !== null) blocks.push(section(fenced([oneLineOfCode(reply.line, 1000)])));
  if (reply.table !== null) blocks.push(...table(reply.table));
  return message(words, blocks);
}

/** A longer text in a fixed-width face, over several sections if need be, cut at a line with a word on what is left out. */
function table(text: string): Block[] {
  const lines = text.split(/\r?\n/).map((line) => oneLineOfCode(line.replaceAll("\t", "  "), LINE_CHARS));
  const chunks: string[][] = [[]];
  let shown = 0;
  let used = 0;
  let inChunk = 0;
  for (const line of lines) {
    const length = line.length + 1;
    if (used + length > TABLE_CHARS) break;
    if (inChunk + length > CHUNK_CHARS) {
      chunks.push([]);
      inChunk = 0;
    }
    chunks.at(-1)?.push(line);
    inChunk += length;
    used += length;
    shown += 1;
  }
  const blocks = chunks.map((chunk) => section(fenced(chunk)));
  if (shown < lines.length) blocks.push(section(mrk`_and ${lines.length - shown} more lines_`));
  return blocks;
}

function oneLineOfCode(raw: string, max: number): string {
  // Leading spaces are the table's columns, so nothing is trimmed here; the fence itself must not occur inside.
  return escapeTo(
    raw
      .replace(/[\p{Cc}\p{Cs}]/gu, " ")
      .replaceAll("`", "'")
      .trimEnd(),
    max,
  );
}

function fenced(lines: readonly string[]): Mrkdwn {
  return new Mrkdwn(`${FENCE}\n${lines.join("\n") || " "}\n${FENCE}`);
}
