import { z } from "zod";
import { decision } from "../../maintenance/decisions/table.js";
import { type Maintenance, standShown } from "../../maintenance/record/record.js";
import { COMMAND, commandName } from "../../maintenance/text/command.js";
import { LIMITS } from "../wire/limits.js";

/**
 * What a button carries: which maintenance, and what it decides. The version lets a later release know the buttons of an
 * older one, which stay in channels for ever; those of 0.1.0 carry a number `rev` as well, which says nothing.
 */
export const buttonValue = z.object({
  v: z.literal(1),
  id: z.string().regex(/^m-[a-z0-9]{4,8}$/),
  /** What the requester calls the command, for answers to the click; absent for `/mesos`. */
  command: commandName.optional(),
  decision,
});

export type ButtonValue = z.output<typeof buttonValue>;

/** What a button carries that decides nothing: `details` shows the whole status to the person alone. */
const viewValue = buttonValue.omit({ decision: true }).extend({ show: z.literal("details") });

export type ViewValue = z.output<typeof viewValue>;

/** What the button of machines that nobody looks after carries: which ones, and how many they are. */
const adoptValue = z.object({
  v: z.literal(1),
  adopt: z.object({ cluster: z.string(), hosts: z.string(), machines: z.number().int(), shown: standShown }),
});

export type AdoptValue = z.output<typeof adoptValue>;

/** What the button beside a line carries: the line, which is sent as if the person had typed it. */
const lineValue = z.object({
  v: z.literal(1),
  command: commandName.optional(),
  line: z.string(),
  /** What all clicks on it are known by: they are one command (invariant 7). */
  offer: z.string(),
});

export type LineValue = z.output<typeof lineValue>;

/** What the button carries that opens the form for a drain. */
const openValue = z.object({ v: z.literal(1), open: z.literal("form") });

export type OpenValue = z.output<typeof openValue>;

/** Everything that a button can carry. */
export type AnyValue = ButtonValue | ViewValue | AdoptValue | LineValue | OpenValue;

/** What every button of a maintenance carries. */
export function carriedBy({ id, command }: Pick<Maintenance, "id" | "command">) {
  return { v: 1 as const, id, ...(command === COMMAND ? {} : { command }) };
}

/** The text of a button's `value`. Throws a RangeError for what Slack would refuse (over 2000 characters). */
export function encodeButton(value: AnyValue): string {
  if (!fitsButton(value)) {
    throw new RangeError(
      `A button's value must have at most ${LIMITS.buttonValue} characters, got ${JSON.stringify(value).length} (${actionOf(value)})`,
    );
  }
  return JSON.stringify(value);
}

/** Whether Slack takes a button with this value. */
export function fitsButton(value: AnyValue): boolean {
  return JSON.stringify(value).length <= LIMITS.buttonValue;
}

/** What a button does and to what, such as `cancel:m-7k3q2`. */
export function actionOf(value: AnyValue): string {
  if ("line" in value) return "line";
  if ("open" in value) return `open:${value.open}`;
  if ("adopt" in value) return `adopt:${value.adopt.cluster}`;
  return `${"show" in value ? value.show : value.decision.kind}:${value.id}`;
}

/** What a clicked button carries; `null` for what is not understood, such as the button of a later version. Never throws. */
export function parseButton(text: string | undefined): AnyValue | null {
  try {
    return z.union([buttonValue, viewValue, adoptValue, lineValue, openValue]).parse(JSON.parse(text ?? ""));
  } catch {
    return null;
  }
}
