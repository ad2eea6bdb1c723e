import { COMMAND, named } from "../../maintenance/text/command.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { type Block, message, type SlackMessage, section } from "./blocks.js";
import { fixedLine, fixedText } from "./fixed-text.js";
import { free, join, Mrkdwn, mrk, sentence } from "./mrkdwn.js";

const MARKS = { done: "✅", info: "ℹ️", refused: "🚫", error: "❗" } as const;

/**
 * What one person is told. The reply's texts are plain; a user id that they write as `<@U…>` is shown as that person.
 *
 * @param command what they call the command.
 */
export function renderReply(reply: Reply, command: string): SlackMessage {
  const ours = (text: string, max: number) => sentence(named(text, command), max, "one");
  const text = mrk`${new Mrkdwn(MARKS[reply.tone])} ${ours(reply.text, 1500)}`;
  const words = join(
    [
      text,
      reply.said === null ? null : mrk`> ${free(reply.said, 500)}`,
      reply.notDone === null ? null : mrk`*Not done:* ${ours(reply.notDone, 400)}`,
      reply.next === null ? null : mrk`*Next:* ${ours(reply.next, 400)}`,
    ],
    "\n",
  );
  const blocks: Block[] = [section(words)];
  if (reply.line !== null) blocks.push(fixedLine(lineNamed(reply.line, command)));
  if (reply.table !== null) blocks.push(...fixedText(named(reply.table, command)));
  return message(blocks);
}

/** A line to copy begins with the command; after it may stand what people wrote. */
function lineNamed(line: string, command: string): string {
  return line.startsWith(`${COMMAND} `) ? command + line.slice(COMMAND.length) : line;
}
