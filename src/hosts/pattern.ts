import { type Parsed, problemOf } from "./parsed.js";
import { splitPattern } from "./split.js";
import { parseTerm, type Reading } from "./term.js";

/** Longer patterns are refused: a group or an attribute says it better. */
const LONGEST = 4_000;

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

  const terms: Term[] = [];
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
  }
  return { ok: true, pattern: { text, terms } };
}
