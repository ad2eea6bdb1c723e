import { Arguments } from "./arguments.js";
import type { Command, CommandContext, Parsed } from "./command.js";
import { isPlainDuration } from "./duration.js";
import { echo } from "./echo.js";
import { looksLikeHosts } from "./host-word.js";
import { isId } from "./id.js";
import { readLine } from "./line.js";
import { COMMAND, Mistake, type Slip } from "./mistake.js";
import { mistakeReply } from "./mistake-reply.js";
import { undoFormatting } from "./unformat.js";
import { unknownVerb } from "./unknown-verb.js";
import type { Verb } from "./verb.js";
import { VERBS } from "./verbs.js";
import { splitWords, type Word } from "./words.js";

/** Slack's own limit for a message; more than any command needs. */
const LONGEST = 4_000;

/**
 * Reads what stands after `/mesos`, as Slack delivers it. Never throws: what cannot be understood is answered with what
 * was wrong, the usage, an example, and the corrected line where it is sure; then nothing is queued. A drain whose times were
 * not said exactly is answered with what they are taken for, and is not a command before that was read.
 */
export function parseCommand(text: string, context: CommandContext): Parsed {
  const read = readCommand(text, context);
  if (read.ok) {
    const { command, line, made } = read;
    if (made.length === 0 || !("dryRun" in command) || command.dryRun) return { ok: true, command };
    return { ok: false, isOffer: true, reply: echo(command, `${COMMAND} ${mended(line, made)}`, context) };
  }
  const { mistake, verb, line } = read;
  const lines = (mistake.choice?.slips ?? []).flatMap((slip) => corrected(line, slip, context) ?? []);
  const [only = null, ...more] = lines;
  const one = more.length === 0 ? only : null;
  const mend = {
    line: corrected(line, mistake.slip, context) ?? one,
    lines: more.length === 0 ? [] : lines,
    of: mistake.choice?.of ?? "one",
  };
  return { ok: false, isOffer: false, reply: mistakeReply(mistake, verb, line, mend) };
}

type Read =
  | {
      readonly ok: true;
      readonly command: Command;
      readonly line: string;
      /** What was not said exactly, with what it is taken for. */
      readonly made: readonly Slip[];
    }
  /** `verb` is the one that was typed, or probably meant; `line` is what was read. */
  | { readonly ok: false; readonly mistake: Mistake; readonly verb: Verb | null; readonly line: string };

function readCommand(text: string, context: CommandContext): Read {
  if (text.length > LONGEST) {
    const mistake = new Mistake(`The line is longer than ${LONGEST} characters.`);
    return { ok: false, mistake, verb: null, line: "" };
  }
  const line = undoFormatting(text).replace(
    new RegExp(`^(?:(?:/?mesos|${context.command})(?: |$))+`, "i"),
    "",
  );
  const { words, open } = splitWords(line);
  const [first, ...rest] = words;
  let verb = VERBS.find(({ name }) => name === first?.text.toLowerCase()) ?? null;
  try {
    if (open !== null) throw new Mistake(`A ${open} is opened and not closed.`);
    if (!first || isHelp(first.text) || HELP_WORD.test(first.text)) return help(rest[0]?.text ?? null);
    if (!verb) {
      if (isId(first.text)) throw new Mistake(`${first.text} is an id; a verb comes before it.`);
      const withoutVerb = hostsWithoutVerb(rest.length === 0 ? "" : line.slice(rest[0]?.from), first);
      if (withoutVerb !== null) throw new Mistake(withoutVerb);
      const typed = verbTyped(line, first, rest[0]);
      const { problem, meant, sure } = unknownVerb(typed);
      verb = meant;
      const place = { from: first.from, to: first.from + typed.length };
      throw new Mistake(problem, meant && sure ? { ...place, meant: meant.name } : null);
    }
    const asksForHelp =
      rest.length === 1 && (/^help$/i.test(rest[0]?.text ?? "") || HELP_WORD.test(rest[0]?.text ?? ""));
    if (asksForHelp || rest.some((word) => !word.quoted && isHelp(word.text))) return help(verb.name);
    const args = new Arguments(readLine(verb, rest), context);
    return { ok: true, command: verb.read(args), line, made: args.made };
  } catch (mistake) {
    if (!(mistake instanceof Mistake)) throw mistake;
    return { ok: false, mistake, verb, line };
  }
}

/** What is wrong with a line that begins with its hosts: only the person knows what is to be done with them. */
function hostsWithoutVerb(after: string, { text, quoted }: Word): string | null {
  if (quoted || !looksLikeHosts(text)) return null;
  const problem = `There is no verb "${text}": what is to be done stands before the hosts`;
  if (!isPlainDuration(after.replaceAll(" ", ""))) return `${problem}, as in status ${text}.`;
  const on = `${text} ${after}`;
  return `${problem}. "drain ${on}" opens a maintenance; "extend ${on}" makes the window of an open one longer.`;
}

/** The word where a verb stands; two where a verb is written as its button says it: `go on`, `leave behind`. */
function verbTyped(line: string, first: Word, second: Word | undefined): string {
  if (second === undefined) return first.text;
  const inOne = `${first.text}-${second.text}`.toLowerCase();
  return VERBS.some(({ name }) => name === inOne)
    ? line.slice(first.from, second.from + second.text.length)
    : first.text;
}

/** The line with what was meant in place of a slip; `null` if that is not sure, or not all that was wrong. */
function corrected(line: string, slip: Slip | null, context: CommandContext): string | null {
  if (slip === null) return null;
  const meant = mended(line, [slip]);
  const read = readCommand(`${COMMAND} ${meant}`, context);
  return read.ok && (isDryRun(read.command) || !DRY_RUN.test(line)) ? meant : null;
}

/** The line with other words in the place of some. */
function mended(line: string, slips: readonly Slip[]): string {
  const backwards = [...slips].sort((a, b) => b.from - a.from);
  return backwards.reduce((text, { from, to, meant }) => text.slice(0, from) + meant + text.slice(to), line);
}

/** A dry run that was typed anywhere, also between quotes, is never mended into a real drain. */
const DRY_RUN = /dry-?run/i;

function isDryRun(command: Command): boolean {
  return "dryRun" in command && command.dryRun;
}

function help(topic: string | null): Read {
  return { ok: true, command: { verb: "help", topic }, line: "help", made: [] };
}

/** What people who type Chinese call it. */
const HELP_WORD = /^(?:帮助|幫助)$/;

function isHelp(text: string): boolean {
  return /^(?:\?|-h|[-\u2010-\u2015]+help)$/i.test(text);
}
