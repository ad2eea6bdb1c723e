import { parsePattern } from "../hosts/pattern.js";
import { looksLikeDuration } from "./duration.js";
import { isId } from "./id.js";

/** Signs that stand in patterns and in no word of a sentence: `web-*`, `web-[01:06]`, `@rack=r1`. */
const SIGNS = /[*?[\]]|^@?[\w.-]+=\w/;

const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** A name with a number in it, such as `web-01`. Versions (`v2`) and tickets (`OPS-812`) have one as well. */
const NUMBERED = /^[a-z]{2}[\w.-]*\d[\w.-]*$/i;

const TICKET = /^[A-Z][A-Z0-9]*-\d+$/;

/** Whether a word is more likely hosts than anything else that can stand in a line. */
export function looksLikeHosts(word: string): boolean {
  if (isId(word) || looksLikeDuration(word) || TICKET.test(word) || !parsePattern(word).ok) return false;
  return SIGNS.test(word) || ADDRESS.test(word) || NUMBERED.test(word);
}

/**
 * Whether words can only be hosts that lack the commas between them: each is a pattern or an address, or they are named in the
 * same way, as `web-01` and `kafka-02` are and `web-01` and `rhel8` are not.
 */
export function areHosts(words: readonly string[]): boolean {
  const names = words.filter((word) => !SIGNS.test(word) && !ADDRESS.test(word));
  return words.every(looksLikeHosts) && new Set(names.map(shapeOf)).size <= 1;
}

/** `web-01.eu` is named as `a-0.a`. */
function shapeOf(name: string): string {
  return name.replace(/[a-z]+/gi, "a").replace(/\d+/g, "0");
}
