import { parsePattern } from "../hosts/pattern.js";
import type { Arguments } from "./arguments.js";
import { looksLikeDuration } from "./duration.js";
import { idWithin, isId, oneIdOnly } from "./id.js";
import { COMMAND, Mistake } from "./mistake.js";
import { isTimed } from "./spoken.js";
import { quoteWord } from "./words.js";

/** The id of one maintenance, in lower case. */
export function readId(args: Arguments): string {
  const text = args.peek();
  if (text === null) {
    const problem = `Which maintenance? ${args.verb} needs its id; ${COMMAND} status shows the open ones.`;
    throw new Mistake(problem, args.lineInstead(0, "<id>"));
  }
  if (/^<.*>$/.test(text)) throw new Mistake(`Put the id in place of ${text}.`, null);
  args.failOnFiller();
  if (!isId(text)) throw notAnId(text, args);
  args.word();
  return text.toLowerCase();
}

function notAnId(text: string, args: Arguments): Mistake {
  const next = args.peek(1);
  const likeThis = `${text} is not an id; they look like m-7k3q2`;
  const meant = idWithin(text);
  if (meant !== null) return new Mistake(`${likeThis}.`, args.lineInstead(1, meant));
  if (looksLikeDuration(text) && (next === null ? isTimed(args.verb) : isId(next))) {
    return new Mistake("The id comes before the duration.", args.lineInstead(2, next ?? "<id>", text));
  }
  if (text.split(/[,;:\s]+/).every(isId)) return oneIdOnly(args.verb);
  if (/^m-/i.test(text))
    return new Mistake(
      `${likeThis}, and ${COMMAND} status shows the open ones.`,
      args.lineInstead(1, "<id>"),
    );
  const shown = parsePattern(text).ok
    ? `${COMMAND} status ${quoteWord(text)} shows which one holds these hosts`
    : `${COMMAND} status shows the open ones`;
  const problem = `${args.verb} takes the id of a maintenance, not ${text}; ${shown}.`;
  // `hold kafka is slow`: a reason, and no id before it.
  const isReason = args.verb === "hold" && /^\p{L}+$/u.test(text);
  return new Mistake(problem, args.lineInstead(isReason ? 0 : 1, "<id>"));
}
