import { MOST_VARIANTS } from "./glob.js";
import { type Parsed, problemOf } from "./parsed.js";
import { MOST_NAMES } from "./range.js";
import { LARGEST_PROGRAM } from "./regex.js";
import { splitPattern } from "./split.js";
import { parseTerm, type Reading } from "./term.js";

/** Longer patterns are refused: a group or an attribute says it better. */
const LONGEST = 4_000;

const MOST_TERMS = 500;

/** One term of a pattern: `web-*`, `&rack1` or `!web-03`. */
export interface Term {
  /** As it was typed, without its sign. */
  readonly text: string;
  readonly role: "union" | "intersection" | "exclusion";
  readonly readings: readonly Reading[];
}

/** A parsed host pattern; `resolveHosts` turns it into machines. */
export interface HostPattern {
  readonly text: string;
  readonly terms: readonly Term[];
}

/**
 * Reads a host pattern in Ansible's language with our own selectors (docs/hosts.md). Only the form is checked; which
 * machines it stands for depends on a cluster.
 */
export function parsePattern(text: string): Parsed<{ readonly pattern: HostPattern }> {
  if (text.length > LONGEST) {
    return problemOf(`The host pattern is longer than ${LONGEST} characters.`);
  }
  if (/https?:\/\//i.test(text)) {
    return problemOf(`${text} is an address of the web; a host stands without it.`);
  }
  const split = splitPattern(text);
  if (!split.ok) return split;
  if (split.terms.length === 0) return problemOf("The host pattern is empty.");

  if (split.terms.length > MOST_TERMS) {
    return problemOf(
      `The host pattern has more than ${MOST_TERMS} terms; a group or a wildcard says it shorter.`,
    );
  }

  const terms: Term[] = [];
  const size = { names: 0, variants: 0, programs: 0 };
  for (const [place, typed] of split.terms.entries()) {
    const sign = /^[&!]/.exec(typed)?.[0] ?? "";
    const name = typed.slice(sign.length).trim();
    if (name === "" || /^[&!]/.test(name)) {
      return problemOf(`${typed} has no hosts after its ${sign}.`);
    }
    if (place > 0 && /^\d+$/.test(typed)) {
      const before = split.terms[place - 1];
      const problem = `${before}:${typed} would be two hosts. A port is left out, and a range has brackets: web-[01:20].`;
      return problemOf(problem);
    }
    const term = parseTerm(name);
    if (!term.ok) return term;
    const role = sign === "&" ? "intersection" : sign === "!" ? "exclusion" : "union";
    terms.push({ text: name, role, readings: term.readings });
    const large = addedTo(size, term.readings);
    if (large !== null) return problemOf(large);
  }
  return { ok: true, pattern: { text, terms } };
}

/** How much the terms of a pattern stand for together. */
interface Size {
  names: number;
  variants: number;
  programs: number;
}

/** Adds what a term stands for; what is too much, as a sentence, or `null`. */
function addedTo(size: Size, readings: readonly Reading[]): string | null {
  for (const { matcher } of readings) {
    const expression = matcher.kind === "selector" ? matcher.value : matcher;
    if (expression.kind === "names") size.names += expression.count;
    if (expression.kind === "glob" && expression.variants > 1) size.variants += expression.variants;
    if (expression.kind === "regex") size.programs += expression.weight;
  }
  if (size.names > MOST_NAMES)
    return `The ranges of the host pattern stand together for more than ${MOST_NAMES} names.`;
  if (size.variants > MOST_VARIANTS)
    return `The ranges of the host pattern that stand beside wildcards are together more than ${MOST_VARIANTS} names.`;
  if (size.programs > LARGEST_PROGRAM)
    return "The regular expressions of the host pattern are too large together.";
  return null;
}
