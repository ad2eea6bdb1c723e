export { COMMAND } from "../maintenance/text/command.js";

/** A part of a typed line, and what stands in its place when the line is mended. */
export interface Slip {
  /** Where it begins in the line, and where it ends: behind its last character. */
  readonly from: number;
  readonly to: number;
  readonly meant: string;
}

/** What a line may be about to become: one of these, and only the person knows which (`one`), or all of them (`each`). */
export interface Choice {
  readonly of: "one" | "each";
  readonly slips: readonly Slip[];
}

/**
 * Something wrong in what was typed: thrown while a line is read and caught in `parseCommand`, never outside.
 */
export class Mistake extends Error {
  override readonly name = "Mistake";
  /**
   * `null` wherever anything else could be meant: people copy a corrected line without reading it again, so it never
   * does more than what was typed, nor anything else.
   */
  readonly slip: Slip | null;
  /** The lines of which the person chooses, where more than one can be meant; `null` for all other mistakes. */
  readonly choice: Choice | null;
  /** Our own words behind the problem, in which people wrote nothing. */
  readonly hint: string;

  constructor(problem: string, meant: Slip | Choice | null = null, hint = "") {
    super(problem);
    this.slip = meant !== null && "meant" in meant ? meant : null;
    this.choice = meant !== null && "slips" in meant ? meant : null;
    this.hint = hint;
  }
}
