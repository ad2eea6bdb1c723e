import type { types } from "@slack/bolt";
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
