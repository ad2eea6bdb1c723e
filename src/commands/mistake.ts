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
