import { scrub } from "../base/scrub.js";
import { MASK } from "../base/secret.js";
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

/** Longer than the names and schemes by which `scrub` knows a secret. */
const LEAST_MARGIN = 64;

/** A token that is longer may be cut: whatever it is, it is none of Slack's. */
const LONGEST_TOKEN = 8 * 1024;

/** Hides these values, wherever they stand, and whatever `scrub` tells by its shape. */
export function maskOf(secrets: readonly string[]): Mask {
  const values = [...new Set(secrets.flatMap(writtenAs))].sort((a, b) => b.length - a.length);
  const margin = Math.max(LEAST_MARGIN, values[0]?.length ?? 0);
  const literal = values.length === 0 ? null : new RegExp(values.map(escaped).join("|"), "g");
  return {
    hide: (text) => scrub(literal === null ? text : text.replace(literal, MASK)),
    cut(text) {
      // A secret that begins before this point ends before the text does.
      const latest = text.length - margin;
      let at = latest;
      const earliest = Math.max(0, latest - LONGEST_TOKEN);
      while (at > earliest && !isBetweenTokens(text, at)) at -= 1;
      if (at <= earliest) at = latest;
      for (const { index, 0: value } of literal === null ? [] : text.matchAll(literal)) {
        if (index < at && at < index + value.length) at = index;
      }
      return Math.max(0, at);
    },
  };
}

/** The forms in which a value shows in what a program prints: as it is, line by line, and inside of JSON. */
function writtenAs(secret: string): readonly string[] {
  const lines = secret.trim().split(/\s*[\r\n]\s*/);
  const long = lines.length === 1 ? lines : lines.filter((line) => line.length >= LEAST_LINE);
  return long
    .flatMap((line) => [line, JSON.stringify(line).slice(1, -1)])
    .map(withoutControls)
    .filter((line) => line !== "");
}

/** White space and double quotes end whatever `scrub` hides, but not between `Bearer`, or what stands before it, and its token. */
function isBetweenTokens(text: string, at: number): boolean {
  if (!/[\s"]/.test(text.charAt(at))) return false;
  return !/(?:["':=]|Bearer|Basic)\s*$/i.test(text.slice(Math.max(0, at - LEAST_MARGIN), at));
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
