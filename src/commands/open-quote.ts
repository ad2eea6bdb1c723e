import { isPlainDuration } from "./duration.js";
import { Mistake } from "./mistake.js";

/** An option with its value to follow: `--reason `, `—reason=`. */
const OPTION_BEFORE = /(?:^| )[-\u2010-\u2015]+[a-z-]+[ =]$/i;

/** The next option, which no text is meant to hold. */
const NEXT_OPTION = / [-\u2010-\u2015]{1,2}[a-z]/i;

/** The mistake of a quote that opens at `at` and is never closed. */
export function openQuote(line: string, at: number): Mistake {
  return new Mistake(`A ${line.charAt(at)} is opened and not closed.`, withoutMistake(line, at));
}

function withoutMistake(line: string, at: number): string | null {
  const before = line.slice(0, at);
  const within = line.slice(at + 1);
  if (!OPTION_BEFORE.test(before)) {
    // Closed at the end it would make `"web-01 4h` one name. Inside a word (`@os="debian 12`) it could end anywhere.
    return before === "" || before.endsWith(" ") ? `${before}${within}` : null;
  }
  const option = within.search(NEXT_OPTION);
  const text = option < 0 ? within : within.slice(0, option);
  // `--reason "kernel 4h`: the text would swallow the duration.
  if (text.split(" ").slice(1).some(isPlainDuration)) return null;
  const quote = line.charAt(at);
  return `${before}${quote}${text}${quote}${within.slice(text.length)}`;
}
