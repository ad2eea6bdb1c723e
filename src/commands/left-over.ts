import { parsePattern } from "../hosts/index.js";
import { clusterNamed, clusterNames, nearestCluster } from "./cluster.js";
import type { CommandContext } from "./command.js";
import { looksLikeDuration } from "./duration.js";
import { type Line, writeLine } from "./line.js";
import { isId } from "./maintenance-id.js";
import { Mistake } from "./mistake.js";
import { isFlag, OPTIONS } from "./options.js";

/** Words of a sentence that no verb needs. */
const FILLER = /^(?:for|and|with|please|the|host|hosts|machine|machines|lasting|now)$/i;
/** `until 22:00`. */
const TIME_OF_DAY = /^(?:until|till|til|\d{1,2}:\d{2}(?:am|pm)?)$/i;

/** The mistake in a line with words left from `at` on, with a guess at what they were for; `null` if none are. */
export function leftOver(line: Line, at: number, named: boolean, context: CommandContext): Mistake | null {
  const texts = line.words.map(({ text }) => text);
  const text = texts[at];
  if (text === undefined) return null;
  return (
    moreOfAnOption(line) ??
    optionWithoutDashes(line, at) ??
    mistypedCluster(line, at, named, context) ??
    oneWordTooMany(
      line,
      at,
      text,
      named && at === 1 && clusterNamed(texts[0] ?? "", context) !== null,
      clusterNames(context.clusters),
    )
  );
}

/** `drain web-* 4h --reason kernel update`: the reason wanted quotes. */
function moreOfAnOption({ verb, words, options }: Line): Mistake | null {
  const name = words.find(({ trails }) => trails !== null)?.trails;
  if (!name) return null;
  const more = words.filter(({ trails }) => trails === name).map(({ text }) => text);
  const rest = words.filter(({ trails }) => trails !== name).map(({ text }) => text);
  const quoted = options.map((option) =>
    option.name === name ? { name, value: [option.value, ...more].join(" ") } : option,
  );
  const problem = `The value of --${name} has several words, so it needs quotes around it.`;
  return new Mistake(problem, writeLine(verb, rest, quoted));
}

/** `drain web-* 4h in 2h`. */
function optionWithoutDashes({ verb, words, options }: Line, at: number): Mistake | null {
  const texts = words.map(({ text }) => text);
  const option = OPTIONS.find(({ name }) => name === texts[at]?.toLowerCase());
  if (!option || options.some(({ name }) => name === option.name)) return null;
  const count = isFlag(option.name) ? 1 : 2;
  const value = count === 1 ? "" : (texts[at + 1] ?? option.value.replaceAll('"', ""));
  return new Mistake(
    `Options begin with two dashes: --${option.name}.`,
    writeLine(verb, texts.toSpliced(at, count), [...options, { name: option.name, value }]),
  );
}

/** `drain prd web-* 4h`: the first word was taken for hosts. */
function mistypedCluster(line: Line, at: number, named: boolean, context: CommandContext): Mistake | null {
  const [first = "", ...rest] = line.words.map(({ text }) => text);
  const meant = at > 0 && !named ? nearestCluster(first, context) : null;
  if (meant === null) return null;
  const problem = `There is no cluster ${first}. Configured: ${clusterNames(context.clusters)}.`;
  return new Mistake(problem, writeLine(line.verb, [meant, ...rest], line.options));
}

/**
 * A line without the word is offered only where the word says nothing, else it would do something else than what was
 * typed.
 *
 * @param afterCluster whether the word before it names the cluster, so that it cannot be more hosts.
 */
function oneWordTooMany(
  { verb, words, options }: Line,
  at: number,
  text: string,
  afterCluster: boolean,
  clusters: string,
): Mistake {
  const texts = words.map((word) => word.text);
  const without = writeLine(verb, texts.toSpliced(at, 1), options);
  if (FILLER.test(text)) return new Mistake(`Leave out the word "${text}".`, without);
  if (at === 0) return new Mistake(`${verb} takes nothing after it, so not ${text} either.`, without);
  const timed = verb === "drain" || verb === "extend";
  if (timed && TIME_OF_DAY.test(text)) {
    return new Mistake(
      "How long a window lasts is typed as a duration, such as 4h, not as a time of day.",
      null,
    );
  }
  const before = texts[at - 1] ?? "";
  const separators = "Several hosts need a comma or a colon between them";
  if (!afterCluster && isHosts(text)) {
    if (isHosts(before)) {
      return new Mistake(
        `${separators}: ${before},${text}.`,
        writeLine(verb, texts.toSpliced(at - 1, 2, `${before},${text}`), options),
      );
    }
    if (at === 1) {
      return new Mistake(`${before} is no cluster (configured: ${clusters}). ${separators}.`, null);
    }
  }
  if (isId(text)) return new Mistake(`${verb} takes one id; send a line for each.`, null);
  const noDuration = looksLikeDuration(text) && !timed;
  return new Mistake(`${text} is one word too many for ${verb}.`, noDuration ? without : null);
}

/** Whether a word can only be meant as hosts; a plain word could be anything. */
function isHosts(text: string): boolean {
  return (
    /[\d*?[\]@=~]/.test(text) &&
    !TIME_OF_DAY.test(text) &&
    !text.split(/[,:]/).some((part) => looksLikeDuration(part) || isId(part)) &&
    parsePattern(text).ok
  );
}
