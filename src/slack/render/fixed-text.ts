import { scrub } from "../../base/scrub.js";
import { counted } from "../../maintenance/text/list.js";
import { withoutInvisible } from "../../maintenance/text/one-line.js";
import type { SlackFailure } from "../wire/errors.js";
import { LIMITS } from "../wire/limits.js";
import { type Block, message, type SlackMessage, section } from "./blocks.js";
import { escapeTo, free, Mrkdwn, mrk } from "./mrkdwn.js";

const FENCE = "```";

/** Room for a table in a message; the rest is for the words around it. */
const TABLE_CHARS = 6500;

const CHUNK_CHARS = LIMITS.sectionText - 2 * (FENCE.length + 1);

const LINE_CHARS = 300;

/** One line in a fixed-width face, such as a command to copy. */
export function fixedLine(line: string): Block {
  return section(fenced(oneLineOfCode(scrub(line), 1000)));
}

/** A longer text in a fixed-width face, over several sections if need be, cut at a line with a word on what is left out. */
export function fixedText(text: string): Block[] {
  const lines = linesOf(scrub(text));
  const chunks: string[] = [];
  let shown = 0;
  let used = 0;
  for (const line of lines) {
    used += line.length + 1;
    if (used > TABLE_CHARS) break;
    shown += 1;
    const last = chunks.at(-1);
    if (last === undefined || last.length + 1 + line.length > CHUNK_CHARS) chunks.push(line);
    else chunks[chunks.length - 1] = `${last}\n${line}`;
  }
  const blocks = chunks.map((chunk) => section(fenced(chunk)));
  if (shown < lines.length) blocks.push(section(mrk`_and ${counted(lines.length - shown, "more line")}_`));
  return blocks;
}

/** Whether a text is shown whole by `fixedText`. */
export function fitsMessage(text: string): boolean {
  return linesOf(text).reduce((sum, line) => sum + line.length + 1, 0) <= TABLE_CHARS;
}

/** A text that goes up as a file. */
export interface TextFile {
  /** With its ending, such as `m-7k3q2.md`. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

/** A picture that goes up as a file; Slack shows it in the conversation. */
export interface PictureFile {
  /** With its ending, such as `prod-schedule.png`. */
  readonly name: string;
  readonly title: string;
  /** The bytes of a PNG. */
  readonly png: Uint8Array;
  /** What it shows, in words: stands above it, and in its place where Slack does not take it. */
  readonly caption: string;
}

/**
 * A file that Slack did not take, as a message: its text, or the caption of a picture; whole if it fits, else with a word on
 * what is left out.
 */
export function renderFile(file: TextFile | PictureFile, failure: SlackFailure): SlackMessage {
  const [mark, text, kind] = "text" in file ? ["📄", file.text, "file"] : ["🖼️", file.caption, "picture"];
  const words = mrk`${mark} *${free(file.title, 200)}*\n_As a message, because the ${kind} was not taken: ${free(failure.what, 400)}_\n*Next:* ${free(failure.next, 400)}`;
  return message([section(words), ...fixedText(text)]);
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => oneLineOfCode(line.replaceAll("\t", "  "), LINE_CHARS));
}

function oneLineOfCode(raw: string, max: number): string {
  // Leading spaces are the table's columns, so nothing is trimmed here; the fence itself must not occur inside.
  return escapeTo(
    withoutInvisible(raw)
      .replace(/[\p{Cc}\p{Cs}]/gu, " ")
      .replaceAll("`", "'")
      .trimEnd(),
    max,
  );
}

function fenced(text: string): Mrkdwn {
  return new Mrkdwn(`${FENCE}\n${text || " "}\n${FENCE}`);
}
