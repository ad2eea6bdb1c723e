import { nearest } from "../hosts/nearest.js";
import { continuesDuration, isPlainDuration, isUnit } from "./duration.js";
import { rangeBetween } from "./host-words.js";
import { Mistake } from "./mistake.js";
import { namedWord } from "./named-word.js";
import { isFlag, OPTIONS, type OptionName, optionKnownAs } from "./options.js";
import { quoteWord, type Word } from "./words.js";

export interface Option {
  readonly name: OptionName;
  /** Empty if the option takes none. */
  readonly value: string;
}

/** A word that is neither an option nor its value. */
export interface Positional {
  readonly text: string;
  /** The option whose value, typed without quotes, it follows: probably more of that value. */
  readonly trails: OptionName | null;
  /** The place in the typed line of the first word that it is made of. */
  readonly begin: number;
  /** The place of the last one. */
  readonly end: number;
}

interface Placed extends Word, Positional {}

/** A command line after its verb, taken apart. */
export interface Line {
  readonly verb: string;
  readonly words: readonly Positional[];
  readonly options: readonly Option[];
}

/** Dashes before an option's name, `--`, or what phones make of them: `—`, `–`; a single `-` is told. */
const DASHES = /^[-\u2010-\u2015\u2212]+(?=[a-z])/i;

const LONG_DASHES = /[\u2010-\u2015\u2212]/g;

/** Writes a line again, such as one with a mistake corrected. */
export function writeLine(verb: string, words: readonly string[], options: readonly Option[]): string {
  const plain = words.map((word) => (/^(?:-\d|<)/.test(word) ? word : quoteWord(word)));
  const named = options.map(({ name, value }) =>
    isFlag(name) ? `--${name}` : `--${name} ${isPlaceholder(value) ? value : quoteWord(value)}`,
  );
  return [verb, ...plain, ...named].join(" ");
}

/** Whether a text is for the person to replace, such as `<hosts>`. */
function isPlaceholder(text: string): boolean {
  return /^<.*>$/.test(text);
}

/**
 * Takes the words after a verb apart. Throws a `Mistake` for an option that the verb does not have.
 *
 * @param prose words are a person's sentence: left as they were typed.
 */
export function readLine(
  verb: string,
  typed: readonly Word[],
  allowed: readonly OptionName[],
  prose = false,
): Line {
  const words: Placed[] = [];
  const options: Option[] = [];
  let trails: OptionName | null = null;
  /** The mistake with the words from `at` on, `count` of them, replaced in the corrected line. */
  const mistake = (problem: string, at: number, count: number, ...replacement: readonly string[]) => {
    const texts = typed.map(({ text, quoted }) => (quoted ? quoteWord(text) : text));
    return new Mistake(problem, [verb, ...texts.toSpliced(at, count, ...replacement)].join(" "));
  };

  for (let at = 0; at < typed.length; at += 1) {
    const word = typed[at];
    if (!word) continue;
    if (!prose && isLoneDash(word)) {
      const first = typed[at - 1];
      const last = typed[at + 1];
      const between = first && words.at(-1)?.text === first.text && !isLoneDash(typed[0] ?? word);
      const range = between && last ? rangeBetween(first.text, last.text) : null;
      if (range !== null) throw mistake(`A range of hosts is written ${range}.`, at - 1, 3, range);
      // Else it says nothing: a bullet, or a dash typed twice.
      continue;
    }
    const dashes = DASHES.exec(word.text)?.[0];
    if (dashes === undefined) {
      if (word.quoted || !/^[\p{L}'.;!]+$/u.test(word.text)) trails = null;
      const verbatim = word.quoted || prose;
      words.push({
        ...word,
        text: verbatim ? word.text : word.text.replace(LONG_DASHES, "-"),
        trails,
        begin: at,
        end: at,
      });
      continue;
    }
    const [, typedName = "", equals = "", inline = ""] =
      /^([^=]*)(=?)(.*)$/s.exec(word.text.slice(dashes.length)) ?? [];
    const assigned = equals === "" ? "" : `=${quoteWord(inline)}`;
    const name = allowed.find((option) => option === typedName.toLowerCase().replace(LONG_DASHES, "-"));
    const next = typed[at + 1];
    const follows = next && (next.quoted || !DASHES.test(next.text)) ? next : null;
    if (name === undefined) {
      const value = equals === "" ? (follows?.text ?? "") : inline;
      const {
        problem,
        meant,
        word: bare,
      } = unknownOption(verb, typedName, allowed, value, words.length === 0);
      if (bare !== null) throw mistake(problem, at, equals === "" && value !== "" ? 2 : 1, bare);
      // Without its option a line could mean more: `drain all --limit web-01`.
      if (meant === null) throw new Mistake(problem, null);
      const inTwo = meant === "dry-run" && /^run$/i.test(next?.text ?? "");
      throw mistake(problem, at, inTwo ? 2 : 1, `--${meant}${assigned}`);
    }
    if (dashes === "-")
      throw mistake(`Options begin with two dashes: --${name}.`, at, 1, `--${name}${assigned}`);

    if (equals === "" && next?.text === "=" && !next.quoted) {
      const value = typed[at + 2];
      const good = value && (value.quoted || !DASHES.test(value.text));
      throw mistake(
        "No spaces stand around a =.",
        at,
        good ? 3 : 2,
        `--${name}=${good ? quoteWord(value.text) : ""}`,
      );
    }
    if (isFlag(name)) {
      const off = /^(?:false|no|off|0)$/i.test(inline);
      if (off) throw new Mistake(`--${name} takes no value; leave it out where it is not wanted.`, null);
      const spoken = equals === "" && !next?.quoted && /^(?:true|yes|on)$/i.test(next?.text ?? "");
      if (spoken || equals !== "")
        throw mistake(`--${name} takes no value.`, at, spoken ? 2 : 1, `--${name}`);
      if (!options.some((option) => option.name === name)) options.push({ name, value: "" });
      trails = null;
      continue;
    }
    const separate = equals === "" ? follows : null;
    const form = OPTIONS.find((option) => option.name === name)?.value ?? "";
    const unit = form === "<duration>" && /^\+?\d+$/.test(separate?.text ?? "") ? typed[at + 2] : undefined;
    const united = unit && !unit.quoted && isUnit(unit.text) ? unit.text : "";
    const value = equals === "" ? `${separate?.text ?? ""}${united}` : inline;
    const length = united !== "" ? 3 : separate ? 2 : 1;
    if (value.trim() === "")
      throw mistake(`--${name} needs a value: --${name} ${form}.`, at, length, `--${name} ${form}`);
    if (isPlaceholder(value)) {
      const same = `--${name} ${form.startsWith('"') ? `"${value}"` : value}`;
      throw mistake(`--${name} still has ${value}: put the value in its place.`, at, length, same);
    }
    const before = options.find((option) => option.name === name);
    if (before) {
      const problem = `--${name} is given twice.`;
      throw before.value === value.trim() ? mistake(problem, at, length) : new Mistake(problem, null);
    }
    options.push({ name, value: value.trim() });
    // Only a text can have been meant to have more words.
    trails = (separate ?? word).quoted || !form.startsWith('"') ? null : name;
    at += length - 1;
  }
  return { verb, words: prose ? words : joinWords(words), options };
}

function isLoneDash({ text, quoted }: Word): boolean {
  return !quoted && /^[-\u2010-\u2015]+$/.test(text);
}

/** What an option that the verb does not have may stand for: another one, or a `word` that needs none. */
function unknownOption(
  verb: string,
  name: string,
  allowed: readonly OptionName[],
  value: string,
  first: boolean,
): { readonly problem: string; readonly meant: string | null; readonly word: string | null } {
  const alias = optionKnownAs(name);
  const known = alias !== null && allowed.includes(alias) ? alias : null;
  const named = known === null ? namedWord(verb, name, value, first) : null;
  if (named) return { ...named, meant: null };
  const meant = known ?? nearest(name, allowed, { limit: 1 })[0] ?? null;
  const all = allowed.map((option) => `--${option}`).join(", ");
  const summary = OPTIONS.find((option) => option.name === meant)?.summary;
  const instead =
    meant === null ? `${all === "" ? "" : `; it has ${all}`}.` : `; did you mean --${meant} (${summary})?`;
  return { problem: `${verb} has no option --${name}${instead}`, meant, word: null };
}

/**
 * Joins what belongs together although spaces stand between: a host pattern around its separators (`web-01, web-02`,
 * `web-* !web-03`), a selector around its sign (`zone = a`), a number and its unit (`4 hours`), a duration (`1h 30m`).
 */
function joinWords(words: readonly Placed[]): readonly Positional[] {
  const joined: Placed[] = [];
  for (const word of words) {
    const previous = joined.at(-1);
    const open = previous && !previous.quoted && !word.quoted;
    if (open && belongTogether(previous.text, word.text)) {
      const between = /^[&!]./.test(word.text) && !/[,:]$/.test(previous.text) ? ":" : "";
      joined.splice(-1, 1, { ...previous, text: `${previous.text}${between}${word.text}`, end: word.end });
    } else joined.push(word);
    // `1 h 30 m`, but not `4h --in 1h 30m`, where nobody knows which one goes on.
    const [first, second] = joined.slice(-2);
    if (!first || !second || first.quoted || second.quoted || second.begin !== first.end + 1) continue;
    if (continuesDuration(first.text, second.text))
      joined.splice(-2, 2, { ...first, text: `${first.text}${second.text}`, end: second.end });
  }
  return joined;
}

function belongTogether(previous: string, word: string): boolean {
  const selector = /=$/.test(previous) || /^=/.test(word) || /^[&!]./.test(word);
  const number = /^\+?\d+$/.test(previous) && isUnit(word);
  // `web-01, 4h`: a comma too many, and no host called 4h. `reason: kernel`: an option without its dashes.
  const separated = /[,:]$/.test(previous) || /^[,:]/.test(word);
  const option = OPTIONS.some(({ name }) => `${name}:` === previous.toLowerCase());
  return selector || number || (separated && !option && !isPlainDuration(word));
}
