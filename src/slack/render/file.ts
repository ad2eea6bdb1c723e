import type { SlackFailure } from "../wire/errors.js";
import { message, type SlackMessage, section } from "./blocks.js";
import { fixedText } from "./fixed-text.js";
import { free, mrk } from "./mrkdwn.js";

/** A text that goes into a thread as a file. */
export interface TextFile {
  /** With its ending, such as `m-7k3q2.md`. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

/** The text of a file that Slack did not take, as a message: whole if it fits, else with a word on what is left out. */
export function renderFile(file: TextFile, failure: SlackFailure): SlackMessage {
  const words = mrk`📄 *${free(file.title, 200)}*\n_As a message, because the file was not taken: ${free(failure.what, 400)}_\n*Next:* ${free(failure.next, 400)}`;
  return message([section(words), ...fixedText(file.text)]);
}
