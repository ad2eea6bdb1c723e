import { nearestOne } from "../hosts/nearest.js";
import { continuesDuration, isPlainDuration, isUnit, looksLikeDuration } from "./duration.js";
import { mayStandFor } from "./may-stand-for.js";
import { Mistake } from "./mistake.js";
import { hasOptionalValue, isFlag, OPTIONS, type OptionName, optionKnownAs } from "./options.js";
import type { Word } from "./words.js";

/** What may stand in a line after its verb. */
export interface LineForm {
  /** The verb. */
  readonly name: string;
  /** The words after the verb, as the help shows them. */
  readonly takes: string;
  readonly options: readonly OptionName[];
  /** Its words are a person's sentence and stay as they were typed. */
  readonly prose?: true;
}

export interface Option {
  readonly name: OptionName;
  /** Empty if the option takes none. */
  readonly value: string;
  /** Where the value begins in the line, and where it ends. */
  readonly from: number;
  readonly to: number;
}

/** A word that is neither an option nor its value. */
export interface Positional extends Word {
  /** Whether nothing stands between it and the one before. */
  readonly adjoins: boolean;
}

/** A command line after its verb, taken apart. */
export interface Line {
  readonly form: LineForm;
  readonly words: readonly Positional[];
  readonly options: readonly Option[];
}

/** Dashes before an option's name, `--`, or what phones make of them: `—`, `–`; a single `-` is told. */
const DASHES = /^[-\u2010-\u2015\u2212]+(?=[a-z])/i;

const LONG_DASHES = /[\u2010-\u2015\u2212]/g;

/** A bullet, or a dash typed twice. */
const LONE_DASH = /^[-\u2010-\u2015]+$/;

/** Takes the words after a verb apart. Throws a `Mistake` for an option that the verb does not have. */
export function readLine(form: LineForm, typed: readonly Word[]): Line {
  const words: Positional[] = [];
  const options: Option[] = [];
  let adjoins = false;
  for (let at = 0; at < typed.length; at += 1) {
    const word = typed[at];
    if (!word) continue;
    if (DASHES.test(word.text)) {
      const { option, length } = readOption(form, word, typed.slice(at + 1));
      const before = options.some(({ name }) => name === option.name);
      if (before && !isFlag(option.name)) throw new Mistake(`--${option.name} is given twice.`);
      if (!before) options.push(option);
      at += length - 1;
      adjoins = false;
    } else if (!form.prose && isLoneDash(word)) {
      const next = typed[at + 1];
      // `- 30m` is less than nothing, however it is spaced.
      if (next !== undefined && !next.quoted && looksLikeDuration(next.text)) {
        words.push({ ...next, text: `-${next.text}`, from: word.from, adjoins });
        at += 1;
      }
      adjoins = false;
    } else {
      const text = word.quoted || form.prose ? word.text : word.text.replace(LONG_DASHES, "-");
      words.push({ ...word, text, adjoins });
      adjoins = true;
    }
  }
  return { form, words: form.prose ? words : joinWords(words), options };
}

const isLoneDash = ({ text, quoted }: Word): boolean => !quoted && LONE_DASH.test(text);

/** The option that `word` begins, and how many words it is made of. */
function readOption(
  form: LineForm,
  word: Word,
  after: readonly Word[],
): { readonly option: Option; readonly length: number } {
  const [next] = after;
  const [, typed = "", dashes = "", typedName = "", equals = "", inline = ""] =
    /^(([-\u2010-\u2015\u2212]+)([^=]*))(=?)(.*)$/s.exec(word.text) ?? [];
  const name = form.options.find((known) => known === typedName.toLowerCase().replace(LONG_DASHES, "-"));
  const place = { from: word.from, to: word.from + typed.length };
  if (name === undefined) throw unknownOption(form, typed, typedName, place);
  if (dashes === "-") {
    throw new Mistake(`Options begin with two dashes: --${name}.`, { ...place, meant: `--${name}` });
  }
  if (equals === "" && next?.text === "=" && !next.quoted) throw new Mistake("No spaces stand around a =.");
  const alone = { option: { name, value: "", from: place.to, to: place.to }, length: 1 };
  if (isFlag(name)) {
    if (equals === "") return alone;
    throw new Mistake(`--${name} takes no value; leave it out where it is not wanted.`);
  }
  const isLeftOut = next === undefined || next.quoted || !looksLikeDuration(next.text);
  if (hasOptionalValue(name) && equals === "" && isLeftOut) return alone;
  const shape = OPTIONS.find((option) => option.name === name)?.value ?? "";
  const words = equals === "" ? wordsOfValue(shape, after) : [];
  const value = equals === "" ? words.map(({ text }) => text).join(isTime(shape) ? " " : "") : inline;
  if (value.trim() === "") throw new Mistake(`--${name} needs a value: --${name} ${shape}.`);
  if (/^<.*>$/.test(value.trim()))
    throw new Mistake(`--${name} still has ${value.trim()}: put the value in its place.`);
  const from = words[0]?.from ?? place.to + 1;
  const to = words.at(-1)?.to ?? word.to;
  return { option: { name, value: value.trim(), from, to }, length: 1 + words.length };
}

const isTime = (shape: string): boolean => shape === "<time>";

/** The words of an option's value: the next one, with a unit behind a number, or with the rest of a time of several words. */
function wordsOfValue(shape: string, [first, ...more]: readonly Word[]): readonly Word[] {
  if (first === undefined || (!first.quoted && DASHES.test(first.text))) return [];
  if (isTime(shape)) return first.quoted ? [first] : wordsOfTime(first, more);
  const [unit] = more;
  const isNumber = /^.duration.$/.test(shape) && /^\+?\d+$/.test(first.text);
  return isNumber && unit !== undefined && !unit.quoted && isUnit(unit.text) ? [first, unit] : [first];
}

/** The words of a time that needs no quotes: `tomorrow 22:00`, `next friday at 10 pm`. */
function wordsOfTime(first: Word, more: readonly Word[]): readonly Word[] {
  const words = [first];
  let hasClock = CLOCK.test(first.text);
  for (const word of more) {
    if (word.quoted || !(hasClock ? AFTER_CLOCK : BEFORE_CLOCK).test(word.text)) break;
    words.push(word);
    hasClock ||= CLOCK.test(word.text);
  }
  return words;
}

const CLOCK = /^(?:.*\d[:.]\d\d.*|\d+[ap]m|noon|midnight)$/i;

const AFTER_CLOCK = /^(?:[ap]m|today|tomorrow|tonight|utc|gmt)$/i;

const BEFORE_CLOCK =
  /^(?:at|today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)day|noon|midnight|[ap]m|\d{1,2}(?:[:.]\d\d.*|[ap]m)?)$/i;

function unknownOption(
  { name: verb, options }: LineForm,
  typed: string,
  name: string,
  place: { readonly from: number; readonly to: number },
): Mistake {
  const alias = optionKnownAs(name);
  const near = nearestOne(
    name,
    options.filter((known) => mayStandFor(name, known)),
  );
  const known =
    OPTIONS.find(({ name }) => name === alias && options.includes(name)) ??
    OPTIONS.find(({ name }) => name === near?.name);
  if (known) {
    const problem = `${verb} has no option ${typed}; did you mean --${known.name} (${known.summary})?`;
    // Another tool's word may mean something else there.
    const slip = near?.sure && near.name === known.name ? { ...place, meant: `--${known.name}` } : null;
    return new Mistake(problem, slip);
  }
  const all = options.map((option) => `--${option}`).join(", ");
  return new Mistake(`${verb} has no option ${typed}${all === "" ? "" : `; it has ${all}`}.`);
}

/**
 * Joins what belongs together although spaces stand between: a host pattern around its separators (`web-01, web-02`,
 * `web-* !web-03`), a selector around its sign (`zone = a`), a number and its unit (`4 hours`), a duration (`1h 30m`).
 */
function joinWords(words: readonly Positional[]): readonly Positional[] {
  const joined: Positional[] = [];
  for (const word of words) {
    const previous = joined.at(-1);
    const open = previous && !previous.quoted && !word.quoted;
    if (open && belongTogether(previous.text, word.text)) {
      const between = /^[&!]./.test(word.text) && !/[,:]$/.test(previous.text) ? ":" : "";
      joined.splice(-1, 1, { ...previous, text: `${previous.text}${between}${word.text}`, to: word.to });
    } else joined.push(word);
    // `1 h 30 m`, but not `4h --in 1h 30m`, where nobody knows which one goes on.
    const [first, second] = joined.slice(-2);
    if (!first || !second?.adjoins || first.quoted || second.quoted) continue;
    if (continuesDuration(first.text, second.text))
      joined.splice(-2, 2, { ...first, text: `${first.text}${second.text}`, to: second.to });
  }
  return joined;
}

/** Whether two words are parts of one host pattern, a selector, or a number with its unit. */
export function belongTogether(previous: string, word: string): boolean {
  const selector = /=$/.test(previous) || /^=/.test(word) || /^[&!]./.test(word);
  const number = /^\+?\d+$/.test(previous) && isUnit(word);
  // `web-01, 4h`: a comma too many, and no host called 4h. `reason: kernel`: an option without its dashes.
  const separated = /[,:]$/.test(previous) || /^[,:]/.test(word);
  const option = OPTIONS.some(({ name }) => `${name}:` === previous.toLowerCase());
  return selector || number || (separated && !option && !isPlainDuration(word));
}
