import { RE2JS, RE2JSException } from "re2js";
import { type Parsed, problemOf } from "./parsed.js";

/** A compiled program larger than this would take too long over tens of thousands of names. */
export const LARGEST_PROGRAM = 1_000;

/**
 * Compiles the part after `~`, without regard to case. RE2's language: no look-around and no back references, which
 * are what makes other engines slow. A text fits when it begins with a match, as with Python's `re.match`, which
 * Ansible uses.
 */
export function compileRegex(
  source: string,
): Parsed<{ readonly size: number; readonly fits: (text: string) => boolean }> {
  if (source === "") return problemOf("There is no regular expression after ~.");
  try {
    // By itself first: `a)(b` must not pass thanks to the parentheses around it.
    RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    const compiled = RE2JS.compile(`^(?:${source})`, RE2JS.CASE_INSENSITIVE);
    if (compiled.programSize() > LARGEST_PROGRAM) {
      return problemOf(`The regular expression ~${source} is too large.`);
    }
    return { ok: true, size: compiled.programSize(), fits: (text) => compiled.test(text) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return problemOf(
      /\(\?<?[=!]/.test(source)
        ? `The regular expression ~${source} uses look-around, which is not supported; leave machines out with :! instead.`
        : `The regular expression ~${source} cannot be read: ${plain(error.message)}.`,
    );
  }
}

function plain(message: string): string {
  return message
    .replace(/^error parsing regexp:\s*/i, "")
    .replace("`(?i)", "`")
    .replaceAll("`", '"');
}
