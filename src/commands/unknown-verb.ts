import { nearestOne } from "../hosts/nearest.js";
import type { Verb } from "./verb.js";
import { VERBS } from "./verbs.js";

/** What is done with a button, because it answers one question that stands in a thread. */
const BUTTONS = /^(?:approve|deny|reject|veto|yes|no|lgtm|ready)$/;

/** What is told about a word that is no verb. */
interface UnknownVerb {
  readonly problem: string;
  /** The verb it may stand for: another tool's word for it, else the nearest in spelling. */
  readonly meant: Verb | null;
  /** Whether it is a misspelling and can stand for nothing else. */
  readonly sure: boolean;
}

/** The one wording for a word that is no verb, typed as one or asked about in the help. */
export function unknownVerb(word: string): UnknownVerb {
  const typed = word.toLowerCase();
  const none = `There is no verb "${word}"`;
  if (BUTTONS.test(typed)) {
    const problem = `${none}: use the button in the thread, which answers the question that stands there.`;
    return { problem, meant: null, sure: false };
  }
  const near = nearestOne(
    typed,
    VERBS.map(({ name }) => name),
  );
  const known = VERBS.find(({ elsewhere }) => elsewhere.includes(typed));
  const inTwoWords = VERBS.find(({ name }) => name === typed.replace(" ", "-"));
  const meant = inTwoWords ?? known ?? VERBS.find(({ name }) => name === near?.name);
  return meant
    ? {
        problem: `${none}; did you mean ${meant.name} (${meant.summary})?`,
        meant,
        sure: inTwoWords !== undefined || (known === undefined && near?.sure === true),
      }
    : { problem: `${none}.`, meant: null, sure: false };
}
