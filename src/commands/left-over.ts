import { clusterNamed, unknownCluster } from "./cluster.js";
import type { CommandContext } from "./command.js";
import { looksLikeDuration } from "./duration.js";
import { isId } from "./id.js";
import type { Line, LineForm, Option } from "./line.js";
import { Mistake } from "./mistake.js";
import { isFlag, OPTIONS } from "./options.js";

/** `22:00`, `6am`, `2-4h`, `4h.`, `until`: when or how long, but no duration. */
const TIME =
  /^(?:\W*\d+[:.,-]?\d*[a-z]*\W*|at|until|till?|noon|midnight|today|tonight|tomorrow|\d{4}-\d{2}-\d{2}.*)$/i;

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
  const { text = "", from = 0 } = words[at] ?? {};
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
    return new Mistake(problem, { from, typed: text, meant });
  }

  const option = OPTIONS.find(({ name }) => name === /^[a-z-]+/i.exec(text)?.[0].toLowerCase());
  if (option && form.options.includes(option.name)) {
    // The value of another option may go on beyond the next word.
    const slip = isFlag(option.name) ? { from, typed: text, meant: `--${option.name}` } : null;
    return new Mistake(`Options begin with two dashes: --${option.name}.`, slip);
  }

  if (takes.includes("duration") && looksLikeDuration(text))
    return new Mistake(`A window has one duration, so ${text} is one word too many.`);
  if (takes.includes("duration") && TIME.test(text))
    return new Mistake(
      `${text} is not a duration: windows are typed by their length, such as 4h, and start at once or --in 2h.`,
    );
  if (!named && first && takes.includes("hosts")) {
    const unknown = unknownCluster(first.text, first.from, context);
    // Hosts without a comma between them look the same, so nothing is sure.
    if (unknown.slip) return new Mistake(unknown.message);
  }
  return new Mistake(`${text} is one word too many for ${verb}.${hint(form, options, at, named)}`);
}

function hint(form: LineForm, options: readonly Option[], at: number, named: boolean): string {
  const textual = options.some((typed) =>
    OPTIONS.some(({ name, value }) => name === typed.name && value.startsWith('"')),
  );
  if (textual) return " A text of several words has quotes around it.";
  if (form.takes.includes("hosts") && at === (named ? 2 : 1))
    return " Several hosts have commas between them.";
  return form.options.includes("reason") ? " A reason stands in quotes behind --reason." : "";
}
