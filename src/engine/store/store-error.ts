import { scrub } from "../../base/scrub.js";

/**
 * - `in_use`: another process has the embedded folder open.
 * - `folder`: the embedded folder cannot be created, written or locked.
 * - `damaged`: the embedded database does not open.
 * - `unreachable`: Redis is away; the operation was not sent.
 * - `no_answer`: the operation was sent and not answered in time; whether it took effect is not known.
 * - `refused`: the store answered and refuses (credentials, rights, memory or disk full, read-only).
 * - `wrong_eviction_policy`, `too_old`: Redis is set up so that it could lose or not run our jobs.
 * - `closed`: the store was closed before.
 */
export type StoreErrorCode =
  | "in_use"
  | "folder"
  | "damaged"
  | "unreachable"
  | "no_answer"
  | "refused"
  | "wrong_eviction_policy"
  | "too_old"
  | "closed";

/** The three sentences every error of the store carries. */
export interface StoreTrouble {
  readonly what: string;
  readonly notDone: string;
  readonly next: string;
}

/** Any failure of the place where the queue lives. Its texts hold no secret, whatever the store said. */
export class StoreError extends Error implements StoreTrouble {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  readonly what: string;
  readonly notDone: string;
  readonly next: string;

  constructor(code: StoreErrorCode, trouble: StoreTrouble, cause?: unknown) {
    const { notDone, next } = trouble;
    const what = scrub(trouble.what);
    super(`${what} ${notDone} ${next}`, cause === undefined ? undefined : { cause: plainCause(cause) });
    this.code = code;
    this.what = what;
    this.notDone = notDone;
    this.next = next;
  }
}

/**
 * The cause without what a client hangs on its errors: ioredis attaches the command and its arguments, which for AUTH
 * are the password.
 */
function plainCause(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause));
  const plain = new Error(scrub(cause.message));
  plain.name = cause.name;
  if (cause.stack !== undefined) plain.stack = scrub(cause.stack);
  return plain;
}
