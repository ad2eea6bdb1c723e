import { nearest } from "../hosts/index.js";
import { isUnit, looksLikeDuration } from "./duration.js";
import { Mistake } from "./mistake.js";
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
}

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
  const words: (Word & Positional)[] = [];
  const options: Option[] = [];
  let trails: OptionName | null = null;
  /** The mistake with the words from `at` on, `count` of them, replaced in the corrected line. */
  const mistake = (problem: string, at: number, count: number, ...replacement: readonly string[]) => {
    const texts = typed.map(({ text, quoted }) => (quoted ? quoteWord(text) : text));
    return new Mistake(problem, [verb, ...texts.toSpliced(at, count, ...replacement)].join(" "));
  };

  for (let at = 0; at < typed.length; at += 1) {
    const word = typed[at];
    if (!word || (!prose && !word.quoted && /^[-\u2010-\u2015]+$/.test(word.text))) continue;
    const dashes = DASHES.exec(word.text)?.[0];
    if (dashes === undefined) {
      if (word.quoted || !/^[\p{L}'.;!]+$/u.test(word.text)) trails = null;
      const verbatim = word.quoted || prose;
      words.push({ ...word, text: verbatim ? word.text : word.text.replace(LONG_DASHES, "-"), trails });
      continue;
    }
    const [, typedName = "", equals = "", inline = ""] =
      /^([^=]*)(=?)(.*)$/s.exec(word.text.slice(dashes.length)) ?? [];
    const assigned = equals === "" ? "" : `=${quoteWord(inline)}`;
    const name = allowed.find((option) => option === typedName.toLowerCase().replace(LONG_DASHES, "-"));
    if (name === undefined) {
      const { problem, meant } = unknownOption(verb, typedName, allowed);
      // Without its option a line could mean more: `drain all --limit web-01`.
      throw meant === null ? new Mistake(problem, null) : mistake(problem, at, 1, `--${meant}${assigned}`);
    }
    if (dashes === "-")
      throw mistake(`Options begin with two dashes: --${name}.`, at, 1, `--${name}${assigned}`);

    if (isFlag(name)) {
      if (equals !== "") throw mistake(`--${name} takes no value.`, at, 1, `--${name}`);
      if (!options.some((option) => option.name === name)) options.push({ name, value: "" });
      trails = null;
      continue;
    }
    const next = typed[at + 1];
    const separate = equals === "" && next && (next.quoted || !DASHES.test(next.text)) ? next : null;
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

function unknownOption(verb: string, name: string, allowed: readonly OptionName[]) {
  const alias = optionKnownAs(name);
  const meant =
    alias !== null && allowed.includes(alias) ? alias : (nearest(name, allowed, { limit: 1 })[0] ?? null);
  const known = allowed.map((option) => `--${option}`).join(", ");
  const summary = OPTIONS.find((option) => option.name === meant)?.summary;
  const instead =
    meant === null
      ? `${known === "" ? "" : `; it has ${known}`}.`
      : `; did you mean --${meant} (${summary})?`;
  return { problem: `${verb} has no option --${name}${instead}`, meant };
}

/**
 * Joins what belongs together although spaces stand between: a host pattern around its separators (`web-01, web-02`,
 * `web-* !web-03`), a number and its unit (`4 hours`).
 */
function joinWords(words: readonly (Word & Positional)[]): readonly Positional[] {
  const joined: (Word & Positional)[] = [];
  for (const word of words) {
    const previous = joined.at(-1);
    const open = previous && !previous.quoted && !word.quoted;
    // `web-01, 4h`: a comma too many, and no host called 4h.
    const duration = looksLikeDuration(word.text) && /[a-z]$/i.test(word.text);
    const separated = open && !duration && (/[,:]$/.test(previous.text) || /^[,:]/.test(word.text));
    const signed = open && /^[&!]./.test(word.text);
    if (separated || signed || (open && /^\+?\d+$/.test(previous.text) && isUnit(word.text))) {
      const between = signed && !separated ? ":" : "";
      joined.splice(-1, 1, { ...previous, text: `${previous.text}${between}${word.text}` });
    } else joined.push(word);
  }
  return joined;
}
