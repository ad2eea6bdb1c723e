/** What was read out of a text, or why it could not be. */
export type Parsed<T> = (T & { readonly ok: true }) | Problem;

export interface Problem {
  readonly ok: false;
  /** A sentence for the person. */
  readonly problem: string;
}

export function problemOf(problem: string): Problem {
  return { ok: false, problem };
}
