import { formatSpan, typedSpan } from "../maintenance/time.js";
import type { Arguments } from "./arguments.js";
import type { CommandCluster } from "./command.js";
import { durationWithin, looksLikeDuration, parseDuration } from "./duration.js";
import { isId, oneIdOnly } from "./id.js";
import { Mistake } from "./mistake.js";
import { isFiller, isTimeOfDay, TIME_NOT_TAKEN } from "./spoken.js";

/** For the person to fill in: no length of time can be guessed. */
const DURATION = "<duration>";

/** How long a window lasts, in milliseconds, within the cluster's limit; its default if the line does not say. */
export function readDuration(args: Arguments, cluster: CommandCluster): number {
  const text = args.peek();
  if (text !== null) failOnSlip(text, args);
  if (text === null || !looksLikeDuration(text)) return cluster.defaultDurationMs;
  const longest = cluster.maxDurationMs;
  const ms = spanOf(args, text);
  if (ms <= longest) {
    args.word();
    return ms;
  }
  const problem = `${text} is longer than the ${formatSpan(longest)} that ${cluster.name} allows.`;
  // A bare number may have been meant in another unit: `240`.
  const unit = /[a-z]$/i.test(text);
  throw new Mistake(problem, args.lineInstead(1, unit ? typedSpan(longest) : DURATION));
}

/** How much longer a window gets, in milliseconds: less than the named cluster, else the most patient, allows in all. */
export function readExtension(args: Arguments): number {
  const text = args.peek();
  if (text === null)
    throw new Mistake("By how much? extend needs a duration.", args.lineInstead(0, DURATION));
  if (isId(text)) throw oneIdOnly(args.verb);
  failOnSlip(text, args);
  if (!looksLikeDuration(text)) throw notADuration(text, args);
  const named = args.namedCluster();
  const longest =
    named?.maxDurationMs ?? Math.max(0, ...args.clusters.map((cluster) => cluster.maxDurationMs));
  const ms = spanOf(args, text);
  if (ms <= longest) {
    args.word();
    return ms;
  }
  // The longest there is would not do: the window has lasted for some time already.
  throw new Mistake(
    `${text} more is too long: a window lasts at most ${formatSpan(longest)} in ${named?.name ?? "any cluster"}, from its start.`,
    args.lineInstead(1, DURATION),
  );
}

/** `extend m-7k3q2 by 2h`, `for another 2h`, `until 22:00`. */
function notADuration(text: string, args: Arguments): Mistake {
  let words = 0;
  let word: string | null = text;
  while (word !== null && (isFiller(word) || /^(?:by|another|more)$/i.test(word))) {
    words += 1;
    word = args.peek(words);
  }
  const problem = `${text} is not a duration.`;
  if (words > 0 && word !== null && looksLikeDuration(word))
    return new Mistake(problem, args.lineInstead(words));
  if (isTimeOfDay(text) || isTimeOfDay(args.peek(1) ?? "")) return new Mistake(TIME_NOT_TAKEN, null);
  return new Mistake(problem, args.lineInstead(1, DURATION));
}

/** `4h.`, `(4h)`, `6am`. */
function failOnSlip(text: string, args: Arguments): void {
  const meant = durationWithin(text);
  if (meant !== null)
    throw new Mistake(`${text} is not a duration; did you mean ${meant}?`, args.lineInstead(1, meant));
  if (isTimeOfDay(text)) throw new Mistake(TIME_NOT_TAKEN, null);
}

/** The span that stands next in the line, in milliseconds. */
function spanOf(args: Arguments, text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Mistake(parsed.problem, args.lineInstead(1, parsed.guess ?? DURATION));
  return parsed.ms;
}
