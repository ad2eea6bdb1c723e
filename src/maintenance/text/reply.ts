// What words do our sentences share?

import { z } from "zod";
import { type Tables, tables } from "./table.js";

/**
 * What one person is told about something they typed or clicked: only they see it. Plain text without Slack's markup;
 * `slack/` escapes and lays it out.
 */
export const reply = z.object({
  tone: z.enum(["done", "info", "refused", "error"]),
  /** What happened, in one or two sentences; several things have a line each. */
  text: z.string(),
  /** The master's own words, if it said any. */
  said: z.string().nullable().default(null),
  /** What was not done because of it. */
  notDone: z.string().nullable().default(null),
  /** What to do next. */
  next: z.string().nullable().default(null),
  /** A command line to copy. */
  line: z.string().nullable().default(null),
  /**
   * The line may also be sent by a click, as if it had been typed: what its clicks are known by, so that each of them is the
   * same command (invariant 7). `null`: it is only to copy.
   */
  offer: z.string().nullable().default(null),
  /**
   * Something longer in a fixed-width face: tables, the help. Drawn for whoever reads it, and cut to fit where it is shown. A
   * text alone is laid out already; 0.1.0 queued all tables so.
   */
  table: z
    .union([tables, z.string().transform((text): Tables => [text])])
    .nullable()
    .default(null),
});

export type Reply = z.output<typeof reply>;

/** A reply before it is complete: what is left out is `null`. */
export type ReplyParts = z.input<typeof reply>;

/** A reply from its parts; what is left out is `null`. */
export function replyOf(parts: ReplyParts): Reply {
  return reply.parse(parts);
}

/** Why nothing was done, and what to do instead. */
export interface Refusal {
  readonly why: string;
  readonly next: string;
  /** The line to copy that is the way out; absent where there is none that is certain to be meant. */
  readonly line?: string;
}
