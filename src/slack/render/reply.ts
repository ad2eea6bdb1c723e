import type { Reply } from "../../maintenance/text/reply.js";
import { type Block, message, type SlackMessage, section } from "./blocks.js";
import { fixedLine, fixedText } from "./fixed-text.js";
import { free, join, Mrkdwn, mrk, sentence } from "./mrkdwn.js";

const MARKS = { done: "✅", info: "ℹ️", refused: "🚫", error: "❗" } as const;

/** What one person is told. The reply's texts are plain; a user id that they write as `<@U…>` is shown as that person. */
export function renderReply(reply: Reply): SlackMessage {
  const text = mrk`${new Mrkdwn(MARKS[reply.tone])} ${sentence(reply.text, 1500, "one")}`;
  const words = join(
    [
      text,
      reply.said === null ? null : mrk`> ${free(reply.said, 500)}`,
      reply.notDone === null ? null : mrk`*Not done:* ${sentence(reply.notDone, 400, "one")}`,
      reply.next === null ? null : mrk`*Next:* ${sentence(reply.next, 400, "one")}`,
    ],
    "\n",
  );
  const blocks: Block[] = [section(words)];
  if (reply.line !== null) blocks.push(fixedLine(reply.line));
  if (reply.table !== null) blocks.push(...fixedText(reply.table));
  return message(blocks);
}
