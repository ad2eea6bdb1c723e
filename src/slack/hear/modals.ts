import type { types } from "@slack/bolt";
import { z } from "zod";
import { formatSpan, type Millis } from "../../maintenance/time.js";
import { plainObject } from "../render/blocks.js";
import { buttonValue } from "../render/button-value.js";
import { SlackFailure } from "../wire/errors.js";
import { LIMITS } from "../wire/limits.js";
import type { DecisionClick } from "./handlers.js";

const HOUR_MS = 3_600_000;

/** Opens a modal for the click or the command with this trigger; throws when Slack does not. */
export type OpenModal = (triggerId: string, modal: types.ModalView) => Promise<unknown>;

/**
 * The one input of each of our modals: `state.values[INPUT][INPUT]` when it is submitted. As people read it: the local Slack's page
 * says it where something is wrong with the answer.
 */
export const INPUT = "Answer";

/** Longest reason; it is shown whole on the card, in the thread and in the record. */
export const REASON_CHARS = 300;

/** By how much a window can be extended with the button; any other span can be typed. */
export const EXTENSIONS_MS: readonly Millis[] = [HOUR_MS / 2, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS];

/**
 * The modal that a click opens, or `null` when it decides at once. It carries the click, so its submission needs no memory
 * of ours. Throws a SlackFailure for one that Slack would refuse.
 */
export function modalOf(click: DecisionClick): types.ModalView | null {
  const { id, decision } = click.button;
  switch (decision.kind) {
    case "deny":
      return modal(click, {
        title: `Deny Down of ${id}`,
        submit: "Deny",
        text: "Nothing is taken down, and the machines stay draining. The reason is shown in the thread.",
        input: reason("Why not?", "Such as: peak hours, kafka-3 is still moving", false),
      });
    case "hold":
      return modal(click, {
        title: `Hold ${id}`,
        submit: "Hold",
        text: "Nothing goes on until somebody presses Release. The window stays in the schedule, and the frameworks go on moving.",
        input: reason("Why? (optional)", "Such as: waiting for the backup", true),
      });
    case "extend":
      return modal(click, {
        title: `Extend ${id}`,
        submit: "Extend",
        text: "The window ends later and starts as before; other windows stay. The changed schedule makes the master forget all answers, so the frameworks are asked again.",
        input: {
          type: "input",
          block_id: INPUT,
          label: plainObject("By how much?", LIMITS.inputLabel),
          optional: false,
          element: {
            type: "radio_buttons",
            action_id: INPUT,
            options: EXTENSIONS_MS.map(option),
            // The button's own span when it is among the choices.
            initial_option: option(EXTENSIONS_MS.includes(decision.byMs) ? decision.byMs : HOUR_MS),
          },
        },
      });
    default:
      return null;
  }
}

function modal(
  click: DecisionClick,
  o: { title: string; submit: string; text: string; input: types.InputBlock },
): types.ModalView {
  return {
    type: "modal",
    callback_id: click.button.decision.kind,
    private_metadata: encodeMetadata(click),
    title: plainObject(o.title, LIMITS.modalTitle),
    submit: plainObject(o.submit, LIMITS.modalButton),
    close: { type: "plain_text", text: "Back" },
    blocks: [{ type: "section", text: plainObject(o.text, LIMITS.sectionText) }, o.input],
  };
}

function reason(question: string, example: string, optional: boolean): types.InputBlock {
  return {
    type: "input",
    block_id: INPUT,
    label: plainObject(question, LIMITS.inputLabel),
    optional,
    element: {
      type: "plain_text_input",
      action_id: INPUT,
      multiline: false,
      max_length: REASON_CHARS,
      placeholder: plainObject(example, LIMITS.inputPlaceholder),
    },
  };
}

function option(ms: Millis): types.PlainTextOption {
  return { text: plainObject(formatSpan(ms), LIMITS.optionText), value: String(ms) };
}

/**
 * What a modal carries from the click that opened it to its submission: what is decided, and where the person is
 * answered. A submission itself names no message, and any process may get it.
 */
const metadata = z.object({
  button: buttonValue,
  place: z.object({
    channel: z.string(),
    thread: z.string().nullable(),
    /** Of the click: good for five answers within 30 minutes of it. */
    responseUrl: z.string().nullable(),
  }),
});

export type ModalMetadata = z.output<typeof metadata>;

function encodeMetadata({ button, channel, thread, responseUrl }: DecisionClick): string {
  const carried: ModalMetadata = { button, place: { channel, thread, responseUrl } };
  const text = JSON.stringify(carried);
  if (text.length <= LIMITS.privateMetadata) return text;
  throw new SlackFailure("view_too_large", {
    doing: "opening the dialog",
    detail: `A modal's metadata must have at most ${LIMITS.privateMetadata} characters, got ${text.length} (${button.id})`,
  });
}

/** What a submitted modal carries, or `null` for one that another version opened. Never throws. */
export function decodeMetadata(text: string): ModalMetadata | null {
  try {
    return metadata.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
