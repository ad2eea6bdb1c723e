import { type Reply, replyOf } from "../maintenance/reply.js";

/** What people type before everything else. */
export const COMMAND = "/mesos";

/**
 * Something wrong in what was typed: thrown while a line is read and caught in `parseCommand`, never outside.
 */
export class Mistake extends Error {
  override readonly name = "Mistake";
  /** The line, without `/mesos`, as it was probably meant; `null` if there is no telling. */
  readonly line: string | null;

  constructor(problem: string, line: string | null) {
    super(problem);
    this.line = line;
  }
}

/** The answer to a mistake, for the person alone. */
export function mistakeReply(problem: string, line: string | null, example: string): Reply {
  return replyOf({
    tone: "error",
    text: problem,
    notDone: "Nothing was queued.",
    next: `For example: ${COMMAND} ${example}`,
    line: line === null ? null : `${COMMAND} ${line}`,
  });
}
