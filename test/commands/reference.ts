import { DURATION_FORMS, HOST_FORMS } from "../../src/commands/help.js";
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
    "The configuration is stricter: whole numbers with `d`, `h`, `m` or `s`, the largest first and each once (`7d`, `1h30m`, `10s`).",
    "",
    "## Which cluster",
    "",
    `\`--cluster <name>\`, which all verbs take but ${listOf(VERBS.filter(({ options }) => options.length === 0))}; else the first word, if`,
    `it is the name of a cluster and something follows (\`${COMMAND} drain prod web-* 4\`); else the cluster whose channel it is typed`,
    "in; else the only one there is. The id of a maintenance needs no cluster.",
    "",
    "## What Slack makes of it",
    "",
    "Links around host names, curly quotes, long dashes, backticks, bullets, full-width letters, line breaks and doubled spaces are",
    'undone. Texts of several words stand in quotes, double or single: `--reason "kernel update"`.',
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
];

function inCode([form, meaning]: readonly [string, string]): readonly [string, string] {
  return [`\`${form}\``, meaning];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)];
}
