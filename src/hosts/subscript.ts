import { type Parsed, problemOf } from "./parsed.js";

/** A selection out of what a term matched, by position from 0; negative positions count from the end. */
export type Subscript =
  | { readonly kind: "one"; readonly index: number }
  /** Both ends included; `to` is `null` for "to the end". */
  | { readonly kind: "slice"; readonly from: number; readonly to: number | null };

type ParsedSubscript = Parsed<{
  /** The term without its subscript. */
  readonly base: string;
  /** `null` if the term does not end in anything of that form. */
  readonly subscript: Subscript | null;
  /** Whether the subscript is tried before the reading as a range or a set of characters. */
  readonly first: boolean;
}>;

const TRAILING = /^(.+)\[(?:(-?\d+)|(\d+)([:-])(\d*))\]$/s;

/**
 * A trailing `[0]`, `[-1]`, `[0:2]` or `[2:]`, as in Ansible. The form is also that of a range or a glob's set of
 * characters: Ansible always takes the subscript, and so do we, unless numbers have leading zeros (`web[01:20]`, which
 * nobody means as positions) or a dash between them (`web-0[1-3]`, a form that Ansible itself has removed).
 */
export function parseSubscript(text: string): ParsedSubscript {
  const [, base = text, single, from, separator, to = ""] = TRAILING.exec(text) ?? [];
  if (single !== undefined) {
    return { ok: true, base, subscript: { kind: "one", index: Number(single) }, first: true };
  }
  if (from === undefined) return { ok: true, base: text, subscript: null, first: false };
  if (separator === "-" && to === "") return { ok: true, base: text, subscript: null, first: false };
  if (to !== "" && Number(to) < Number(from)) {
    return problemOf(`${text} ends before it begins.`);
  }
  const padded = from.length > 1 && from.startsWith("0");
  return {
    ok: true,
    base,
    subscript: { kind: "slice", from: Number(from), to: to === "" ? null : Number(to) },
    first: separator === ":" && !padded,
  };
}

/** What a subscript leaves of a list. A single position outside it leaves nothing; slices are cut to fit. */
export function applySubscript<T>(items: readonly T[], subscript: Subscript | null): readonly T[] {
  if (subscript === null) return items;
  if (subscript.kind === "slice") {
    return items.slice(subscript.from, subscript.to === null ? undefined : subscript.to + 1);
  }
  const item = items.at(subscript.index);
  return item === undefined ? [] : [item];
}
