/** A word of a command line. */
export interface Word {
  readonly text: string;
  /** Whether quotes stood around it or around a part of it: then it is neither an option nor joined to others. */
  readonly quoted: boolean;
}

export interface SplitWords {
  readonly words: readonly Word[];
  /** Where a quote opens that is never closed; the words end before it. */
  readonly open: number | null;
}

/**
 * Splits a line into words at spaces. A quote opens at the beginning of a word or after `=`, `,` and `:`, and closes
 * where a space, the end, or `,` and `:` follow: an apostrophe inside a word or a quoted text stays one.
 */
export function splitWords(line: string): SplitWords {
  const words: Word[] = [];
  let text = "";
  let begun = false;
  let quoted = false;
  let open: number | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (open !== null) {
      if (character === line.charAt(open) && (next === "" || /[ ,:]/.test(next))) open = null;
      else text += character;
    } else if (character === " ") {
      if (begun) words.push({ text, quoted });
      text = "";
      begun = false;
      quoted = false;
    } else if ((character === '"' || character === "'") && (!begun || /[=,:]$/.test(text))) {
      open = at;
      quoted = true;
      begun = true;
    } else {
      text += character;
      begun = true;
    }
  }
  if (begun && open === null) words.push({ text, quoted });
  return { words, open };
}

/** A word as it can be typed again: in quotes if it needs them. */
export function quoteWord(text: string): string {
  if (text !== "" && !/[\s"']/.test(text) && !text.startsWith("-")) return text;
  const quote = text.includes('"') ? "'" : '"';
  return `${quote}${quote === "'" ? text.replaceAll("'", "\u2019") : text}${quote}`;
}
