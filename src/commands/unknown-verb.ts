import { nearest } from "../hosts/nearest.js";
import { COMMAND } from "./mistake.js";
import { VERBS } from "./verbs.js";

/** What is done with a button, because it answers one question that stands in a thread. */
const BUTTONS = /^(?:approve|deny|reject|veto|yes|no|lgtm|ready)$/;

/** What is told about a word that is no verb. */
interface UnknownVerb {
  readonly problem: string;
  /** The verb it may stand for. */
  readonly meant: string | null;
  /** What to do instead, where no verb does it. */
  readonly next: string | null;
}

/** The one wording for a word that is no verb, typed as one or asked about in the help. */
export function unknownVerb(typed: string): UnknownVerb {
  const none = `There is no verb "${typed}"`;
  if (BUTTONS.test(typed.toLowerCase())) {
    return {
      problem: `${none}: use the button in the thread, which answers the question that stands there.`,
      meant: null,
      next: `To see what is open: ${COMMAND} status`,
    };
  }
  const meant = VERBS.find(({ name }) => name === verbFor(typed));
  if (meant) {
    return {
      problem: `${none}; did you mean ${meant.name} (${meant.summary})?`,
      meant: meant.name,
      next: null,
    };
  }
  return { problem: `${none}.`, meant: null, next: null };
}

/** The verb that a word may stand for: another tool's word for it, else the nearest in spelling. */
function verbFor(word: string): string | null {
  const typed = word.toLowerCase();
  const known = VERBS.find(({ elsewhere }) => elsewhere.includes(typed));
  const names = VERBS.map(({ name }) => name);
  return known?.name ?? nearest(typed, names, { limit: 1 })[0] ?? null;
}
