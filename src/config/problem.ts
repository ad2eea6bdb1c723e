/**
 * One thing wrong with the configuration. None of its texts repeats a value that was given, however harmless the
 * setting: a token pasted into the wrong place must not reach a terminal or a log. (File paths are the exception.)
 */
export interface Problem {
  /** The environment variable, or file, line and key. */
  readonly where: string;
  /** A clause that goes on from `where`: `is not set`. */
  readonly what: string;
  /** What a good setting looks like, to copy; empty when there is none to show. */
  readonly example: string;
}

/** A value, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };
