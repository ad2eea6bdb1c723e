import { parsePattern } from "../hosts/index.js";
import type { Arguments } from "./arguments.js";
import { looksLikeDuration } from "./duration.js";
import { COMMAND, Mistake } from "./mistake.js";
import { quoteWord } from "./words.js";

/** Whether a word is the id of a maintenance, such as `m-7k3q2`. */
export function isId(text: string): boolean {
  return /^m-[a-z0-9]{4,8}$/i.test(text);
}

/** The id of one maintenance, in lower case. */
export function readId(args: Arguments): string {
  const text = args.peek();
  if (text === null) {
    const problem = `Which maintenance? ${args.verb} needs its id; ${COMMAND} status shows the open ones.`;
    throw new Mistake(problem, args.lineInstead(0, "<id>"));
  }
  if (/^<.*>$/.test(text)) throw new Mistake(`Put the id in place of ${text}.`, null);
  if (!isId(text)) throw notAnId(text, args);
  args.word();
  return text.toLowerCase();
}

function notAnId(text: string, args: Arguments): Mistake {
  const next = args.peek(1);
  if (looksLikeDuration(text) && next !== null && isId(next)) {
    return new Mistake("The id comes before the duration.", args.lineInstead(2, next, text));
  }
  // `m-7k3q2,` or `(m_7k3q2)`: copied with what stood around it.
  const trimmed = text.replace(/^[^a-z0-9]+|[^a-z0-9]+$/gi, "").replace(/^(m)[_.]/i, "$1-");
  if (isId(trimmed)) {
    return new Mistake(`${text} is not an id; they look like m-7k3q2.`, args.lineInstead(1, trimmed));
  }
  const shown = parsePattern(text).ok
    ? `${COMMAND} status ${quoteWord(text)} shows which one holds these hosts`
    : `${COMMAND} status shows the open ones`;
  const problem = `${args.verb} takes the id of a maintenance, not ${text}; ${shown}.`;
  return new Mistake(problem, args.lineInstead(1, "<id>"));
}
