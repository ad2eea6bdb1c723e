import { noAnswer } from "../answer-limit.js";
import { StoreError } from "../store-error.js";
import { DatabaseEndedError, endsDatabase } from "./pglite-pool.js";

/** By SQLSTATE, of which the first two characters are a class: what is the matter, and what to do next. */
export const EMBEDDED_REFUSALS: readonly {
  readonly code: RegExp;
  readonly what: string;
  readonly next: string;
}[] = [
  {
    code: /^53100/,
    what: "has no room left on its disk",
    next: "Free space there; the bot then goes on by itself, and nothing that is stored is lost.",
  },
  {
    code: /^42501/,
    what: "may not write its files",
    next: "Make its disk and its folder writable for this user again; the bot then goes on by itself.",
  },
  {
    code: /^53/,
    what: "lacks memory, open files or the like",
    next: "Look at what the machine has left of them; the bot tries again by itself.",
  },
  {
    code: /^58/,
    what: "cannot read or write its files",
    next: "Look at its disk and into the system's log. If it stays, stop the bot and put back a copy of the folder.",
  },
  {
    code: /^XX/,
    what: "finds its files damaged",
    next: "Stop the bot and put back a copy of the folder, or move it away to start empty.",
  },
];

/** Of a SQLSTATE that is in none of these rows. */
export const OTHER_EMBEDDED_REFUSAL = {
  what: "refuses what the bot asks of it",
  next: "Look at the bot's log, and report this with it. It is tried again by itself where something waits for it.",
} as const;

/** What PostgreSQL gives every error; BullMQ's own functions raise with the class `BM`, which it reads itself. */
const SQLSTATE = /^(?!BM)[0-9A-Z]{5}$/;

/** Of everything that is asked after the database has ended, which it does with an error of one of these rows. */
export const ENDED = {
  what: "has stopped",
  next: "Mend what stopped it, such as by freeing space. This process then ends by itself, and one that is started after it goes on with all that is stored.",
} as const;

const NOT_QUEUED = "Nothing was queued.";

/** What PGlite threw, as a `StoreError`; errors of other kinds, such as BullMQ's own, are returned as they are. */
export function embeddedError(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const store = `The embedded store in ${dataDir}`;
  if (error instanceof DatabaseEndedError) {
    const { what: is } = rowOf(error.cause) ?? OTHER_EMBEDDED_REFUSAL;
    const what = `${store} ${ENDED.what}: it ${is} (${codeOf(error.cause) ?? "no code"}).`;
    return new StoreError("refused", { what, notDone: NOT_QUEUED, next: ENDED.next }, error.cause);
  }
  const row = rowOf(error);
  // How much of it was written before the end is not known.
  if (endsDatabase(error)) return noAnswer(`${store} ${(row ?? OTHER_EMBEDDED_REFUSAL).what}.`, error);
  if (row === null) return error;
  const what = `${store} ${row.what} (${codeOf(error)}).`;
  return new StoreError("refused", { what, notDone: NOT_QUEUED, next: row.next }, error);
}

/** `null` for what is no answer of PostgreSQL. */
function rowOf(error: unknown): { readonly what: string; readonly next: string } | null {
  const code = codeOf(error);
  if (code === null) return null;
  const refusal = EMBEDDED_REFUSALS.find((row) => row.code.test(code));
  return refusal ?? (SQLSTATE.test(code) ? OTHER_EMBEDDED_REFUSAL : null);
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
