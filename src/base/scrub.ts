import { MASK } from "./secret.js";

/**
 * Secrets whose shape gives them away wherever they stand: Slack's tokens, its response and upload URLs (whoever has
 * one can post with it), the tickets of its sockets, authorization headers, and user and password in a URL.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:xox[a-z]|xapp|xwfp)(?:[.-][\w-]+)+/gi, MASK],
  [
    /\bhttps?:\/\/[\w.-]*\bslack[\w.-]*\/(?:commands|actions|services|triggers|workflows|upload)\/[^\s"'\\]+/g,
    MASK,
  ],
  [/\b(hooks\.slack\.com\/)[^\s"'\\]+/gi, `$1${MASK}`],
  [/\b(wss?:\/\/[^\s?"'\\]+)\?[^\s"'\\]*/gi, `$1?${MASK}`],
  [/\b(Bearer) +[\w.~+/=-]+/g, `$1 ${MASK}`],
  [/(["':=]\s*(?:Bearer|Basic)) +[\w.~+/=-]+/gi, `$1 ${MASK}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"\\/@]*:[^\s"\\/@]*@/gi, `$1${MASK}@`],
];

/** A text without the secrets that can be told by their shape. Keeps JSON valid JSON. */
export function scrub(text: string): string {
  return SHAPES.reduce((clean, [shape, mask]) => clean.replace(shape, mask), text);
}
