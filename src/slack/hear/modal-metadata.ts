import { z } from "zod";
import { buttonValue } from "../render/button-value.js";
import { LIMITS } from "../wire/limits.js";
import type { DecisionClick } from "./handlers.js";

/**
 * What a modal carries from the click that opened it to its submission: what is decided, and where the person is
 * answered. A submission itself names no message, and any process may get it.
 */
const metadata = z.object({
  button: buttonValue,
  place: z.object({
    channel: z.string(),
    messageTs: z.string(),
    thread: z.string().nullable(),
    actionId: z.string(),
    /** Of the click: good for five answers within 30 minutes of it. */
    responseUrl: z.string(),
  }),
});

/** Everything of a click but who submits the modal and with which trigger. */
export type ModalMetadata = z.output<typeof metadata>;

/** Throws a RangeError for what Slack would refuse (over 3000 characters). */
export function encodeMetadata(click: DecisionClick): string {
  const { channel, messageTs, thread, actionId, responseUrl } = click;
  const text = JSON.stringify({
    button: click.button,
    place: { channel, messageTs, thread, actionId, responseUrl },
  } satisfies ModalMetadata);
  if (text.length <= LIMITS.privateMetadata) return text;
  throw new RangeError(
    `A modal's metadata must have at most ${LIMITS.privateMetadata} characters, got ${text.length} (${click.button.id})`,
  );
}

/** What a submitted modal carries, or `null` for one that another version opened. Never throws. */
export function decodeMetadata(text: string): ModalMetadata | null {
  try {
    return metadata.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
