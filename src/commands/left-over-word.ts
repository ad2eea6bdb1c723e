import { isUnit, looksLikeDuration, replacesDuration } from "./duration.js";
import { isHosts, rangeBetween } from "./host-words.js";
import { isId, oneIdOnly } from "./id.js";
import { type Line, writeLine } from "./line.js";
import { Mistake } from "./mistake.js";
import { isFiller, isTimed } from "./spoken.js";

/** `OPS-812`, the way trackers number things. */
const TICKET = /^[A-Z][A-Z0-9]+-\d+$/;

/**
 * The mistake of a word that no option and no cluster explains. A line without the word is offered only where the word
 * says nothing, else it would do something else than what was typed.
 *
 * @param afterCluster whether the word before it names the cluster, so that it cannot be more hosts.
 */
export function oneWordTooMany(
  line: Line,
  at: number,
  text: string,
  afterCluster: boolean,
  clusters: string,
): Mistake {
  const { verb, words, options } = line;
  const texts = words.map((word) => word.text);
  const without = writeLine(verb, texts.toSpliced(at, 1), options);
  if (isFiller(text)) return new Mistake(`Leave out the word "${text}".`, without);
  if (at === 0) return new Mistake(`${verb} takes nothing after it, so not ${text} either.`, without);
  const before = texts[at - 1] ?? "";
  const more = afterCluster ? null : (moreHosts(line, at, text) ?? reasonOrTicket(line, at, text));
  if (more) return more;
  if (!afterCluster && isHosts(text) && at === 1) {
    return new Mistake(
      `${before} is no cluster (configured: ${clusters}). Several hosts need a comma or a colon between them.`,
      null,
    );
  }
  if (isId(text) && isId(before)) return oneIdOnly(verb);
  if (isTimed(verb) && isUnit(texts[at + 1] ?? ""))
    return new Mistake(`A duration begins with a number, such as 4h, so not with ${text}.`, null);
  // Not behind an option, whose value it may go on with: `--in 1h 30m`.
  const adjoins = words[at]?.begin === (words[at - 1]?.end ?? -1) + 1;
  if (isTimed(verb) && adjoins && replacesDuration(before, text))
    return new Mistake(`A window has one duration: ${before} or ${text}.`, without);
  const noDuration = looksLikeDuration(text) && !isTimed(verb);
  const reason =
    verb === "drain" && /^[\p{L}(#/]+$/u.test(text) ? "; a reason stands in quotes behind --reason" : "";
  return new Mistake(`${text} is one word too many for ${verb}${reason}.`, noDuration ? without : null);
}

/** `web-01 web-02`, `web-01 to web-06`, `web-* & @rack=r1`. */
function moreHosts({ verb, words, options }: Line, at: number, text: string): Mistake | null {
  const texts = words.map((word) => word.text);
  const before = texts[at - 1] ?? "";
  if (!isHosts(before)) return null;
  const joined = (count: number, hosts: string) =>
    writeLine(verb, texts.toSpliced(at - 1, count, hosts), options);
  const range = /^(?:to|through|thru|until|bis)$/i.test(text)
    ? rangeBetween(before, texts[at + 1] ?? "")
    : null;
  if (range !== null) return new Mistake(`A range of hosts is written ${range}.`, joined(3, range));
  if (text === "&" || (isHosts(text) && /=/.test(`${before}${text}`))) {
    const problem =
      "Between hosts stands a comma for those in either, or :& for those in both: web-*:&@rack=r1.";
    return new Mistake(problem, null);
  }
  if (!isHosts(text) || ticketAfter(before, text)) return null;
  const both = `${before},${text}`;
  return new Mistake(`Several hosts need a comma or a colon between them: ${both}.`, joined(2, both));
}

/** `drain web-* 4h "kernel update"`, `drain web-* 4h OPS-812`. */
function reasonOrTicket({ verb, words, options }: Line, at: number, text: string): Mistake | null {
  const name = /\s/.test(text) ? "reason" : ticketAfter(words[at - 1]?.text ?? "", text) ? "ticket" : null;
  if (verb !== "drain" || name === null || options.some((option) => option.name === name)) return null;
  const texts = words.map((word) => word.text);
  return new Mistake(
    `A ${name} stands behind --${name}.`,
    writeLine(verb, texts.toSpliced(at, 1), [...options, { name, value: text }]),
  );
}

/** Hosts may be typed in capitals as well, but then all of them are. */
function ticketAfter(before: string, text: string): boolean {
  return TICKET.test(text) && !TICKET.test(before);
}
