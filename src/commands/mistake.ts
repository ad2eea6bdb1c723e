/** What people type before everything else. */
export const COMMAND = "/mesos";

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

  constructor(problem: string, slip: Slip | null = null) {
    super(problem);
    this.slip = slip;
  }
}
