import { isUnit, looksLikeDuration } from "./duration.js";
import { isTimed } from "./spoken.js";

const DURATION = /^(?:duration|for|length|lasting|by|until|till)$/i;

const HOSTS = /^(?:hosts?|machines?|nodes?|agents?|pattern|target)$/i;

const ID = /^(?:id|maintenance)$/i;

interface NamedWord {
  readonly problem: string;
  /** The word without the option; `null` if there is no telling where it goes. */
  readonly word: string | null;
}

/**
 * What other tools take as an option and we as a word of its own: `--duration 4h`, `--hours 4`, `--hosts web-*`,
 * `--id m-7k3q2`. `null` for any other name.
 *
 * @param first whether no word stands before it, so that hosts or an id may.
 */
export function namedWord(verb: string, name: string, value: string, first: boolean): NamedWord | null {
  const unit = name.length > 1 && isUnit(name);
  if (isTimed(verb) && (unit || DURATION.test(name))) {
    const problem = `${verb} has no option --${name}: the duration stands by itself, such as 4h.`;
    const bare = unit && /^\d+$/.test(value);
    return { problem, word: bare ? `${value}${name}` : looksLikeDuration(value) ? value : "<duration>" };
  }
  const takesId = verb !== "drain" && verb !== "hosts";
  const what = HOSTS.test(name)
    ? "the hosts stand by themselves"
    : takesId && ID.test(name)
      ? "the id stands by itself"
      : null;
  if (what === null) return null;
  // After others they could be more hosts or fewer: `drain all --hosts web-01`.
  return {
    problem: `${verb} has no option --${name}: ${what}.`,
    word: first && value !== "" ? value : null,
  };
}
