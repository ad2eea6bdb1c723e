import { message, type SlackMessage, section } from "./blocks.js";
import { code, link, mrk } from "./mrkdwn.js";

/**
 * What a card or a question says that is not its maintenance's own any more: nothing keeps it up to date, so it loses its
 * buttons.
 *
 * @param address of the card that is kept up to date; empty where Slack tells none, `null` where there is none.
 */
export function renderRetired(id: string, address: string | null): SlackMessage {
  const where =
    address === null
      ? mrk`No record of ${code(id)} is on the queue any more, so nothing is done for it.`
      : mrk`The card of ${address === "" ? code(id) : link(address, id)} is another one, and this one is not kept up to date.`;
  return message([section(mrk`🗃️ *Not current.* ${where} What stood here may be of the past.`)]);
}

/** Below a card that may be the second of its maintenance. */
export function renderSecondCard(id: string): SlackMessage {
  return message([
    section(
      mrk`🗃️ The bot was stopped while it posted the card of ${code(id)}: an older one may stand above this one. It is not kept up to date, and a click on it takes its buttons off.`,
    ),
  ]);
}
