import type { Reply } from "../../maintenance/text/reply.js";
import { parseClick } from "../render/button-value.js";
import { SlackFailure } from "../wire/errors.js";
import type { ClickPlace, DecisionClick, SlackHandlers } from "./handlers.js";
import { type OpenModal, withoutModal } from "./modal-opener.js";
import { asksFirst } from "./modals.js";

/**
 * What a click leads to: its handler, or the modal that asks for a reason or a span first. Should Slack not open that,
 * the click never just vanishes: it goes on without the answer or the person hears that it did not.
 */
export async function clicked(
  value: string | undefined,
  place: ClickPlace,
  o: { readonly handlers: SlackHandlers; readonly openModal: OpenModal },
): Promise<Reply | null> {
  const parsed = parseClick(value);
  if (parsed.kind === "unknown") return parsed.reply;
  if (parsed.kind === "details") return await o.handlers.click({ ...place, ...parsed });
  const click: DecisionClick = { ...place, ...parsed };
  const modal = asksFirst(click.button.decision.kind);
  if (modal === null) return await o.handlers.click(click);
  try {
    await o.openModal(click, modal);
    return null;
  } catch (error) {
    const { goesOn, reply } = withoutModal(click, SlackFailure.from(error, "opening the dialog"));
    return goesOn ? ((await o.handlers.click(click)) ?? reply) : reply;
  }
}
