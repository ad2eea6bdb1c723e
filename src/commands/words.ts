/** A word of a command line. */
export interface Word {
  readonly text: string;
  /** Whether quotes stood around it or around a part of it: then it is not joined to others. */
  readonly quoted: boolean;
  /** Where it begins in the line, at its quote if it has one. */
  readonly from: number;
  /** Where it ends in the line: behind its last character, or its quote. */
  readonly to: number;
}

interface SplitWords {
  readonly words: readonly Word[];
  /** The quote that opens and is never closed; the words end before it. */
  readonly open: string | null;
}

/**
 * Splits a line into words at spaces. A quote opens at the beginning of a word or after `=`, `,` and `:`, and closes
 * where a space, the end, or `,` and `:` follow: an apostrophe inside a word or a quoted text stays one.
 */
export function splitWords(line: string): SplitWords {
  const words: Word[] = [];
  let text = "";
  let from: number | null = null;
  let quoted = false;
  let open: string | null = null;
  const endAt = (to: number) => {
    if (from !== null) words.push({ text, quoted, from, to });
    text = "";
    from = null;
    quoted = false;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (open !== null) {
      if (character === open && /^[ ,:]?$/.test(line.charAt(at + 1))) open = null;
      else text += character;
    } else if (character === " ") endAt(at);
    else if ((character === '"' || character === "'") && (from === null || /[=,:]$/.test(text))) {
      open = character;
      quoted = true;
      from ??= at;
    } else {
      text += character;
      from ??= at;
    }
  }
  if (open === null) endAt(line.length);
  return { words, open };
}
