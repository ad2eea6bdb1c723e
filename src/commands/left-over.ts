import { clusterNamed, clusterNames, nearestCluster } from "./cluster.js";
import type { CommandContext } from "./command.js";
import { isPlainDuration, looksLikeDuration } from "./duration.js";
import { oneWordTooMany } from "./left-over-word.js";
import { type Line, writeLine } from "./line.js";
import { Mistake } from "./mistake.js";
import { isFlag, OPTIONS, type OptionName, optionKnownAs } from "./options.js";
import { isDay, isTimed, isTimeOfDay, TIME_NOT_TAKEN } from "./spoken.js";

/** The mistake in a line with words left from `at` on, with a guess at what they were for; `null` if none are. */
export function leftOver(line: Line, at: number, named: boolean, context: CommandContext): Mistake | null {
  const texts = line.words.map(({ text }) => text);
  const text = texts[at];
  if (text === undefined) return null;
  const afterCluster = named && at === 1 && clusterNamed(texts[0] ?? "", context) !== null;
  return (
    moreOfAnOption(line) ??
    clusterInThePlaceOfHosts(line, at, named, context) ??
    clusterAfterHosts(line, at, named, context) ??
    timeOfDay(line, texts.slice(at)) ??
    dryRunInTwo(line, at) ??
    optionWithoutDashes(line, at) ??
    mistypedCluster(line, at, named, context) ??
    oneWordTooMany(line, at, text, afterCluster, clusterNames(context.clusters))
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

/** `drain prod staging web-*`: the second cluster was taken for hosts. */
function clusterInThePlaceOfHosts({ words }: Line, at: number, named: boolean, context: CommandContext) {
  const before = words[at - 1]?.text ?? "";
  const two = named && at === 2 && clusterNamed(before, context) !== null;
  return two
    ? new Mistake(`A line is about one cluster, and ${before} is another; send a line for each.`, null)
    : null;
}

/** `drain web-* 4h prod`, `drain web-* on prod`. */
function clusterAfterHosts(
  { verb, words, options }: Line,
  at: number,
  named: boolean,
  context: CommandContext,
) {
  const texts = words.map(({ text }) => text);
  const count = /^(?:on|in|at|from|of|for|cluster)$/i.test(texts[at] ?? "") ? 2 : 1;
  const cluster = clusterNamed((texts[at + count - 1] ?? "").replace(/^@/, ""), context);
  if (named || at === 0 || !cluster) return null;
  return new Mistake(
    `The cluster stands before the hosts, or behind --cluster: --cluster ${cluster.name}.`,
    writeLine(verb, texts.toSpliced(at, count), [...options, { name: "cluster", value: cluster.name }]),
  );
}

/** `drain web-* until 6am`, `drain web-* 4h at 22:00`, `tomorrow`. */
function timeOfDay({ verb }: Line, left: readonly string[]): Mistake | null {
  const [first = "", second = ""] = left;
  if (!isTimed(verb)) return null;
  const start = optionKnownAs(first) === "in" && (isTimeOfDay(second) || isDay(second));
  if (verb === "drain" && (start || isDay(first))) {
    const problem = "When a window starts is typed as how long from now it does: --in 2h.";
    return new Mistake(problem, null, "For example: /mesos drain web-* 4h --in 2h");
  }
  const range = /^from$/i.test(first) && isTimeOfDay(second);
  return isTimeOfDay(first) || range ? new Mistake(TIME_NOT_TAKEN, null) : null;
}

/** `drain web-* 4h dry run`. */
function dryRunInTwo({ verb, words, options }: Line, at: number): Mistake | null {
  const texts = words.map(({ text }) => text);
  if (!/^dry$/i.test(texts[at] ?? "") || !/^run$/i.test(texts[at + 1] ?? "")) return null;
  const flag = { name: "dry-run", value: "" } as const;
  return new Mistake(
    "Options begin with two dashes: --dry-run.",
    writeLine(verb, texts.toSpliced(at, 2), [...options, flag]),
  );
}

/** `drain web-* 4h in 2h`, `reason=kernel`, `ticket: OPS-812`, `because the disk fails`. */
function optionWithoutDashes({ verb, words, options }: Line, at: number): Mistake | null {
  const texts = words.map(({ text }) => text);
  const [, typed = "", sign = "", inline = ""] = /^([a-z-]+)([:=]?)(.*)$/is.exec(texts[at] ?? "") ?? [];
  if (sign === "" && inline !== "") return null;
  if (sign !== "" && /^(?:duration|hours?|for)$/i.test(typed) && looksLikeDuration(inline)) {
    const problem = `The duration stands by itself: ${inline}.`;
    return new Mistake(problem, writeLine(verb, texts.with(at, inline), options));
  }
  const option = OPTIONS.find(({ name }) => name === (optionNamed(typed) ?? optionKnownAs(typed)));
  if (!option || options.some(({ name }) => name === option.name)) return null;
  const after = texts.slice(at + 1);
  const isText = option.value.startsWith('"');
  // A text goes on until something else begins, which it must not swallow: `reason kernel update dry-run`.
  const end = after.findIndex((text) => beginsOption(text) || (isText && isPlainDuration(text)));
  const length = Math.min(end < 0 ? after.length : end, isText ? after.length : 1);
  const more = isFlag(option.name) || (inline !== "" && !isText) ? [] : after.slice(0, length);
  const said = [inline, ...more].filter((text) => text !== "").join(" ");
  const value = isFlag(option.name) ? "" : said === "" ? option.value.replaceAll('"', "") : said;
  return new Mistake(
    `Options begin with two dashes: --${option.name}.`,
    writeLine(verb, texts.toSpliced(at, 1 + more.length), [...options, { name: option.name, value }]),
  );
}

function beginsOption(text: string): boolean {
  return optionNamed(text.replace(/[,:=].*$/s, "")) !== null || /^dry$/i.test(text);
}

function optionNamed(text: string): OptionName | null {
  return OPTIONS.find(({ name }) => name === text.toLowerCase())?.name ?? null;
}

/** `drain prd web-* 4h`: the first word was taken for hosts. */
function mistypedCluster(line: Line, at: number, named: boolean, context: CommandContext): Mistake | null {
  const [first = "", ...rest] = line.words.map(({ text }) => text);
  const meant = at > 0 && !named ? nearestCluster(first, context) : null;
  if (meant === null) return null;
  const problem = `There is no cluster ${first}. Configured: ${clusterNames(context.clusters)}.`;
  return new Mistake(problem, writeLine(line.verb, [meant, ...rest], line.options));
}
