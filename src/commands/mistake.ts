import { quoted } from "../maintenance/quote.js";
import { type Reply, replyOf } from "../maintenance/reply.js";

/** What people type before everything else. */
export const COMMAND = "/mesos";

/**
 * Something wrong in what was typed: thrown while a line is read and caught in `parseCommand`, never outside.
 */
export class Mistake extends Error {
  override readonly name = "Mistake";
  /**
   * The line, without `/mesos`, as it was surely meant; `null` if there is no telling. It never does more than what was
   * typed, nor anything else: people copy it without reading it again.
   */
  readonly line: string | null;
  /** What to do instead of an example of the verb; `null` where an example says it. */
  readonly next: string | null;

  constructor(problem: string, line: string | null, next: string | null = null) {
    super(problem);
    this.line = line;
    this.next = next;
  }
}

/** The answer to a mistake, for the person alone: with the corrected line, or else with what to type. */
export function mistakeReply(parts: {
  readonly problem: string;
  readonly line: string | null;
  readonly next: string;
  /** Only where something would have been done. */
  readonly notDone: string | null;
}): Reply {
  const { problem, line, next, notDone } = parts;
  return replyOf({
    tone: "error",
    text: quoted(problem),
    notDone,
    next: line === null ? next : null,
    line: line === null ? null : `${COMMAND} ${line}`,
  });
}
