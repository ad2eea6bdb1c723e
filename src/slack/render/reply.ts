import { COMMAND, named } from "../../maintenance/text/command.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { type Block, message, type SlackMessage, section } from "./blocks.js";
import { fixedLine, fixedText } from "./fixed-text.js";
import { Mrkdwn, mrk, sentence } from "./mrkdwn.js";
import { explained } from "./parts.js";

const MARKS = { done: "✅", info: "ℹ️", refused: "🚫", error: "❗" } as const;

/**
 * What one person is told. The reply's texts are plain; a user id that they write as `<@U…>` is shown as that person.
 *
 * @param command what they call the command.
 */
export function renderReply(reply: Reply, command: string): SlackMessage {
  const ours = (text: string, max: number) => sentence(named(text, command), max, "one");
  const what = mrk`${new Mrkdwn(MARKS[reply.tone])} ${ours(reply.text, 1500)}`;
  const blocks: Block[] = [section(explained(what, reply, ours))];
  if (reply.line !== null) blocks.push(fixedLine(lineNamed(reply.line, command)));
  if (reply.table !== null) blocks.push(...fixedText(named(reply.table, command)));
  return message(blocks);
}

/** A line to copy begins with the command; after it may stand what people wrote. */
function lineNamed(line: string, command: string): string {
  return line.startsWith(`${COMMAND} `) ? command + line.slice(COMMAND.length) : line;
}
