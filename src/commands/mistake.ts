export { COMMAND } from "../maintenance/text/command.js";

/** A part of a typed line, and what it surely stands for. */
export interface Slip {
  /** Where it begins in the line. */
  readonly from: number;
  readonly typed: string;
  readonly meant: string;
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

  /** @param hint our own words behind the problem, in which people wrote nothing. */
  constructor(
    problem: string,
    slip: Slip | null = null,
    readonly hint = "",
  ) {
    super(problem);
    this.slip = slip;
  }
}
