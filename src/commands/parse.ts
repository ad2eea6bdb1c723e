import { nearest } from "../hosts/index.js";
import { Arguments } from "./arguments.js";
import type { Command, CommandContext, Parsed } from "./command.js";
import { readLine } from "./line.js";
import { isId } from "./maintenance-id.js";
import { COMMAND, Mistake, mistakeReply } from "./mistake.js";
import { undoFormatting } from "./unformat.js";
import type { Verb } from "./verb.js";
import { VERBS } from "./verbs.js";
import { quoteWord, splitWords, type Word } from "./words.js";

/** Slack's own limit for a message; more than any command needs. */
const LONGEST = 4_000;

/**
 * Reads what stands after `/mesos`, as Slack delivers it. Never throws: what cannot be understood is answered with
 * what was wrong, the corrected line to copy and one example; then nothing is queued.
 */
export function parseCommand(text: string, context: CommandContext): Parsed {
  const read = parseLine(text, context);
  if (read.ok) return read;
  const line = settle(read.line, context);
  return { ok: false, reply: mistakeReply(read.problem, line, read.verb?.examples[0] ?? "drain web-* 4h") };
}

type Read =
  | { readonly ok: true; readonly command: Command }
  | {
      readonly ok: false;
      readonly problem: string;
      readonly line: string | null;
      readonly verb: Verb | null;
    };

function parseLine(text: string, context: CommandContext): Read {
  if (text.length > LONGEST) {
    return { ok: false, problem: `The line is longer than ${LONGEST} characters.`, line: null, verb: null };
  }
  const line = undoFormatting(text).replace(new RegExp(`^(?:${COMMAND}(?: |$))+`, "i"), "");
  let verb: Verb | null = null;
  try {
    const split = splitWords(line);
    if (!split.ok) throw new Mistake(`A ${split.quote} is opened and not closed.`, split.closed);
    const [first, ...rest] = split.words;
    if (!first || isHelp(first.text)) return help(rest[0]?.text ?? null);
    verb = VERBS.find(({ name }) => name === first.text.toLowerCase()) ?? null;
    if (!verb) throw unknownVerb(first.text, rest);
    if (rest.some((word) => !word.quoted && isHelp(word.text))) return help(verb.name);
    const command = verb.read(new Arguments(readLine(verb.name, rest, verb.options, verb.prose), context));
    return { ok: true, command };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { ok: false, problem: error.message, line: error.line, verb };
  }
}

function help(topic: string | null): Read {
  return { ok: true, command: { verb: "help", topic } };
}

function isHelp(text: string): boolean {
  return /^(?:\?|-h|[-\u2010-\u2015]+help)$/i.test(text);
}

function unknownVerb(typed: string, rest: readonly Word[]): Mistake {
  const words = rest.map(({ text, quoted }) => (quoted ? quoteWord(text) : text));
  const meant = verbFor(typed);
  const summary = VERBS.find(({ name }) => name === meant)?.summary;
  if (meant) {
    const problem = `There is no "${typed}"; did you mean ${meant} (${summary})?`;
    return new Mistake(problem, [meant, ...words].join(" "));
  }
  const known = VERBS.map(({ name }) => name).join(", ");
  const line = isId(typed) ? `status ${typed}` : "help";
  return new Mistake(`"${typed}" is no verb; the verbs are ${known}.`, line);
}

/** The verb that a word may stand for: another tool's word for it, else the nearest in spelling. */
export function verbFor(word: string): string | null {
  const typed = word.toLowerCase();
  const known = VERBS.find(({ elsewhere }) => elsewhere.includes(typed));
  return (
    known?.name ??
    nearest(
      typed,
      VERBS.map(({ name }) => name),
      { limit: 1 },
    )[0] ??
    null
  );
}

/** What only the person can fill in: `<hosts>`, `<release|ask|force>`. */
const PLACEHOLDER = /<[a-z|]+>/;

/** The corrected line may hold the next mistake, which is corrected in turn; `<hosts>` and the like are for people. */
function settle(line: string | null, context: CommandContext): string | null {
  let settled = line;
  for (let attempt = 0; attempt < 8 && settled !== null && !PLACEHOLDER.test(settled); attempt += 1) {
    const read = parseLine(settled, context);
    if (read.ok) return settled;
    settled = read.line;
  }
  return settled !== null && PLACEHOLDER.test(settled) ? settled : null;
}
