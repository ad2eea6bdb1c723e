import type { Reply } from "../maintenance/reply.js";
import { type Block, message, type SlackMessage, section } from "./blocks.js";
import { LIMITS } from "./limits.js";
import { escapeTo, free, join, Mrkdwn, mrk, user } from "./mrkdwn.js";

const MARKS = { done: "✅", info: "ℹ️", refused: "🚫", error: "❗" } as const;

/** Sections of a table; the rest of a message's room is for the words around it. */
const TABLE_SECTIONS = 3;
const FENCE = "```";
const LINE_CHARS = 300;

/** What one person is told. The reply's texts are plain; a user id written as `@U…` is shown as that person. */
export function renderReply(reply: Reply): SlackMessage {
  const text = mrk`${new Mrkdwn(MARKS[reply.tone])} ${withPeople(free(reply.text, 1500))}`;
  const words = join(
    [
      text,
      reply.said === null ? null : mrk`> ${free(reply.said, 500)}`,
      reply.notDone === null ? null : mrk`*Not done:* ${free(reply.notDone, 400)}`,
      reply.next === null ? null : mrk`*Next:* ${withPeople(free(reply.next, 400))}`,
    ],
    "\n",
  );
  const blocks: Block[] = [section(words)];
  if (reply.line !== null) blocks.push(section(fenced([oneLineOfCode(reply.line, 1000)])));
  if (reply.table !== null) blocks.push(...table(reply.table));
  return message(words, blocks);
}

function withPeople(text: Mrkdwn): Mrkdwn {
  return new Mrkdwn(
    text.text.replace(/(^|[\s(,])@([UW][A-Z0-9]{2,30})\b/g, (_, before: string, id: string) => before + user(id).text),
  );
}

/** A longer text in a fixed-width face over as many sections as are allowed, cut at a line with a word on what is left out. */
function table(text: string): Block[] {
  const rest = text
    .replaceAll("\t", "  ")
    .split(/\r?\n/)
    .map((line) => oneLineOfCode(line, LINE_CHARS));
  const room = LIMITS.sectionText - 2 * (FENCE.length + 1);
  const budget = TABLE_SECTIONS * 2400;
  const chunks: string[][] = [];
  let used = 0;
  let chunkLength = Number.POSITIVE_INFINITY;
  let shown = 0;
  for (const line of rest) {
    const length = line.length + 1;
    if (used + length > budget) break;
    if (chunkLength + length > Math.min(room, 2400 + LINE_CHARS)) {
      chunks.push([]);
      chunkLength = 0;
    }
    chunks.at(-1)?.push(line);
    chunkLength += length;
    used += length;
    shown += 1;
  }
  const blocks = chunks.map((lines) => section(fenced(lines)));
  if (shown < rest.length) blocks.push(section(mrk`_and ${rest.length - shown} more lines_`));
  return blocks;
}

function oneLineOfCode(raw: string, max: number): string {
  // Leading spaces are the table's columns, so nothing is trimmed here; the fence itself must not occur inside.
  return escapeTo(raw.replace(/[\p{Cc}\p{Cs}]/gu, " ").replaceAll("`", "'").trimEnd(), max);
}

function fenced(lines: readonly string[]): Mrkdwn {
  return new Mrkdwn(`${FENCE}\n${lines.join("\n") || " "}\n${FENCE}`);
}
