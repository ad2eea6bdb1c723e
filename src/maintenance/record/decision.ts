import { z } from "zod";

/** What a person did, by a button or a command, on an open maintenance. */
export const decision = z.discriminatedUnion("kind", [
  /** Ask for the approval of the Down step now. */
  z.object({ kind: z.literal("ask_down"), batch: z.string() }),
  z.object({ kind: z.literal("approve"), batch: z.string(), approval: z.string() }),
  z.object({
    kind: z.literal("deny"),
    batch: z.string(),
    approval: z.string(),
    reason: z.string().nullable(),
  }),
  z.object({ kind: z.literal("cancel") }),
  z.object({ kind: z.literal("up") }),
  z.object({ kind: z.literal("hold"), reason: z.string().nullable() }),
  z.object({ kind: z.literal("release") }),
  /** Makes the window longer by this much. */
  z.object({ kind: z.literal("extend"), byMs: z.number().int().positive() }),
  /** An owner says that their frameworks are ready for the Down. */
  z.object({ kind: z.literal("ready") }),
  /** Goes on outside the hours of the calendar, the only rule that can be overridden. */
  z.object({ kind: z.literal("override"), reason: z.string() }),
  /** Post the window again after somebody else removed it. */
  z.object({ kind: z.literal("retry") }),
]);

export type Decision = z.output<typeof decision>;

export type DecisionKind = Decision["kind"];
