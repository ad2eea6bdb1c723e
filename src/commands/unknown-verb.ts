import { nearestOne } from "../hosts/nearest.js";
import { mayStandFor } from "./may-stand-for.js";
import type { Verb } from "./verb.js";
import { VERBS } from "./verbs.js";

/** What is done with a button, because it answers one question that stands in a thread. */
const BUTTONS = /^(?:approve|deny|reject|veto|yes|no|lgtm|ready)$/;

/**
 * Words that stand for several of our verbs, some of which do the opposite of others: nobody is led to one of them.
 * `start`, for one, is the way to Down in Mesos's own words, and the way back into service in those of others.
 */
const SEVERAL: readonly (readonly [words: string, verbs: string])[] = [
  ["stop halt", "hold cancel down stop-run"],
  ["start", "drain down up"],
  ["kill", "down kill-drain stop-run"],
  ["remove delete", "drain cancel"],
  ["revert undo restore uncordon enable", "cancel up"],
  ["done finish finished complete end close", "up cancel"],
  ["abort", "cancel stop-run"],
  ["abandon", "cancel leave-behind"],
  ["evacuate", "drain move"],
  ["disable reboot restart", "drain down"],
  ["maintenance", "drain status"],
  ["continue resume proceed go", "release go-on"],
  ["next", "go-on skip"],
  ["run", "drain retry-run"],
  ["leave", "leave-behind leave-down"],
];

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
  const several = verbsMeant(typed);
  if (several.length > 0) {
    const each = several.map(({ name, summary }) => `${name} (${summary})`);
    return { problem: `${none}. Which is meant: ${each.join(", ")}?`, meant: null, sure: false };
  }
  const near = nearestOne(
    typed,
    VERBS.map(({ name }) => name).filter((name) => mayStandFor(typed, name) && !isOneOfTwo(typed, name)),
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

function verbsMeant(typed: string): readonly Verb[] {
  const names = SEVERAL.find(([words]) => words.split(" ").includes(typed))?.[1].split(" ") ?? [];
  return VERBS.filter(({ name }) => names.includes(name));
}

/** Whether a word is the first one of a name of two, or the beginning of that: most of them also begin other names. */
function isOneOfTwo(typed: string, name: string): boolean {
  const [first = "", second] = name.split("-");
  return second !== undefined && !typed.includes("-") && first.startsWith(typed);
}
