import { linesOf, MASK, writtenAs } from "../base/known-secrets.js";
import { scrub } from "../base/scrub.js";
import { withoutControls } from "./controls.js";

/** Hides secrets in text that arrives in pieces. */
export interface Mask {
  /** The text without them. */
  hide(text: string): string;
  /**
   * Where a text whose rest has not arrived can be cut, from 1 to its length, so that no secret is cut in two; as late
   * as can be. 0 when that cannot be told.
   */
  cut(text: string): number;
}

/** A line of a secret that has several, such as a key; shorter ones give nothing away and stand everywhere. */
const LEAST_LINE = 4;

/** How much of a text is looked at around a cut: more than what `scrub` hides is long. */
const LEAST_WINDOW = 1_024;

/** How many places are tried for a cut, so that it takes a moment whatever the text is. */
const MOST_TRIES = 64;

/** Hides these values, however short, and whatever else `scrub` hides. */
export function maskOf(secrets: readonly string[]): Mask {
  const values = [...new Set(secrets.flatMap(shownAs))].sort((a, b) => b.length - a.length);
  const window = Math.max(LEAST_WINDOW, values[0]?.length ?? 0);
  const literal = values.length === 0 ? null : new RegExp(values.map(escaped).join("|"), "g");
  const hide = (text: string): string => scrub(literal === null ? text : text.replace(literal, MASK));
  /** The place itself, or where the value begins that it is in the middle of. */
  const outside = (text: string, at: number): number => {
    const from = Math.max(0, at - window);
    const found = literal === null ? [] : text.slice(from, at + window).matchAll(literal);
    for (const { index, 0: value } of found) {
      if (from + index < at && at < from + index + value.length) return from + index;
    }
    return at;
  };
  const isWhole = (text: string, at: number): boolean => {
    const [before, after] = [text.slice(Math.max(0, at - window), at), text.slice(at, at + window)];
    return hide(before) + hide(after) === hide(before + after);
  };
  return {
    hide,
    cut(text) {
      // A secret that begins before this place ends before the text does.
      const latest = Math.max(0, outside(text, text.length - window));
      let at = latest;
      for (let tries = 0; tries < MOST_TRIES && at > 0; tries += 1) {
        if (isWhole(text, at)) return at;
        at = outside(text, startOfToken(text, at));
      }
      return latest;
    },
  };
}

/** Where the last word, or part of a word, before a place begins. */
function startOfToken(text: string, place: number): number {
  let at = place - 1;
  while (at > 0 && !/[\s"'=:&,;]/.test(text.charAt(at - 1))) at -= 1;
  return at;
}

/** The forms in which a value shows in what a program prints, line by line and without what is taken out of that. */
function shownAs(secret: string): readonly string[] {
  const lines = linesOf(secret);
  const long = lines.length === 1 ? lines : lines.filter((line) => line.length >= LEAST_LINE);
  return long
    .flatMap(writtenAs)
    .map(withoutControls)
    .filter((line) => line !== "");
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
