import { listWithin } from "../maintenance/text/list.js";
import { oneLine } from "../maintenance/text/one-line.js";

/** Each character of the font is so wide, as a part of its size: it is one of fixed width (Roboto Mono: 1229 of 2048). */
const WIDTH = 0.6001;

/** What the font has of letters: Latin, Greek and Cyrillic, and the marks that our own texts use. */
const DRAWN =
  /[^\u0020-\u007e\u00a0-\u017f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f–—…·]/gu;

/** A text as the font can draw it, on one line: a character of another script is a `?`. */
export function drawable(text: string): string {
  return oneLine(text.normalize("NFC")).replace(DRAWN, "?");
}

/** Whether anything of a text would be a `?`. */
export function isDrawable(text: string): boolean {
  return text.normalize("NFC").search(DRAWN) < 0;
}

/** How many characters of a size fit into a width, both in pixels. */
export function fitting(width: number, size: number): number {
  return Math.max(0, Math.floor(width / (size * WIDTH)));
}

/** How wide a text is, in pixels. */
export function widthOf(text: string, size: number): number {
  return text.length * size * WIDTH;
}

/** At most so many characters; the end of a host name tells more than its middle. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 3) return "…".slice(0, most);
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}

/** The names of machines that fit into so many characters; of a single one that does not, its middle is left out. */
export function namesIn(names: readonly string[], machines: number, most: number): string {
  const whole = listWithin(names, most, machines);
  if (whole.length <= most) return whole;
  const [first = ""] = names;
  const rest = whole.slice(first.length);
  return shortened(first, Math.max(3, most - rest.length)) + rest;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A text as XML: nothing in it is markup. */
export function xml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
