import type { Reply } from "../../maintenance/text/reply.js";
import type { AnyValue, ButtonValue, OpenValue, ViewValue } from "../render/button-value.js";
import type { DrainForm, FormChoices, InputName } from "../render/form/inputs.js";
import type { ReplyTarget } from "../say/messenger.js";

/** A slash command as somebody typed it. */
export interface CommandInput extends ReplyTarget {
  /** What follows the command, as Slack sent it: with its links, curly quotes and long dashes. */
  readonly text: string;
  /** Unique per command: what de-duplicates it. */
  readonly triggerId: string;
}

/** A click on one of our buttons, or the submission of the modal that it opened. */
export interface ClickInput extends ReplyTarget {
  readonly button: Exclude<AnyValue, OpenValue>;
  /** `ts` of the message that the button is in; absent for a modal. */
  readonly message?: string;
  /** Unique per click. Opens one modal within 3 s. */
  readonly triggerId: string;
}

/** A click on a button of one maintenance. */
export interface MaintenanceClick extends ClickInput {
  readonly button: ButtonValue | ViewValue;
}

/** A click that decides. Reasons and spans that people gave in a modal are in `button.decision` already. */
export interface DecisionClick extends ClickInput {
  readonly button: ButtonValue;
}

/** The line that a filled form stands for, without the command, or what is wrong with each of its inputs. */
export type LineRead =
  | { readonly line: string }
  | { readonly mistakes: Readonly<Partial<Record<InputName, string>>> };

/**
 * What the bot does with commands and clicks. The listener has acknowledged before it calls; what is returned is told
 * to the person alone, and `null` says nothing.
 */
export interface SlackHandlers {
  /**
   * Runs what a command, a click or a dialog leads to, unless the same one was here in the last 15 minutes, in whichever
   * process: Slack delivers twice, and what it signed can be sent again. Then nothing is said, because it was answered.
   *
   * @param trigger Slack's trigger id, which is another one for each.
   */
  once(trigger: string, run: () => Promise<Reply | null>): Promise<Reply | null>;
  command(input: CommandInput): Promise<Reply | null>;
  click(input: ClickInput): Promise<Reply | null>;
  /** Draws somebody's Home, with what they were told last about something that they did there. Slack's failures are its own. */
  home(user: string, answer: Reply | null): Promise<void>;
  /** What the form for a drain offers to somebody who asks for it in this channel. Within half a second; never throws. */
  formChoices(at: Pick<ReplyTarget, "channel" | "user">): Promise<FormChoices>;
  /** Reads a filled form. Asks nobody, and queues nothing. */
  lineOf(
    form: DrainForm,
    at: Pick<ReplyTarget, "channel" | "command" | "user"> & Pick<FormChoices, "timeZone">,
  ): LineRead;
}
