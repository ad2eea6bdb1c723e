import { nearestOne } from "../hosts/nearest.js";
import { continuesDuration, isPlainDuration, isUnit, looksLikeDuration } from "./duration.js";
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
  /** Where the value begins in the line. */
  readonly from: number;
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
      const { option, length } = readOption(form, word, typed[at + 1], typed[at + 2]);
      const before = options.some(({ name }) => name === option.name);
      if (before && !isFlag(option.name)) throw new Mistake(`--${option.name} is given twice.`);
      if (!before) options.push(option);
      at += length - 1;
      adjoins = false;
    } else if (!form.prose && !word.quoted && LONE_DASH.test(word.text)) adjoins = false;
    else {
      const text = word.quoted || form.prose ? word.text : word.text.replace(LONG_DASHES, "-");
      words.push({ ...word, text, adjoins });
      adjoins = true;
    }
  }
  return { form, words: form.prose ? words : joinWords(words), options };
}

/** The option that `word` begins, and how many words it is made of. */
function readOption(
  form: LineForm,
  word: Word,
  next: Word | undefined,
  afterNext: Word | undefined,
): { readonly option: Option; readonly length: number } {
  const [, typed = "", dashes = "", typedName = "", equals = "", inline = ""] =
    /^(([-\u2010-\u2015\u2212]+)([^=]*))(=?)(.*)$/s.exec(word.text) ?? [];
  const name = form.options.find((known) => known === typedName.toLowerCase().replace(LONG_DASHES, "-"));
  if (name === undefined) throw unknownOption(form, typedName, { from: word.from, typed });
  if (dashes === "-") {
    const slip = { from: word.from, typed, meant: `--${name}` };
    throw new Mistake(`Options begin with two dashes: --${name}.`, slip);
  }
  if (equals === "" && next?.text === "=" && !next.quoted) throw new Mistake("No spaces stand around a =.");
  if (isFlag(name)) {
    if (equals === "") return { option: { name, value: "", from: word.from }, length: 1 };
    throw new Mistake(`--${name} takes no value; leave it out where it is not wanted.`);
  }
  if (
    hasOptionalValue(name) &&
    equals === "" &&
    (next === undefined || next.quoted || !looksLikeDuration(next.text))
  ) {
    return { option: { name, value: "", from: word.from }, length: 1 };
  }
  const shape = OPTIONS.find((option) => option.name === name)?.value ?? "";
  const separate = equals === "" && next && (next.quoted || !DASHES.test(next.text)) ? next : null;
  const number = /^.duration.$/.test(shape) && /^\+?\d+$/.test(separate?.text ?? "");
  const unit = number && afterNext && !afterNext.quoted && isUnit(afterNext.text) ? afterNext.text : "";
  const value = (equals === "" ? `${separate?.text ?? ""}${unit}` : inline).trim();
  if (value === "") throw new Mistake(`--${name} needs a value: --${name} ${shape}.`);
  if (/^<.*>$/.test(value)) throw new Mistake(`--${name} still has ${value}: put the value in its place.`);
  const from = separate?.from ?? word.from + typed.length + 1;
  return { option: { name, value, from }, length: unit !== "" ? 3 : separate ? 2 : 1 };
}

function unknownOption(
  { name: verb, options }: LineForm,
  typed: string,
  place: { readonly from: number; readonly typed: string },
): Mistake {
  const alias = optionKnownAs(typed);
  const near = nearestOne(typed, options);
  const known =
    OPTIONS.find(({ name }) => name === alias && options.includes(name)) ??
    OPTIONS.find(({ name }) => name === near?.name);
  if (known) {
    const problem = `${verb} has no option --${typed}; did you mean --${known.name} (${known.summary})?`;
    // Another tool's word may mean something else there.
    const slip = near?.sure && near.name === known.name ? { ...place, meant: `--${known.name}` } : null;
    return new Mistake(problem, slip);
  }
  const all = options.map((option) => `--${option}`).join(", ");
  return new Mistake(`${verb} has no option --${typed}${all === "" ? "" : `; it has ${all}`}.`);
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
      joined.splice(-1, 1, { ...previous, text: `${previous.text}${between}${word.text}` });
    } else joined.push(word);
    // `1 h 30 m`, but not `4h --in 1h 30m`, where nobody knows which one goes on.
    const [first, second] = joined.slice(-2);
    if (!first || !second?.adjoins || first.quoted || second.quoted) continue;
    if (continuesDuration(first.text, second.text))
      joined.splice(-2, 2, { ...first, text: `${first.text}${second.text}` });
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
