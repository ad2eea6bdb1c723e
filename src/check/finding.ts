/** What one look came to. */
export interface Finding {
  /**
   * - `ok`: as it should be.
   * - `note`: the bot works with it; somebody should know of it.
   * - `unknown`: cannot be told without changing something, or not with the rights that the bot has.
   * - `mend`: the bot cannot do its work, or a part of it, until somebody mends it.
   */
  readonly state: "ok" | "note" | "unknown" | "mend";
  /** What was looked at, such as `master 10.0.0.1:5050 of prod`. */
  readonly about: string;
  /** What was found, in sentences; never a secret. */
  readonly found: string;
  /** What to do about it; `null` where there is nothing to do. */
  readonly next: string | null;
}

export function ok(about: string, found: string): Finding {
  return { state: "ok", about, found, next: null };
}

export function note(about: string, found: string, next: string): Finding {
  return { state: "note", about, found, next };
}

export function unknown(about: string, found: string, next: string): Finding {
  return { state: "unknown", about, found, next };
}

export function mend(about: string, found: string, next: string): Finding {
  return { state: "mend", about, found, next };
}
