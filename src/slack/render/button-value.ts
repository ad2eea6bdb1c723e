import { z } from "zod";
import { decision } from "../../maintenance/decisions/table.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { LIMITS } from "../wire/limits.js";

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

/** What a button carries that decides nothing: `details` shows the whole status to the person alone. */
export const viewValue = buttonValue
  .omit({ decision: true, rev: true })
  .extend({ show: z.literal("details") });

export type ViewValue = z.output<typeof viewValue>;

/** What a click means. */
export type ParsedClick =
  | { readonly kind: "decision"; readonly button: ButtonValue }
  | { readonly kind: "details"; readonly id: string }
  | { readonly kind: "unknown"; readonly reply: Reply };

/** The text of a button's `value`. Throws a RangeError for what Slack would refuse (over 2000 characters). */
export function encodeButton(value: ButtonValue | ViewValue): string {
  const text = JSON.stringify(value);
  if (text.length > LIMITS.buttonValue) {
    const what = "show" in value ? value.show : value.decision.kind;
    throw new RangeError(
      `A button's value must have at most ${LIMITS.buttonValue} characters, got ${text.length} (${value.id}, ${what})`,
    );
  }
  return text;
}

/** What a clicked button decides, or what to tell the person when it decides nothing we know. Never throws. */
export function parseButton(
  text: string | undefined,
): { readonly ok: true; readonly value: ButtonValue } | { readonly ok: false; readonly reply: Reply } {
  const parsed = buttonValue.safeParse(jsonOf(text));
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reply: unknownButton() };
}

/** What a click on one of our buttons means. Never throws. */
export function parseClick(text: string | undefined): ParsedClick {
  const view = viewValue.safeParse(jsonOf(text));
  if (view.success) return { kind: "details", id: view.data.id };
  const parsed = parseButton(text);
  return parsed.ok ? { kind: "decision", button: parsed.value } : { kind: "unknown", reply: parsed.reply };
}

function unknownButton(): Reply {
  return replyOf({
    tone: "error",
    text: "This button was made by another version of the bot and is not understood any more.",
    notDone: "Nothing was decided.",
    next: "Look the maintenance up and use its newest buttons, or type the command.",
    line: "/mesos status",
  });
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
