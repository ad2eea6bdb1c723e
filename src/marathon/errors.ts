import { LONGEST_WORDS_BYTES } from "../base/answer.js";
import { scrub } from "../base/scrub.js";
import { quoted } from "../maintenance/text/quote.js";

/** What happened with a Marathon and what to do next, in sentences; `{marathon}` is its address. */
export const MARATHON_ERRORS = {
  marathon_away: {
    what: "The Marathon at {marathon} cannot be reached.",
    next: "Look whether it runs and whether the worker may connect to it.",
  },
  marathon_slow: {
    what: "The Marathon at {marathon} did not answer in time.",
    next: "Look at its load, and at the way to it.",
  },
  marathon_login: {
    what: "The Marathon at {marathon} refuses the login.",
    next: "Look at user and password, or token, of its entry in the clusters file, and at its rights on apps.",
  },
  marathon_redirects: {
    what: "{marathon} redirects to another address, and redirects are not followed: a login must not go elsewhere.",
    next: "Put the address it redirects to into the clusters file.",
  },
  marathon_refuses: {
    what: "The Marathon at {marathon} refused the call with status {status}.",
    next: "Look at what it said.",
  },
  marathon_broken: {
    what: "The Marathon at {marathon} answered with status {status}.",
    next: "Look at its log; a Marathon without a leader answers like this as well.",
  },
  marathon_unreadable: {
    what: "The answer of the Marathon at {marathon} cannot be read: {why}.",
    next: "Look whether the address is that of a Marathon; if it is, report this.",
  },
  marathon_too_large: {
    what: "What the Marathon at {marathon} answered is larger than {most}; the rest was not read.",
    next: "Look whether the address is that of a Marathon, and what a proxy in front of it sends; if it is, report this with the number of its apps and tasks.",
  },
  marathon_other: {
    what: "The Marathon at {marathon} is registered as the framework {found} and not as {wanted}.",
    next: "Correct its entry under frameworks in the clusters file: a name that fits several frameworks needs an entry for each.",
  },
  marathon_withdrawn: {
    what: "Connecting to the Marathon at {marathon} took too long, so another worker may have gone on meanwhile.",
    next: "Look at the way to it if this stays.",
  },
} as const satisfies Record<string, { readonly what: string; readonly next: string }>;

export type MarathonErrorCode = keyof typeof MARATHON_ERRORS;

/** What a Marathon said of a refusal, and whether it went on after that and was not read to its end. */
export interface Said {
  readonly text: string;
  readonly isCut: boolean;
}

/** Anything that goes wrong between us and a Marathon, explained; never holds a secret, whatever it said. */
export class MarathonError extends Error {
  override readonly name = "MarathonError";
  /** What happened, one sentence. */
  readonly what: string;
  /** What to do next, one sentence. */
  readonly next: string;
  /** Its own words, cut to a line. */
  readonly said: string | null;

  /**
   * @param sent whether the call reached it: `maybe` is settled by reading, never by calling again (invariant 7).
   */
  constructor(
    readonly code: MarathonErrorCode,
    blanks: Readonly<Record<string, string>>,
    readonly sent: "no" | "maybe" | "yes",
    said: Said | null = null,
    cause?: unknown,
  ) {
    const fill = (sentence: string) =>
      scrub(sentence.replace(/\{(\w+)\}/g, (_, name: string) => blanks[name] ?? name));
    const { what, next } = MARATHON_ERRORS[code];
    super(said?.isCut === true ? `${fill(what)} ${CUT}` : fill(what), { cause });
    this.what = this.message;
    this.next = fill(next);
    this.said = said === null ? null : shortened(said.text);
  }
}

const CUT = `It went on for more than ${LONGEST_WORDS_BYTES / 1024} KiB, and the rest was not read.`;

const LONGEST_SAID = 300;

/** Without secrets first: of one that is cut in two the half would be shown. */
function shortened(said: string): string | null {
  const line = scrub(said)
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
  if (line === "") return null;
  return line.length > LONGEST_SAID ? `${line.slice(0, LONGEST_SAID)}…` : line;
}

/** What happened, in its own words too where it has any, and what to do next, as sentences. */
export function marathonWords({ what, said, next }: MarathonError): string {
  const words = said === null ? "" : ` It said: ${quoted(said).replace(/\.$/, "")}.`;
  return `${what}${words} ${next}`;
}

/** Refusals that would be repeated however often it is asked: a person has to put something right first. */
const LASTING: readonly MarathonErrorCode[] = ["marathon_login", "marathon_redirects", "marathon_refuses"];

export function willLast({ code }: MarathonError): boolean {
  return LASTING.includes(code);
}
