import { adoptLine, type DrainWords, drainLine, drainWords } from "../record/drain-line.js";
import type { Refusal } from "../text/reply.js";
import type { DrainAsked } from "./drain-asked.js";

/** What stands against a drain, or an adoption, as it was asked for, and the way out. */
export interface Objection {
  /** What is in the way, in whole sentences. */
  readonly why: string;
  /** The way out, in whole sentences. Of what a typed number lifts only what is to be done before; may be empty. */
  readonly next: string;
  /**
   * What is other in the line that helps: nothing where the same line helps, at another time. What only the person knows stands
   * in it as `<why>`, which is not taken until it is filled in. `null`: no line is certain to be what is meant.
   */
  readonly change: Partial<DrainWords> | null;
  /** A typed number of machines lifts it (`--confirm 40`): what there is to do if not all are meant, as "name fewer machines". */
  readonly unlessMeant?: readonly string[];
}

/** What is said of nothing having been done, and how its line is written. */
interface AskedAs {
  readonly notDone: string;
  readonly lineOf: (words: DrainWords) => string;
}

export const AS_DRAIN: AskedAs = { notDone: "No window was posted.", lineOf: drainLine };

export const AS_ADOPTION: AskedAs = {
  notDone: "Nothing was adopted and nothing was posted.",
  lineOf: adoptLine,
};

/** A longer line is not read before it is sent, and is cut where it is shown. */
const LONGEST_LINE = 900;

/**
 * All that stands against it in one refusal, so that it need not be sent once for each: first what no line mends, then which
 * machines it is without, what has to be meant, and the rest. Each with its way out, on a line of its own, and with one
 * command line that is all of the ways out, where these are certain.
 *
 * @param found at least one.
 */
export function refusalOf(asked: DrainAsked, found: readonly Objection[], as: AskedAs): Refusal {
  const objections = [...found].sort((a, b) => weight(a) - weight(b));
  const [only] = objections;
  const meant = whetherMeant(asked, objections);
  const line = lineOut(asked, objections, as);
  const withLine = line === null ? {} : { line };
  if (objections.length === 1 && only !== undefined) {
    const next = [only.next, meant ?? ""].filter((part) => part !== "").join(" ");
    return { why: `${only.why} ${as.notDone}`, next, ...withLine };
  }
  const each = objections.map(({ why, next }, at) => `(${at + 1}) ${why} ${next}`.trimEnd());
  const count = `${objections.length} things are in the way.`;
  const send = line === null ? "Mend all of this, then send it again." : "This line mends what a line can.";
  return {
    why: [count, ...each, as.notDone].join("\n"),
    next: [meant ?? "", send].filter((part) => part !== "").join(" "),
    ...withLine,
  };
}

function weight({ change, unlessMeant }: Objection): number {
  if (change === null) return 0;
  if (change.hosts !== undefined) return 1;
  return unlessMeant === undefined ? 3 : 2;
}

/** How to go on where typed numbers are asked for: once, however many rules ask. `null` where none does. */
function whetherMeant({ machines }: DrainAsked, objections: readonly Objection[]): string | null {
  const otherwise = [...new Set(objections.flatMap(({ unlessMeant = [] }) => unlessMeant))];
  if (otherwise.length === 0) return null;
  const count = machines.length;
  const all = count === 1 ? "If you mean it" : `If you mean all ${count}`;
  return `${all}, say so with --confirm ${count}; otherwise ${otherwise.join(", or ")}.`;
}

/** The line with all ways out in it; `null` where one of them is not certain, or where nobody would read it. */
function lineOut(
  { record, machines }: DrainAsked,
  objections: readonly Objection[],
  { lineOf }: AskedAs,
): string | null {
  let words = drainWords(record);
  for (const { change, unlessMeant } of objections) {
    if (change === null) return null;
    words = { ...words, ...change };
    // A number is to be typed by somebody who has seen what it counts.
    if (unlessMeant !== undefined)
      words = { ...words, confirmed: record.confirmed === null ? "<number>" : machines.length };
  }
  const line = lineOf(words);
  return line.length > LONGEST_LINE ? null : line;
}
