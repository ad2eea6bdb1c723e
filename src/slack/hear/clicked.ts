import { COMMAND } from "../../maintenance/text/command.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { AnyValue } from "../render/button-value.js";
import type { ReplyTarget } from "../say/messenger.js";
import { SlackFailure } from "../wire/errors.js";
import { openForm } from "./forms.js";
import type { SlackHandlers } from "./handlers.js";
import { modalOf, type OpenModal } from "./modals.js";

/** A click on any button of ours. */
interface AnyClick extends ReplyTarget {
  readonly button: AnyValue;
  readonly message?: string;
  readonly triggerId: string;
}

/**
 * What a click leads to: its handler, the form, or the modal that asks for a reason or a span first. Should Slack not open that,
 * the click never just vanishes: Deny and Hold only keep things as they are, so they go on without their reason; an
 * extension changes the schedule and is left to the person.
 */
export async function clicked(
  { button, ...place }: AnyClick,
  o: { readonly handlers: SlackHandlers; readonly openModal: OpenModal },
): Promise<Reply | null> {
  if ("open" in button) return await openForm(place, o, async (failure) => notOpened(failure));
  if ("decision" in button) {
    const click = { ...place, button };
    try {
      const modal = modalOf(click);
      if (modal !== null) {
        await o.openModal(place.triggerId, modal);
        return null;
      }
    } catch (error) {
      const failure = SlackFailure.from(error, "opening the dialog");
      const { kind } = button.decision;
      if (kind === "extend") return notExtended(button.id, failure);
      return (await o.handlers.click(click)) ?? withoutReason(kind === "deny" ? "Deny" : "Hold", failure);
    }
  }
  return await o.handlers.click({ ...place, button });
}

const NO_DIALOG = "Slack did not open the dialog that belongs to this button";

function notOpened(failure: SlackFailure): Reply {
  return replyOf({
    tone: "error",
    text: `${NO_DIALOG}: ${failure.what}`,
    notDone: "Nothing was asked for.",
    next: "Press the button again, or type the command.",
    line: `${COMMAND} help drain`,
  });
}

function notExtended(id: string, failure: SlackFailure): Reply {
  return replyOf({
    tone: "error",
    text: `${NO_DIALOG}: ${failure.what}`,
    notDone: "The window was not extended.",
    next: "Press Extend again, or type the command.",
    line: `${COMMAND} extend ${id} 1h`,
  });
}

function withoutReason(label: string, failure: SlackFailure): Reply {
  return replyOf({
    tone: "info",
    text: `${NO_DIALOG}, so ${label} goes on without a reason: ${failure.what}`,
    next: "Say the reason in the thread.",
  });
}

/** What a click on a button is answered that no version of ours, or a later one, has drawn. */
export function unknownButton(): Reply {
  return replyOf({
    tone: "error",
    text: "This button was made by another version of the bot and is not understood any more.",
    notDone: "Nothing was decided.",
    next: "Look the maintenance up and use its newest buttons, or type the command.",
    line: `${COMMAND} status`,
  });
}
