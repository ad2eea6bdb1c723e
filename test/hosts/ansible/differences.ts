import { splitPattern } from "../../../src/hosts/split.js";

/** A term on one inventory, whose answer here is another than Ansible's on purpose. */
interface Asked {
  readonly term: string;
  /** Hosts and groups of the inventory. */
  readonly names: readonly string[];
}

/** Each as docs/hosts.md has it under "Where it differs from Ansible". */
const BY_TERM: Readonly<Record<string, (asked: Asked) => boolean>> = {
  "letter case does not count": ({ term }) => /[A-Z]/.test(term),
  "a name may hold a range": ({ term }) => !isPosition(term) && hasRange(term),
  "a range on what matches nothing is of names": ({ term, names }) =>
    isPosition(term) && hasRange(term) && !matchesAny(withoutSubscript(term), names),
  "a range with leading zeros is of names where they exist": ({ term }) => /\[0\d+:\d+\]$/.test(term),
  "numbers with a dash are characters first": ({ term }) => /\[\d+-\d+\]$/.test(term),
  "wildcards and regular expressions never mean all and ungrouped": ({ term }) =>
    term !== "*" && matchesAny(withoutSubscript(term), ["all", "ungrouped"], true),
  "a short name stands for its host": ({ term, names }) =>
    !matchesAny(withoutSubscript(term), names) &&
    matchesAny(
      withoutSubscript(term),
      names.map((name) => name.split(".")[0] ?? ""),
    ),
  "there is no implicit localhost": ({ term }) => withoutSubscript(term) === "localhost",
};

/** Why the answers may differ, or `null`. */
export function differenceIn(pattern: string, names: readonly string[]): string | null {
  const split = splitPattern(pattern);
  if (!split.ok) return "a mistake is told";
  if (pattern.includes(",") && split.terms.length !== pattern.split(",").length)
    return "commas and colons may be mixed";
  for (const text of split.terms) {
    const asked = { term: text.replace(/^[&!]\s*/, ""), names };
    const found = Object.entries(BY_TERM).find(([, isSo]) => isSo(asked));
    if (found) return found[0];
  }
  return null;
}

const SUBSCRIPT = /^(.+)\[(?:-?\d+|\d+[:-]\d*)\]$/;

function isPosition(term: string): boolean {
  return !term.startsWith("~") && SUBSCRIPT.test(term);
}

function withoutSubscript(term: string): string {
  return term.startsWith("~") ? term : (SUBSCRIPT.exec(term)?.[1] ?? term);
}

function hasRange(term: string): boolean {
  return !term.startsWith("~") && /\[\w+:\w+(?::\d+)?\]/.test(term);
}

/** By wildcards and regular expressions as Ansible has them. */
function matchesAny(term: string, names: readonly string[], isWildOnly = false): boolean {
  if (isWildOnly && !/^~|[*?[]/.test(term)) return false;
  const source = term.startsWith("~")
    ? `^(?:${term.slice(1)})`
    : `^${term
        .replace(/[.+^$(){}|\\]/g, "\\$&")
        .replaceAll("[!", "[^")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`;
  const regexp = new RegExp(source);
  return names.some((name) => regexp.test(name));
}

/** The kinds of mistakes that are told where Ansible reads something, by the words of their sentences. */
const MISTAKES: Readonly<Record<string, RegExp>> = {
  "braces are the shell's": /braces/,
  "no characters are [!…] alone": /"None of these characters" is written/,
  "a position ends before it begins": /ends before it begins/,
};

/** Which of the kinds a mistake is of that is told for a pattern; `null` for one that is not meant to be told. */
export function mistakeIn(problem: string): string | null {
  return Object.entries(MISTAKES).find(([, words]) => words.test(problem))?.[0] ?? null;
}
