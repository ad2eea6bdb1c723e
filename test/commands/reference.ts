import { DURATION_FORMS, HOST_FORMS, TIME_FORMS } from "../../src/commands/help.js";
import { COMMAND } from "../../src/commands/mistake.js";
import { OPTIONS, optionUsage } from "../../src/commands/options.js";
import type { Verb } from "../../src/commands/verb.js";
import { usage, VERBS } from "../../src/commands/verbs.js";

/** docs/commands.md, made from the table of verbs so that the two cannot differ. */
export function referencePage(): string {
  return [
    "# Commands",
    "",
    "<!-- Made from src/commands/verbs.ts: `npx vitest run test/commands/reference.test.ts -u` writes it again. -->",
    "",
    `Type it after \`${COMMAND}\`. A slip is answered to you alone and nothing is done: what was wrong, the usage, an example`,
    "and, where it is sure what was meant, the corrected line to copy. All examples can be tried in `npm run demo`.",
    "",
    ...tableOf(
      ["Command", "What it does"],
      VERBS.map((verb) => [`\`${usage(verb)}\``, verb.summary]),
    ),
    "",
    ...VERBS.flatMap((verb) => [
      `## ${verb.name}`,
      "",
      `\`${usage(verb)}\`${verb.details.length === 0 ? `: ${verb.summary}.` : ""}`,
      "",
      ...verb.details.flatMap((sentence) => [sentence, ""]),
      ...optionTable(verb),
      "```",
      ...verb.examples.map((example) => `${COMMAND} ${example}`),
      "```",
      "",
    ]),
    "## Hosts",
    "",
    ...tableOf(["Written", "Meaning"], HOST_FORMS.map(inCode)),
    "",
    "[hosts.md](hosts.md) has the whole of the host language.",
    "",
    "## Durations",
    "",
    ...tableOf(["Written", "Meaning"], [...DURATION_FORMS, ...MORE_DURATIONS].map(inCode)),
    "",
    "Whole minutes; the shortest is `1m`. The longest window is the cluster's `max_duration`.",
    "",
    "A number without a unit is asked about: `30` may be hours or minutes. Only in the classic order of three words,",
    `\`${COMMAND} drain <cluster> <hosts> 4\`, it is hours.`,
    "",
    "The configuration is stricter: whole numbers with `d`, `h`, `m` or `s`, the largest first and each once (`7d`, `1h30m`, `10s`).",
    "",
    "## Times",
    "",
    ...tableOf(["Written", "Meaning"], [...TIME_FORMS, ...MORE_TIMES].map(inCode)),
    "",
    "`--at` is when a window starts, `--until` when it ends: the first such time after its start. A time without an offset is",
    "one of your time zone in Slack; where Slack tells none, write the offset, or say `--in`. A date and a time in figures are",
    "exact. After anything else the bot tells you alone which time it takes it for, and queues nothing: send the line that it",
    "shows, with its button or by copying it. However often the button is clicked, it is one maintenance.",
    "",
    "A time that the clocks skip that day is refused, one that they show twice is asked about.",
    "",
    "With `--announce 2h` the machines are taken and the rules are asked at once, and the window is posted two hours before it",
    "starts. Until then no framework is asked to leave, nothing of it stands at the master, and no other drain of the bot gets",
    "the machines. `/mesos status` and the card say when it is posted. Held or cancelled before that, nothing is posted.",
    "",
    "## Which cluster",
    "",
    `\`--cluster <name>\`, which all verbs take but ${listOf(VERBS.filter(({ options }) => options.length === 0))}; else the first word, if`,
    `it is the name of a cluster and something follows (\`${COMMAND} drain prod web-* 4\`); else the cluster whose channel it is typed`,
    "in; else the only one there is. The id of a maintenance needs no cluster.",
    "",
    "## What Slack makes of it",
    "",
    "Links around host names, curly quotes and 「」, long dashes, backticks, bullets, letters and signs of full width (，：！), line",
    'breaks and doubled spaces are undone. Texts of several words stand in quotes, double or single: `--reason "kernel update"`.',
    "",
  ].join("\n");
}

/** What a verb takes beside `--cluster`, which is told once for all. */
function optionTable({ options }: Verb): string[] {
  const own = OPTIONS.filter(({ name }) => name !== "cluster" && options.includes(name));
  const rows = own.map((option) => [`\`${optionUsage(option)}\``, option.summary]);
  return rows.length === 0 ? [] : [...tableOf(["Option", "Meaning"], rows), ""];
}

function listOf(verbs: readonly Verb[]): string {
  return verbs.map(({ name }) => `\`${name}\``).join(" and ");
}

const MORE_DURATIONS: readonly (readonly [string, string])[] = [
  ["1.5h  1,5h", "fractions"],
  ["4h 30m  1 hour 30 minutes", "the same with spaces"],
  ["1h30  +1h", "minutes after hours need no unit; a plus changes nothing"],
  [
    "4hours  4 hours  45min  2 days  1week",
    "words: w, week, d, day, h, hr, hour, m, min, minute, also with an s",
  ],
  ["4小时  90分钟  半小时  两天  1周", "Chinese units and numbers"],
];

/** Times beside those of the help. */
export const MORE_TIMES: readonly (readonly [string, string])[] = [
  ["10 pm tomorrow  next monday at 9:00  tonight at 10", "in other words; no quotes are needed"],
  ["22:00 UTC  22:00+01:00", "on another clock"],
  ["明天22:00  周五晚上10点", "in Chinese"],
];

function inCode([form, meaning]: readonly [string, string]): readonly [string, string] {
  return [`\`${form}\``, meaning];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)];
}
