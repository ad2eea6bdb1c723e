import { notOurs } from "../maintenance/text/command.js";
import { quoted } from "../maintenance/text/quote.js";
import { type Reply, replyOf } from "../maintenance/text/reply.js";
import { COMMAND, type Mistake } from "./mistake.js";
import type { Verb } from "./verb.js";
import { usage } from "./verbs.js";
import { CHANGING } from "./verbs-change.js";

/** The lines that mend a mistake, without `/mesos`. */
export interface Mend {
  /** The only line that can be meant. */
  readonly line: string | null;
  /** Several: the person chooses one, or sends each. */
  readonly lines: readonly string[];
  readonly of: "one" | "each";
}

/** A line of so many characters stands in the sentence: alone in a box it would look like one to send. */
const SHORT = 120;

const COPY = { one: "Copy the line that you mean.", each: "Copy each of the lines below." } as const;

/**
 * The answer to every mistake, for the person alone: what was wrong, what was not done because of it, how the verb is
 * used, one example, and the corrected line to copy where it is sure, those of which one is meant, else what was typed, which
 * Slack does not keep: in the sentence, or marked as not mended where it is too long to type again.
 *
 * @param verb the one that was typed or meant; `null` if there is no telling.
 * @param typed the line, without `/mesos`; empty if it was not read.
 */
export function mistakeReply(mistake: Mistake, verb: Verb | null, typed: string, mend: Mend): Reply {
  const { line, lines } = mend;
  const isLeft = line === null && lines.length === 0 && typed !== "";
  const isShort = typed.length <= SHORT;
  const what =
    line !== null
      ? "Copy the line below."
      : lines.length > 0
        ? COPY[mend.of]
        : isLeft && isShort
          ? `You typed “${COMMAND} ${quoted(typed)}”.`
          : null;
  const example = verb?.examples.find((one) => one !== line && !lines.includes(one));
  const next = [
    what,
    verb === null ? `What can be typed: ${COMMAND} help` : `Usage: ${usage(verb)}.`,
    example === undefined ? null : `For example: ${COMMAND} ${example}`,
  ];
  // A verb that only shows something has nothing to leave undone.
  const notDone =
    verb === null ? "Nothing was done." : CHANGING.includes(verb) ? "Nothing was queued." : null;
  return replyOf({
    tone: "error",
    // Many begin with what was typed, which may begin with a blank between quotes.
    text: quoted(mistake.message).trimStart() + mistake.hint,
    notDone,
    next: next.filter((part) => part !== null).join(" "),
    line: line === null ? null : `${COMMAND} ${line}`,
    table:
      lines.length > 0
        ? toCopy(lines)
        : isLeft && !isShort
          ? `AS YOU TYPED IT, NOT MENDED\n${toCopy([typed])}`
          : null,
  });
}

function toCopy(lines: readonly string[]): string {
  return lines.map((one) => `${COMMAND} ${notOurs(one)}`).join("\n");
}
