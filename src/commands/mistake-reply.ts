import { quoted } from "../maintenance/text/quote.js";
import { type Reply, replyOf } from "../maintenance/text/reply.js";
import { COMMAND } from "./mistake.js";
import { placeholdersIn } from "./placeholders.js";
import type { Verb } from "./verb.js";
import { VERBS } from "./verbs.js";
import { CHANGING } from "./verbs-change.js";

/** What was found wrong in a line, and what is known of how it was meant. */
export interface Slip {
  readonly problem: string;
  /** The corrected line, without `/mesos`; `null` if there is no telling. */
  readonly line: string | null;
  /** What to do instead of an example of the verb. */
  readonly next: string | null;
  /** The verb that was typed; `null` for none of ours. */
  readonly verb: Verb | null;
}

/**
 * The answer to every mistake, for the person alone: what was wrong, what was not done because of it, the corrected line
 * to copy where there is one, and one example.
 */
export function mistakeReply({ problem, line, next, verb }: Slip): Reply {
  return replyOf({
    tone: "error",
    text: quoted(problem),
    notDone: notDone(verb),
    next: [line === null ? null : copy(line), next ?? example(line, verb)]
      .filter((text) => text !== null)
      .join(" "),
    line: line === null ? null : `${COMMAND} ${line}`,
  });
}

/** A verb that only shows something has nothing to leave undone. */
function notDone(verb: Verb | null): string | null {
  if (verb === null) return "Nothing was done.";
  return CHANGING.includes(verb) ? "Nothing was queued." : null;
}

function copy(line: string): string {
  const open = placeholdersIn(line);
  return open.length === 0
    ? "Copy the line below."
    : `Copy the line below, with your own in place of ${open.join(" and ")}.`;
}

/** One example of the verb that was meant, and not the line that is there to copy. */
function example(line: string | null, typed: Verb | null): string {
  const meant = VERBS.find(({ name }) => name === line?.split(" ", 1)[0]) ?? typed;
  if (meant === null) return `What can be typed: ${COMMAND} help`;
  const other = meant.examples.find((one) => one !== line);
  if (other === undefined) return `More about it: ${COMMAND} help ${meant.name}`;
  return `${line === null ? "For example" : "Another example"}: ${COMMAND} ${other}`;
}
