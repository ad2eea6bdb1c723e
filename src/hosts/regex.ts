import { RE2JS, RE2JSException } from "re2js";

/** A compiled program larger than this would take too long over tens of thousands of names. */
const LARGEST_PROGRAM = 1_000;

/** A regular expression of a person, matched in linear time whatever it says. */
export interface Regex {
  /** Whether the text begins with a match, as Python's `re.match`, which Ansible uses. */
  matches(text: string): boolean;
}

/**
 * Compiles the part after `~`, without regard to case. RE2's language: no look-around and no back references, which
 * are what makes other engines slow.
 */
export function compileRegex(source: string): { ok: true; regex: Regex } | { ok: false; problem: string } {
  if (source === "") return { ok: false, problem: "There is no regular expression after ~." };
  try {
    // By itself first: `a)(b` must not pass thanks to the parentheses around it.
    RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    const compiled = RE2JS.compile(`^(?:${source})`, RE2JS.CASE_INSENSITIVE);
    if (compiled.programSize() > LARGEST_PROGRAM) {
      return { ok: false, problem: `The regular expression ~${source} is too large.` };
    }
    return { ok: true, regex: { matches: (text) => compiled.test(text) } };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const problem = /\(\?<?[=!]/.test(source)
      ? `The regular expression ~${source} uses look-around, which is not supported; leave machines out with :! instead.`
      : `The regular expression ~${source} cannot be read: ${plain(error.message)}.`;
    return { ok: false, problem };
  }
}

function plain(message: string): string {
  return message
    .replace(/^error parsing regexp:\s*/i, "")
    .replace("`(?i)", "`")
    .replaceAll("`", '"');
}
