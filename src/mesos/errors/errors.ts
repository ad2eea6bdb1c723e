import { LONGEST_WORDS_BYTES } from "../../base/answer.js";
import { scrub } from "../../base/scrub.js";
import { BY_ITSELF, goingOn } from "../../maintenance/text/go-on.js";
import { ERROR_TABLE, ERRORS, type ErrorCode } from "./table.js";

/**
 * Whether the call reached the master: `no`, it cannot have; `maybe`, settle it by reading the world, never by calling
 * again (invariant 7); `yes`, the master answered.
 */
export type Sent = "no" | "maybe" | "yes";

/** Anything that goes wrong between us and a master, explained; never holds a secret, whatever the master said. */
export class MesosError extends Error {
  override readonly name = "MesosError";
  readonly code: ErrorCode;
  /** What happened, one sentence. */
  readonly what: string;
  /** The master's own words, or `null` if it said nothing. */
  readonly said: string | null;
  /** What to do next, with `{goOn}` for how it goes on. */
  readonly steps: string;
  /** HTTP status of the answer, or `null` if there was none. */
  readonly status: number | null;
  readonly sent: Sent;

  constructor(parts: Details & Pick<MesosError, "code" | "what" | "steps">) {
    const said = parts.said == null ? null : scrub(parts.said);
    const [what, steps] = [scrub(parts.what), scrub(parts.steps)];
    const words = [what, said === null ? null : `The master said: ${said}`, goingOn(steps, BY_ITSELF)];
    super(words.filter(Boolean).join(" "), { cause: parts.cause });
    this.code = parts.code;
    this.what = what;
    this.said = said;
    this.steps = steps;
    this.status = parts.status ?? null;
    this.sent = parts.sent;
  }

  /** What to do next, for one for whom it goes on like this. */
  nextFor(goOn: string): string {
    return goingOn(this.steps, goOn);
  }

  /** The same error with another conclusion on whether the call, or the one it stood in the way of, was carried out. */
  as(sent: Sent): MesosError {
    return new MesosError({ ...this, sent, cause: this.cause });
  }
}

/** What the sentences of the table are filled with. */
export interface Blanks {
  readonly cluster: string;
  /** `host:port` of the master that was asked. */
  readonly master?: string;
  /** What the masters' ACLs call the right that the call takes. */
  readonly right?: string | undefined;
  readonly [name: string]: string | undefined;
}

/** What is known of one failure. */
interface Details {
  readonly sent: Sent;
  readonly said?: string | null;
  readonly status?: number | null;
  readonly cause?: unknown;
}

/** The error of one row of the table. */
export function mesosError(code: ErrorCode, blanks: Blanks, details: Details): MesosError {
  const { what, next } = ERRORS[code];
  return new MesosError({ code, what: fill(what, blanks), steps: fill(next, blanks), ...details });
}

const LONGEST_SAID = 1000;

/**
 * The error for an answer whose status is not 2xx; `body` holds the master's own words.
 *
 * @param isCut whether more came than was read.
 */
export function refusal(status: number, body: string, blanks: Blanks, isCut = false): MesosError {
  const error = refusalIn(status, body, blanks);
  if (!isCut) return error;
  const what = `${error.what} It went on for more than ${LONGEST_WORDS_BYTES / 1024} KiB, and the rest was not read.`;
  return new MesosError({ ...error, what, cause: error.cause });
}

function refusalIn(status: number, body: string, blanks: Blanks): MesosError {
  const said = plain(body);
  const details = { sent: "yes", said: said === "" ? null : said, status } as const;
  for (const { row, pattern } of TEXTS) {
    const groups = pattern.exec(said)?.groups;
    if (groups === undefined) continue;
    const machine = groups.machine === undefined ? undefined : machineIn(groups.machine);
    return mesosError(row.code, { ...blanks, ...groups, machine }, details);
  }
  const code = STATUSES.get(status) ?? "unexpected_status";
  return mesosError(code, { ...blanks, status: String(status) }, details);
}

/** The error for a call that got no complete answer: what undici, Node or the system threw. */
export function transportFailure(error: unknown, blanks: Blanks): MesosError {
  const names = namesOf(error);
  for (const { code, when } of ERROR_TABLE) {
    if (when.by !== "transport") continue;
    const fits = when.errors.some((known) =>
      names.some((name) => (typeof known === "string" ? known === name : known.test(name))),
    );
    if (fits) {
      const sent = failedToConnect(error) ? "no" : when.sent;
      return mesosError(code, blanks, { sent, cause: error });
    }
  }
  return mesosError("transport_failed", blanks, { sent: "maybe", cause: error });
}

const TEXTS = ERROR_TABLE.flatMap((row) =>
  row.when.by === "text" ? [{ row, pattern: patternOf(row.when.text) }] : [],
);

const STATUSES: ReadonlyMap<number | string, ErrorCode> = new Map(
  ERROR_TABLE.flatMap((row) => (row.when.by === "status" ? [[row.when.status, row.code] as const] : [])),
);

/** `Machine '<machine>' is …` as a pattern with a named group for each `<…>`; found anywhere in what was said. */
function patternOf(words: string): RegExp {
  const source = words
    .split(/(<\w+>)/)
    .map((part) => (/^<\w+>$/.test(part) ? `(?${part}.+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  // The group `said` is always there, so that a fit can be told from none by its groups.
  const end = words.endsWith(">") ? "$" : "";
  return new RegExp(`(?<said>${source})${end}`);
}

/** The machine as a person reads it: masters quote it as JSON. */
function machineIn(quoted: string): string {
  const host = /"hostname":"([^"]+)"/.exec(quoted)?.[1];
  const ip = /"ip":"([^"]+)"/.exec(quoted)?.[1];
  if (host !== undefined && ip !== undefined) return `${host} (${ip})`;
  return host ?? ip ?? quoted;
}

function fill(sentence: string, blanks: Blanks): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => blanks[name] ?? MISSING[name] ?? name);
}

const MISSING: Readonly<Record<string, string>> = {
  master: "the master",
  machine: "(unnamed)",
  value: "something",
  right: "the right to make this call",
  // Left open: whoever tells the error knows for whom it is.
  goOn: "{goOn}",
  GoOn: "{GoOn}",
};

/** What was said as one line of printable text without secrets, cut to a length that can be shown. */
function plain(body: string): string {
  const line = scrub(body)
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return line.length > LONGEST_SAID ? `${line.slice(0, LONGEST_SAID)}…` : line;
}

/** Node's words for a connection that ended in the handshake; its code is that of any connection that breaks. */
const NO_TLS_YET = "Client network socket disconnected before secure TLS connection was established";

/** Codes and names of an error, of its causes and of the errors it gathers (one per address that was tried). */
function namesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const cut = error.message.startsWith(NO_TLS_YET) ? "TlsCut" : undefined;
  const own = [(error as NodeJS.ErrnoException).code, error.name, cut];
  const gathered = error instanceof AggregateError ? error.errors : [];
  const inner = [error.cause, ...gathered].flatMap((one) => namesOf(one, depth + 1));
  return [...own.filter((name) => typeof name === "string"), ...inner];
}

function failedToConnect(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === "connect";
}

/**
 * Decodes an answer.
 *
 * @throws MesosError `undecodable` instead of whatever the decoder throws.
 */
export function decodeAnswer<T>(decode: () => T, blanks: Blanks): T {
  try {
    return decode();
  } catch (cause) {
    throw mesosError("undecodable", blanks, { sent: "yes", cause });
  }
}
