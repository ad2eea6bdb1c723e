import { type Parsed, problemOf } from "./parsed.js";

/** More names than this out of one host pattern, or one line of an inventory, are taken for a mistake. */
export const MOST_NAMES = 100_000;

/** Longer names are no host names: DNS has at most 253 characters. */
export const LONGEST_NAME = 255;

const NUMBERS = /^(\d*):(\d+)(?::(\d+))?$/;

const LETTERS = /^([a-z]):([a-z])(?::(\d+))?$/i;

/** The members of a range, which are counted before any is made. */
export interface Range {
  readonly count: number;
  member(at: number): string;
}

/** Whether the text between brackets has the form of a range, `01:20`, `a:f` or `1:9:2`. */
export function isRange(body: string): boolean {
  return NUMBERS.test(body) || LETTERS.test(body);
}

/**
 * A range as Ansible's inventories write it: `begin:end[:step]`, both ends included; a begin with leading zeros sets the
 * width of all (`01:20` gives 01, 02, … 20). Ansible: "Adding ranges of hosts".
 *
 * @param isShown whether a problem may repeat it: what somebody typed, and nothing out of a file.
 */
export function parseRange(body: string, isShown = true): Parsed<{ readonly range: Range }> {
  const shown = isShown ? `range [${body}]` : "range";
  const letters = LETTERS.exec(body);
  const numbers = letters ? null : NUMBERS.exec(body);
  const [, begin = "", end = "", step = "1"] = letters ?? numbers ?? [];
  if (end === "")
    return problemOf(
      `${isShown ? `[${body}]` : "What stands in brackets"} is not a range such as [01:20] or [a:f].`,
    );
  const stride = Number(step);
  if (stride === 0) return problemOf(`The step of ${isShown ? `[${body}]` : "a range"} is 0.`);
  const first = letters ? begin.charCodeAt(0) : Number(begin || "0");
  const last = letters ? end.charCodeAt(0) : Number(end);
  if (first > last) return problemOf(`The ${shown} ends before it begins.`);
  const padded = !letters && begin.length > 1 && begin.startsWith("0");
  if (padded && begin.length !== end.length) {
    return problemOf(
      `In the ${shown} the first number has leading zeros, so both need the same number of digits.`,
    );
  }
  const count = Math.floor((last - first) / stride) + 1;
  if (count > MOST_NAMES) return problemOf(`The ${shown} stands for more than ${MOST_NAMES} names.`);
  const member = (at: number) => {
    const value = first + at * stride;
    return letters ? String.fromCharCode(value) : String(value).padStart(padded ? begin.length : 1, "0");
  };
  return { ok: true, range: { count, member } };
}

/** A piece of a name. */
export type NamePart = { readonly text: string } | Range;

/** How many names the pieces stand for together. */
export function countOf(parts: readonly NamePart[]): number {
  return parts.reduce((product, part) => product * ("text" in part ? 1 : part.count), 1);
}

/** How long the longest of the names is. */
export function longestOf(parts: readonly NamePart[]): number {
  return parts.reduce(
    (sum, part) => sum + ("text" in part ? part.text : part.member(part.count - 1)).length,
    0,
  );
}

/** The names, one after another; the last range counts fastest. */
export function* namesFrom(parts: readonly NamePart[], head = ""): Generator<string, void, void> {
  const [first, ...rest] = parts;
  if (first === undefined) yield head;
  else if ("text" in first) yield* namesFrom(rest, head + first.text);
  else for (let at = 0; at < first.count; at += 1) yield* namesFrom(rest, head + first.member(at));
}
