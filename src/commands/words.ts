/** A word of a command line. */
export interface Word {
  readonly text: string;
  /** Whether quotes stood around it or around a part of it: then it is neither an option nor joined to others. */
  readonly quoted: boolean;
}

export type SplitWords =
  | { readonly ok: true; readonly words: readonly Word[] }
  /** `closed` is the line with the missing quote added. */
  | { readonly ok: false; readonly quote: string; readonly closed: string };

/**
 * Splits a line into words at spaces. A quote opens at the beginning of a word or after `=`, `,` and `:`, and closes
 * where a space, the end, or `,` and `:` follow: an apostrophe inside a word or a quoted text stays one.
 */
export function splitWords(line: string): SplitWords {
  const words: Word[] = [];
  let text = "";
  let begun = false;
  let quoted = false;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote !== null) {
      if (character === quote && (next === "" || /[ ,:]/.test(next))) quote = null;
      else text += character;
    } else if (character === " ") {
      if (begun) words.push({ text, quoted });
      text = "";
      begun = false;
      quoted = false;
    } else if ((character === '"' || character === "'") && (!begun || /[=,:]$/.test(text))) {
      quote = character;
      quoted = true;
      begun = true;
    } else {
      text += character;
      begun = true;
    }
  }
  if (quote !== null) return { ok: false, quote, closed: `${line.trimEnd()}${quote}` };
  if (begun) words.push({ text, quoted });
  return { ok: true, words };
}

/** A word as it can be typed again: in quotes if it needs them. */
export function quoteWord(text: string): string {
  if (text !== "" && !/[\s"']/.test(text) && !text.startsWith("-")) return text;
  const quote = text.includes('"') ? "'" : '"';
  return `${quote}${quote === "'" ? text.replaceAll("'", "\u2019") : text}${quote}`;
}
