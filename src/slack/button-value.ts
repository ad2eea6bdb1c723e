import { z } from "zod";
import { decision } from "../maintenance/decision.js";
import { type Reply, replyOf } from "../maintenance/reply.js";
import { LIMITS } from "./limits.js";

/**
 * What a button carries: which maintenance, what it decides, and the number of the newest event when it was drawn. The
 * version lets a later release know the buttons of an older one, which stay in channels for ever.
 */
export const buttonValue = z.object({
  v: z.literal(1),
  id: z.string().regex(/^m-[a-z0-9]{4,8}$/),
  decision,
  rev: z.number().int().nonnegative(),
});
export type ButtonValue = z.output<typeof buttonValue>;

/** The text of a button's `value`. Throws a RangeError for what Slack would refuse (over 2000 characters). */
export function encodeButton(value: ButtonValue): string {
  const text = JSON.stringify(value);
  if (text.length > LIMITS.buttonValue) {
    throw new RangeError(
      `A button's value must have at most ${LIMITS.buttonValue} characters, got ${text.length} (${value.id}, ${value.decision.kind})`,
    );
  }
  return text;
}

/** What a clicked button carries, or what to tell the person whose click cannot be understood. Never throws. */
export function parseButton(
  text: string | undefined,
): { readonly ok: true; readonly value: ButtonValue } | { readonly ok: false; readonly reply: Reply } {
  const parsed = buttonValue.safeParse(jsonOf(text ?? ""));
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    reply: replyOf({
      tone: "error",
      text: "This button was made by another version of the bot and is not understood any more.",
      notDone: "Nothing was decided.",
      next: "Look the maintenance up and use its newest buttons, or type the command.",
      line: "/mesos status",
    }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
