import { nearest } from "../hosts/index.js";
import { isUnit } from "./duration.js";
import { Mistake } from "./mistake.js";
import { OPTIONS, type OptionName } from "./options.js";
import { quoteWord, type Word } from "./words.js";

export interface Option {
  readonly name: OptionName;
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
  const named = options.map(
    ({ name, value }) => `--${name} ${/^<.*>$/.test(value) ? value : quoteWord(value)}`,
  );
  return [verb, ...plain, ...named].join(" ");
}

/** Takes the words after a verb apart. Throws a `Mistake` for an option that the verb does not have. */
export function readLine(verb: string, typed: readonly Word[], allowed: readonly OptionName[]): Line {
  const words: (Word & Positional)[] = [];
  const options: Option[] = [];
  let trails: OptionName | null = null;
  /** The mistake with the words from `at` on, `count` of them, replaced in the corrected line. */
  const mistake = (problem: string, at: number, count: number, ...replacement: string[]) => {
    const texts = typed.map(({ text, quoted }) => (quoted ? quoteWord(text) : text));
    return new Mistake(problem, [verb, ...texts.toSpliced(at, count, ...replacement)].join(" "));
  };

  for (let at = 0; at < typed.length; at += 1) {
    const word = typed[at];
    if (!word || (!word.quoted && /^[-\u2010-\u2015]+$/.test(word.text))) continue;
    const dashes = DASHES.exec(word.text)?.[0];
    if (dashes === undefined) {
      if (word.quoted || !/^[\p{L}'.;!]+$/u.test(word.text)) trails = null;
      words.push({ ...word, text: word.quoted ? word.text : word.text.replace(LONG_DASHES, "-"), trails });
      continue;
    }
    const [, typedName = "", equals = "", inline = ""] =
      /^([^=]*)(=?)(.*)$/s.exec(word.text.slice(dashes.length)) ?? [];
    const assigned = equals === "" ? "" : `=${quoteWord(inline)}`;
    const name = allowed.find((option) => option === typedName.toLowerCase());
    if (name === undefined) throw mistake(...unknownOption(verb, typedName, assigned, at, allowed));
    if (dashes === "-")
      throw mistake(`Options begin with two dashes: --${name}.`, at, 1, `--${name}${assigned}`);

    const next = typed[at + 1];
    const separate = equals === "" && next && (next.quoted || !DASHES.test(next.text)) ? next : null;
    const value = equals === "" ? (separate?.text ?? "") : inline;
    const length = separate ? 2 : 1;
    const form = OPTIONS.find((option) => option.name === name)?.value ?? "";
    if (value.trim() === "") throw mistake(`--${name} needs a value: --${name} ${form}.`, at, length);
    if (/^<.*>$/.test(value)) throw mistake(`Put the ${name} in place of ${value}.`, at, length);
    if (options.some((option) => option.name === name))
      throw mistake(`--${name} is given twice.`, at, length);
    options.push({ name, value: value.trim() });
    trails = (separate ?? word).quoted ? null : name;
    if (separate) at += 1;
  }
  return { verb, words: joinWords(words), options };
}

function unknownOption(
  verb: string,
  name: string,
  assigned: string,
  at: number,
  allowed: readonly OptionName[],
) {
  const meant = nearest(name, allowed, { limit: 1 })[0];
  const known = allowed.map((option) => `--${option}`).join(", ");
  const problem = `${verb} has no option --${name}${known === "" ? "" : `; it has ${known}`}.`;
  return [problem, at, 1, ...(meant ? [`--${meant}${assigned}`] : [])] as const;
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
    const separated = open && (/[,:]$/.test(previous.text) || /^[,:]/.test(word.text));
    const signed = open && /^[&!]./.test(word.text);
    if (separated || signed || (open && /^\d+$/.test(previous.text) && isUnit(word.text))) {
      const between = signed && !separated ? ":" : "";
      joined.splice(-1, 1, { ...previous, text: `${previous.text}${between}${word.text}` });
    } else joined.push(word);
  }
  return joined;
}
