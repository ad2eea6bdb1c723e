import { COMMAND, named } from "../../maintenance/text/command.js";
import type { Reader } from "../../maintenance/text/reader.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { actions, type Block, button, context, message, type SlackMessage, section } from "./blocks.js";
import { fitsButton } from "./button-value.js";
import { fixedLine, fixedText } from "./fixed-text.js";
import { lines, Mrkdwn, mrk } from "./mrkdwn.js";
import { explained } from "./parts.js";
import { sentence } from "./sentence.js";
import { drawTables, zoneNote } from "./table.js";

const MARKS = { done: "✅", info: "ℹ️", refused: "🚫", error: "❗" } as const;

/**
 * What one person is told. The reply's texts are plain; a user id that they write as `<@U…>` is shown as that person.
 *
 * @param whole where the whole table comes to, as a sentence, when the message does not hold all of it.
 */
export function renderReply(reply: Reply, reader: Reader, whole: string | null = null): SlackMessage {
  const { command } = reader;
  const ours = (text: string, max: number) => sentence(named(text, command), max, "one");
  const texts = reply.text.split("\n");
  // Few long lines or many short ones: their section holds all of them.
  const most = Math.min(1500, Math.max(700, Math.floor(2400 / texts.length)));
  const told = lines(...texts.map((text) => ours(text, most)));
  const what = mrk`${new Mrkdwn(MARKS[reply.tone])} ${told}`;
  const blocks: Block[] = [section(explained(what, reply, ours))];
  if (reply.line !== null) {
    const line = lineNamed(reply.line, command);
    blocks.push(fixedLine(line), ...sending(line, reply.offer, command));
  }
  if (reply.table !== null) {
    const { text, zone } = drawTables(reply.table, reader);
    blocks.push(...fixedText(text));
    if (whole !== null) blocks.push(context(mrk`${whole}`));
    if (zone !== null) blocks.push(context(mrk`${zoneNote(zone)}`));
  }
  return message(blocks);
}

/** The button that sends a line; none for one that only is to copy, or is too long for a button. */
function sending(line: string, offer: string | null, command: string): Block[] {
  if (offer === null) return [];
  const value = { v: 1 as const, line, offer, ...(command === COMMAND ? {} : { command }) };
  return fitsButton(value) ? actions([button("Send this line", value, { style: "primary" })]) : [];
}

/** A line to copy begins with the command; after it may stand what people wrote. */
function lineNamed(line: string, command: string): string {
  return line.startsWith(`${COMMAND} `) ? command + line.slice(COMMAND.length) : line;
}
