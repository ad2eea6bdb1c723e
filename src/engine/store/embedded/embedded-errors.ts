import { StoreError } from "../store-error.js";

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

/** What PGlite threw, as a `StoreError`; errors of other kinds, such as BullMQ's own, are returned as they are. */
export function embeddedError(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError || !("code" in error)) return error;
  const { code } = error;
  const refusal = EMBEDDED_REFUSALS.find((row) => typeof code === "string" && row.code.test(code));
  if (refusal === undefined && !(typeof code === "string" && SQLSTATE.test(code))) return error;
  const { what: is, next } = refusal ?? OTHER_EMBEDDED_REFUSAL;
  const what = `The embedded store in ${dataDir} ${is} (${String(code)}).`;
  return new StoreError("refused", { what, notDone: "Nothing was queued.", next }, error);
}
