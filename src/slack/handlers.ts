import type { Reply } from "../maintenance/reply.js";
import type { ButtonValue } from "./button-value.js";

/** A slash command as somebody typed it. */
export interface CommandInput {
  /** What follows the command, as Slack sent it: with its links, curly quotes and long dashes. */
  readonly text: string;
  /** `/mesos`, or the name the workspace gave it. */
  readonly command: string;
  /** Slack user id. */
  readonly user: string;
  readonly channel: string;
  readonly team: string;
  /** Unique per command: what de-duplicates it. Opens one modal within 3 s. */
  readonly triggerId: string;
  readonly responseUrl: string;
}

/** A click on one of our buttons. */
export interface ClickInput {
  readonly button: ButtonValue;
  readonly user: string;
  readonly channel: string;
  readonly messageTs: string;
  readonly actionId: string;
  readonly responseUrl: string;
  readonly triggerId: string;
}

/**
 * What the bot does with commands and clicks. The listener has acknowledged before it calls; what is returned is told
 * to the person alone, and `null` says nothing.
 */
export interface SlackHandlers {
  command(input: CommandInput): Promise<Reply | null>;
  click(input: ClickInput): Promise<Reply | null>;
}
