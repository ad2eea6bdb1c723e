import type { Reply } from "../../maintenance/text/reply.js";
import type { ButtonValue } from "../render/button-value.js";

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

/** Who clicked, and where. For a modal it is the click that opened it. */
export interface ClickPlace {
  readonly user: string;
  readonly channel: string;
  readonly messageTs: string;
  /** The thread the message is in; `null` for a root message. */
  readonly thread: string | null;
  readonly actionId: string;
  readonly responseUrl: string;
  readonly triggerId: string;
}

/** A button that decides. Reasons and spans that people gave in a modal are in `button.decision` already. */
export interface DecisionClick extends ClickPlace {
  readonly kind: "decision";
  readonly button: ButtonValue;
}

/** Details: the whole status of one maintenance, for the person alone. */
export interface DetailsClick extends ClickPlace {
  readonly kind: "details";
  /** Of the maintenance, such as `m-7k3q2`. */
  readonly id: string;
}

/** A click on one of our buttons, or the submission of the modal that it opened. */
export type ClickInput = DecisionClick | DetailsClick;

/**
 * What the bot does with commands and clicks. The listener has acknowledged before it calls; what is returned is told
 * to the person alone, and `null` says nothing.
 */
export interface SlackHandlers {
  command(input: CommandInput): Promise<Reply | null>;
  click(input: ClickInput): Promise<Reply | null>;
}
