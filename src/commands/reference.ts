import { FORMS, usage } from "./help.js";
import { COMMAND } from "./mistake.js";
import { OPTIONS, optionUsage } from "./options.js";
import { VERBS } from "./verbs.js";

/** docs/commands.md, made from the table of verbs so that the two cannot differ. */
export function referencePage(): string {
  return [
    "# Commands",
    "",
    "<!-- Made from src/commands/verbs.ts: `npx vitest run test/commands/reference.test.ts -u` writes it again. -->",
    "",
    `Everything is typed after \`${COMMAND}\`. What is wrong in a line is told to the person alone, with the corrected`,
    "line to copy, and nothing is queued.",
    "",
    ...tableOf(
      ["Command", "What it does"],
      VERBS.map((verb) => [`\`${usage(verb)}\``, verb.summary]),
    ),
    "",
    ...VERBS.flatMap((verb) => [
      `## ${verb.name}`,
      "",
      `\`${usage(verb)}\`: ${verb.summary}.`,
      "",
      ...verb.details.flatMap((sentence) => [sentence, ""]),
      ...(verb.options.length > 0
        ? [
            ...tableOf(
              ["Option", "Meaning"],
              OPTIONS.filter(({ name }) => verb.options.includes(name)).map((option) => [
                `\`${optionUsage(option)}\``,
                option.summary,
              ]),
            ),
            "",
          ]
        : []),
      "```",
      ...verb.examples.map((example) => `${COMMAND} ${example}`),
      "```",
      "",
    ]),
    "## Hosts and durations",
    "",
    ...tableOf(
      ["Written", "Meaning"],
      FORMS.map(([form, meaning]) => [`\`${form}\``, meaning]),
    ),
    "",
    "[hosts.md](hosts.md) has the whole of the host language.",
    "",
    "## Which cluster",
    "",
    "`--cluster`; else the first word, if it is the name of a cluster and something follows",
    `(\`${COMMAND} drain prod web-* 4\`); else the cluster whose channel it is typed in; else the only one there is. The id`,
    "of a maintenance needs no cluster.",
    "",
    "## What Slack makes of it",
    "",
    "Links around host names, curly quotes, long dashes before an option, backticks and doubled spaces are undone.",
    'Texts of several words stand in quotes, double or single: `--reason "kernel update"`.',
    "",
  ].join("\n");
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)];
}
