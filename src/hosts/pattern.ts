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

type ParsedPattern =
  | { readonly ok: true; readonly pattern: HostPattern }
  | {
      readonly ok: false;
      /** A sentence for the person. */
      readonly problem: string;
      /** The pattern as it was probably meant, itself without mistakes; `null` if that cannot be guessed. */
      readonly corrected: string | null;
    };

/**
 * Reads a host pattern in Ansible's language with our own selectors (docs/hosts.md). Only the form is checked; which
 * machines it stands for depends on a cluster.
 */
export function parsePattern(text: string): ParsedPattern {
  const parsed = parseOnce(text);
  if (parsed.ok) return parsed;
  return { ...parsed, corrected: settle(parsed.corrected) };
}

function parseOnce(text: string): ParsedPattern {
  if (text.length > LONGEST) {
    return { ok: false, problem: `The host pattern is longer than ${LONGEST} characters.`, corrected: null };
  }
  if (/https?:\/\//i.test(text)) {
    const bare = text.replace(/https?:\/\//gi, "").replace(/\/(?=$|[,:\s])/g, "");
    return {
      ok: false,
      problem: `${text} is an address of the web; a host stands without it.`,
      corrected: bare,
    };
  }
  const split = splitPattern(text);
  if (!split.ok) return split;
  if (split.terms.length === 0) return { ok: false, problem: "The host pattern is empty.", corrected: null };

  const terms: Term[] = [];
  for (const [place, typed] of split.terms.entries()) {
    const sign = /^[&!]/.exec(typed)?.[0] ?? "";
    const name = typed.slice(sign.length).trim();
    const substitute = (corrected: string | null) =>
      corrected === null ? null : join(split.terms.with(place, corrected));
    if (name === "" || /^[&!]/.test(name)) {
      const without = split.terms.filter((_, other) => other !== place);
      const corrected = name === "" ? join(without) : substitute(`${sign}${name.replace(/^[&!\s]+/, "")}`);
      return { ok: false, problem: `${typed} has no hosts after its ${sign}.`, corrected };
    }
    if (place > 0 && /^\d+$/.test(typed)) {
      const before = split.terms[place - 1];
      const problem = `${before}:${typed} would be two hosts. A port is left out, and a range has brackets: web-[01:20].`;
      return { ok: false, problem, corrected: null };
    }
    const term = parseTerm(name);
    if (!term.ok) {
      const corrected = term.corrected?.startsWith("!") ? term.corrected : `${sign}${term.corrected}`;
      return {
        ok: false,
        problem: term.problem,
        corrected: substitute(term.corrected === null ? null : corrected),
      };
    }
    const role = sign === "&" ? "intersection" : sign === "!" ? "exclusion" : "union";
    terms.push({ text: name, role, readings: term.readings });
  }
  return { ok: true, pattern: { text, terms } };
}

/** A guess may hold the next mistake: corrected in turn, and given only if it ends in a good pattern. */
function settle(guess: string | null): string | null {
  let text = guess;
  for (let attempt = 0; attempt < 8 && text !== null && text !== ""; attempt += 1) {
    const parsed = parseOnce(text);
    if (parsed.ok) return text;
    text = parsed.corrected;
  }
  return null;
}

function join(terms: readonly string[]): string {
  return terms.reduce(
    (text, term) => (text === "" ? term : `${text}${/^[&!]/.test(term) ? ":" : ","}${term}`),
    "",
  );
}
