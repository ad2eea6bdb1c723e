import { COMMAND } from "../../maintenance/text/command.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { SlackFailure } from "../wire/errors.js";
import type { ClickInput, DecisionClick, SlackHandlers } from "./handlers.js";
import type { OpenModal } from "./modal-opener.js";
import { asksFirst } from "./modals.js";

/**
 * What a click leads to: its handler, or the modal that asks for a reason or a span first. Should Slack not open that,
 * the click never just vanishes: it goes on without the answer or the person hears that it did not.
 */
export async function clicked(
  { button, ...place }: ClickInput,
  o: { readonly handlers: SlackHandlers; readonly openModal: OpenModal },
): Promise<Reply | null> {
  const modal = "show" in button ? null : asksFirst(button.decision.kind);
  if ("show" in button || modal === null) return await o.handlers.click({ ...place, button });
  const click: DecisionClick = { ...place, button };
  try {
    await o.openModal(click, modal);
    return null;
  } catch (error) {
    const { goesOn, reply } = withoutModal(click, SlackFailure.from(error, "opening the dialog"));
    return goesOn ? ((await o.handlers.click(click)) ?? reply) : reply;
  }
}

/**
 * What happens to a click whose modal did not open. Deny and Hold only keep things as they are, so they go on without
 * their reason; an extension changes the schedule and is left to the person.
 */
function withoutModal(click: DecisionClick, failure: SlackFailure): { goesOn: boolean; reply: Reply } {
  const { id, decision } = click.button;
  const what = "Slack did not open the dialog that belongs to this button";
  if (decision.kind === "extend") {
    return {
      goesOn: false,
      reply: replyOf({
        tone: "error",
        text: `${what}: ${failure.what}`,
        notDone: "The window was not extended.",
        next: "Press Extend again, or type the command.",
        line: `${COMMAND} extend ${id} 1h`,
      }),
    };
  }
  const verb = decision.kind === "deny" ? "Deny" : "Hold";
  return {
    goesOn: true,
    reply: replyOf({
      tone: "info",
      text: `${what}, so ${verb} goes on without a reason: ${failure.what}`,
      next: "Say the reason in the thread.",
    }),
  };
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
