import { hideKnown, hideKnownInJson, MASK } from "./known-secrets.js";

/**
 * Secrets whose shape gives them away wherever they stand: Slack's tokens, its response and upload URLs (whoever has
 * one can post with it), the tickets of its sockets, authorization headers, and user and password in a URL. What may
 * repeat before a shape is complete has a bound or a next character of its own, so that no text takes long.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:xox[a-z]|xapp|xwfp)(?:[.-][\w-]+)+/gi, MASK],
  [
    /\bhttps?:\/\/[\w.-]{0,253}\bslack[\w.-]{0,253}\/(?:commands|actions|services|triggers|workflows|upload)\/[^\s"'\\]+/g,
    MASK,
  ],
  [/\b(hooks\.slack\.com\/)[^\s"'\\]+/gi, `$1${MASK}`],
  [/\b(wss?:\/\/[^\s?"'\\]{1,128})\?[^\s"'\\]*/gi, `$1?${MASK}`],
  [/\b(Bearer) +[\w.~+/=-]+/g, `$1 ${MASK}`],
  [/(["':=]\s*(?:Bearer|Basic)) +[\w.~+/=-]+/gi, `$1 ${MASK}`],
  [/:\/\/[^\s"\\/@:]*:[^\s"\\/@]*@/g, `://${MASK}@`],
];

/**
 * What somebody else said (a master, a proxy, Slack, Redis, a program), without secrets: those that the process knows,
 * whichever way they are written, and those whose shape gives them away. To be done before a text is cut: half a secret is
 * known by nobody.
 */
export function scrub(text: string): string {
  return withoutShapes(hideKnown(text));
}

/** The same for one line of JSON, which stays JSON. */
export function scrubJson(line: string): string {
  return withoutShapes(hideKnownInJson(line));
}

/** Keeps JSON valid JSON. */
function withoutShapes(text: string): string {
  return SHAPES.reduce((clean, [shape, mask]) => clean.replace(shape, mask), text);
}
