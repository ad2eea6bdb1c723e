import { type Parsed, problemOf } from "./parsed.js";

/** A selection out of what a term matched, by position from 0; negative positions count from the end. */
export type Subscript =
  | { readonly kind: "one"; readonly index: number }
  /** Both ends included; `to` is `null` for "to the end". */
  | { readonly kind: "slice"; readonly from: number; readonly to: number | null };

/** A term with brackets at its end that hold a position. */
interface Position {
  /** The term without its brackets. */
  readonly base: string;
  readonly subscript: Subscript;
  /**
   * What the brackets are. `always` a position, as in Ansible: `[0]`, `[-1]`, `[2:]`. A position `first` if what stands before
   * them matches anything, else a range of names: `[1:3]`. A position `last`, if the names do not exist: those with leading
   * zeros (`web[01:20]`), which nobody means as positions, and those with a dash (`web-0[1-3]`), which Ansible has given up.
   */
  readonly is: "always" | "first" | "last";
}

const TRAILING = /^(.+)\[(?:(-?\d+)|(\d+)([:-])(\d*))\]$/s;

/** The position at the end of a term, `null` if there is none. */
export function parseSubscript(text: string): Parsed<{ readonly position: Position | null }> {
  const [, base = text, single, from, separator, to = ""] = TRAILING.exec(text) ?? [];
  if (single !== undefined) {
    const subscript = { kind: "one", index: Number(single) } as const;
    return { ok: true, position: { base, subscript, is: "always" } };
  }
  if (from === undefined || (separator === "-" && to === "")) return { ok: true, position: null };
  if (to !== "" && Number(to) < Number(from)) return problemOf(`${text} ends before it begins.`);
  const isPadded = from.length > 1 && from.startsWith("0");
  const subscript = { kind: "slice", from: Number(from), to: to === "" ? null : Number(to) } as const;
  const is = to === "" ? "always" : separator === ":" && !isPadded ? "first" : "last";
  return { ok: true, position: { base, subscript, is } };
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
