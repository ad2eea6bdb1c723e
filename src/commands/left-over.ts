import { clusterNamed, unknownCluster } from "./cluster.js";
import type { CommandContext } from "./command.js";
import { isPlainDuration, looksLikeDuration } from "./duration.js";
import { isId } from "./id.js";
import type { Line, LineForm, Option, Positional } from "./line.js";
import { Mistake } from "./mistake.js";
import { isFlag, OPTIONS } from "./options.js";

/** `22:00`, `6am`, `tomorrow`: a time of the day. */
const TIME =
  /^(?:\d{1,2}:\d{2}.*|\d{1,2}[ap]m|noon|midnight|today|tonight|tomorrow|\d{4}-\d{2}-\d{2}.*|\p{Script=Han}+\d.*)$/iu;

/** `22:00-23:00`: from when until when. */
const FROM_UNTIL = /^(\d{1,2}:\d{2})[-~](\d{1,2}:\d{2})$/;

/** `2-4h`, `4h.`, `till`: how long, but no duration. */
const SPAN = /^(?:\W*\d+[.,-]?\d*[a-z]*\W*|till?)$/i;

/**
 * The mistake of the word at `at`, which nothing in the line takes.
 *
 * @param named whether the line names its cluster.
 */
export function leftOver(
  { form, words, options }: Line,
  at: number,
  named: boolean,
  context: CommandContext,
): Mistake {
  const { name: verb, takes } = form;
  const { text = "", from = 0, to = 0 } = words[at] ?? {};
  const before = words[at - 1]?.text ?? "";
  const first = words[0];
  if (at === 0) return new Mistake(`${verb} takes nothing after it, so not ${text} either.`);
  if (isId(text) && isId(before)) return new Mistake(`${verb} takes one id; send a line for each.`);

  const cluster = clusterNamed(text, context);
  if (named && (cluster || (at > 1 && clusterNamed(before, context))))
    return new Mistake("A line is about one cluster; send a line for each.");
  if (cluster) {
    const meant = `--cluster ${cluster.name}`;
    const problem = `The cluster stands before the hosts, or behind --cluster: ${meant}.`;
    return new Mistake(problem, { from, to, meant });
  }

  const option = OPTIONS.find(({ name }) => name === /^[a-z-]+/i.exec(text)?.[0].toLowerCase());
  if (option && form.options.includes(option.name)) {
    // The value of another option may go on beyond the next word.
    const isSure = isFlag(option.name) || option.value === "<time>";
    const slip = isSure ? { from, to, meant: `--${option.name}` } : null;
    return new Mistake(`Options begin with two dashes: --${option.name}.`, slip);
  }

  const next = words[at + 1];
  if (/^for$/i.test(text) && takes.includes("duration") && next?.adjoins && isPlainDuration(next.text)) {
    const slip = { from, to: next.from, meant: "" };
    return new Mistake(`The duration stands behind the hosts as it is, without a ${text}.`, slip);
  }

  if (takes.includes("duration") && looksLikeDuration(text)) return secondDuration(words[at - 1], words[at]);
  if (takes.includes("duration") && TIME.test(text)) return timeAlone(form, text, { from, to });
  if (takes.includes("duration") && SPAN.test(text))
    return new Mistake(`${text} is not a duration such as 4h, 90m or 1h30m.`);
  if (!named && first && takes.includes("hosts")) {
    const unknown = unknownCluster(first.text, first.from, context);
    // Hosts without a comma between them look the same, so nothing is sure.
    if (unknown.slip) return new Mistake(unknown.message);
  }
  const followsHosts = takes.includes("hosts") && at === (named ? 2 : 1) && !isId(before);
  const sentence = words.slice(at).map((word) => word.text);
  return new Mistake(
    `${text} is one word too many for ${verb}.${hint(form, options, followsHosts, sentence.join(" "))}`,
  );
}

/** Which of two durations is meant; where an option stands between them, the second may also be a part of its value. */
function secondDuration(first: Positional | undefined, second: Positional | undefined): Mistake {
  const text = second?.text ?? "";
  if (!first || !second?.adjoins || !looksLikeDuration(first.text))
    return new Mistake(`A window has one duration, so ${text} is one word too many.`);
  // With the space before it.
  const without = ({ from, to }: Positional) => ({ from: from - 1, to, meant: "" });
  const problem = `${first.text} and ${text} are two durations, and a window has one. Which of the two?`;
  return new Mistake(problem, { of: "one", slips: [without(second), without(first)] });
}

/** A time where a duration stands: the start or the end of the window. */
function timeAlone(
  form: LineForm,
  text: string,
  place: { readonly from: number; readonly to: number },
): Mistake {
  if (!form.options.includes("at"))
    return new Mistake(`${text} is a time, and ${form.name} takes a duration, such as 1h.`);
  const [, start, end] = FROM_UNTIL.exec(text) ?? [];
  if (start !== undefined && end !== undefined) {
    const meant = `--at ${start} --until ${end}`;
    return new Mistake(`A window from one time until another is ${meant}.`, { ...place, meant });
  }
  const problem = `${text} is a time, not a duration: --at is when the window starts, --until when it ends.`;
  const value = text.includes(" ") ? `"${text}"` : text;
  const slips = (["at", "until"] as const).map((name) => ({ ...place, meant: `--${name} ${value}` }));
  return new Mistake(problem, { of: "one", slips });
}

function hint(form: LineForm, options: readonly Option[], followsHosts: boolean, sentence: string): string {
  const textual = options.some((typed) =>
    OPTIONS.some(({ name, value }) => name === typed.name && value.startsWith('"')),
  );
  if (textual) return " A text of several words has quotes around it.";
  if (followsHosts) return " Several hosts have commas between them.";
  return form.options.includes("reason")
    ? ` A reason stands in quotes behind --reason: --reason "${sentence.replaceAll('"', "'")}".`
    : "";
}
