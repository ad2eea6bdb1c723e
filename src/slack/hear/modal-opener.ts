import type { types } from "@slack/bolt";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { SlackFailure } from "../wire/errors.js";
import { createWebClient, type WebClientOptions } from "../wire/web-client.js";
import type { DecisionClick } from "./handlers.js";
import { type AsksFirst, modalOf } from "./modals.js";

/** A trigger opens a modal for 3 s; whoever clicked hears within that time that it did not work (invariant 9). */
const TIMEOUT_MS = 2_000;

/** Opens the modal that a click asks for. Throws a SlackFailure and nothing else. */
export type OpenModal = (click: DecisionClick, kind: AsksFirst) => Promise<void>;

export function createModalOpener(o: WebClientOptions): OpenModal {
  const client = createWebClient(o, TIMEOUT_MS);
  return async (click, kind) => {
    const doing = "opening the dialog";
    let view: types.ModalView;
    try {
      view = modalOf(click, kind);
    } catch (error) {
      throw new SlackFailure("view_too_large", { doing, detail: String(error) });
    }
    try {
      await client.views.open({ trigger_id: click.triggerId, view });
    } catch (error) {
      throw SlackFailure.from(error, doing);
    }
  };
}

/**
 * What happens to a click whose modal did not open. Deny and Hold only keep things as they are, so they go on without
 * their reason; an extension changes the schedule and is left to the person.
 */
export function withoutModal(click: DecisionClick, failure: SlackFailure): { goesOn: boolean; reply: Reply } {
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
        line: `/mesos extend ${id} 1h`,
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
