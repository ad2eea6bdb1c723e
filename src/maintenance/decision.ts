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
  /** Post the window again after somebody else removed it. */
  z.object({ kind: z.literal("retry") }),
]);
export type Decision = z.output<typeof decision>;
export type DecisionKind = Decision["kind"];
