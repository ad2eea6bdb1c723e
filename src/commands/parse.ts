import { Arguments } from "./arguments.js";
import type { Command, CommandContext, Parsed } from "./command.js";
import { isId } from "./id.js";
import { readLine } from "./line.js";
import { COMMAND, Mistake } from "./mistake.js";
import { mistakeReply, type Slip } from "./mistake-reply.js";
import { openQuote } from "./open-quote.js";
import { emptyPlaceholders, fillPlaceholders, withPlaceholderClusters } from "./placeholders.js";
import { undoFormatting } from "./unformat.js";
import { unknownVerb } from "./unknown-verb.js";
import type { Verb } from "./verb.js";
import { VERBS } from "./verbs.js";
import { quoteWord, splitWords, type Word } from "./words.js";

/** Slack's own limit for a message; more than any command needs. */
const LONGEST = 4_000;

/**
 * Reads what stands after `/mesos`, as Slack delivers it. Never throws: what cannot be understood is answered with
 * what was wrong, the corrected line to copy where nobody can doubt what was meant, and an example; then nothing is queued.
 */
export function parseCommand(text: string, context: CommandContext): Parsed {
  const read = parseLine(text, context);
  if (read.ok) return read;
  return { ok: false, reply: mistakeReply({ ...read, line: settle(read.line, context) }) };
}

type Read = { readonly ok: true; readonly command: Command } | ({ readonly ok: false } & Slip);

function parseLine(text: string, context: CommandContext): Read {
  if (text.length > LONGEST) {
    const problem = `The line is longer than ${LONGEST} characters.`;
    return { ok: false, problem, line: null, next: null, verb: null };
  }
  const line = undoFormatting(text).replace(new RegExp(`^(?:/?${COMMAND.slice(1)}(?: |$))+`, "i"), "");
  let verb: Verb | null = null;
  try {
    const { words, open } = splitWords(line);
    const [first, ...rest] = words;
    verb = VERBS.find(({ name }) => name === first?.text.toLowerCase()) ?? null;
    if (open !== null) throw openQuote(line, open);
    if (!first || isHelp(first.text)) return help(rest[0]?.text ?? null);
    if (!verb) throw noVerb(first.text, rest);
    const asksForHelp = rest.length === 1 && /^help$/i.test(rest[0]?.text ?? "");
    if (asksForHelp || rest.some((word) => !word.quoted && isHelp(word.text))) return help(verb.name);
    const command = verb.read(new Arguments(readLine(verb.name, rest, verb.options, verb.prose), context));
    return { ok: true, command };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { ok: false, problem: error.message, line: error.line, next: error.next, verb };
  }
}

function help(topic: string | null): Read {
  return { ok: true, command: { verb: "help", topic } };
}

function isHelp(text: string): boolean {
  return /^(?:\?|-h|[-\u2010-\u2015]+help)$/i.test(text);
}

function noVerb(typed: string, rest: readonly Word[]): Mistake {
  if (isId(typed)) return new Mistake(`${typed} is an id; a verb comes before it.`, `status ${typed}`);
  const { problem, meant, next } = unknownVerb(typed);
  const words = rest.map(({ text, quoted }) => (quoted ? quoteWord(text) : text));
  return new Mistake(problem, meant === null ? null : [meant, ...words].join(" "), next);
}

/**
 * The corrected line may hold the next mistake, which is corrected in turn. It is offered only if it is a good one, once
 * `<hosts>` and the like are filled in.
 */
function settle(line: string | null, context: CommandContext): string | null {
  let settled = line;
  for (let attempt = 0; attempt < 8 && settled !== null; attempt += 1) {
    const filled = fillPlaceholders(settled);
    const read = parseLine(filled, withPlaceholderClusters(filled, context));
    if (read.ok) return settled;
    settled = read.line === null ? null : emptyPlaceholders(read.line);
  }
  return null;
}
