import { answersText } from "../../src/maintenance/frameworks/facts.js";
import {
  FAMILIES,
  FAMILY_IDS,
  type Family,
  type FamilyId,
  OTHER_WRITERS,
  ROWS,
  type Row,
  type Source,
} from "../../src/maintenance/frameworks/table.js";

/** docs/frameworks.md, from the table that the program explains frameworks with. */
export function frameworksPage(): string {
  return [
    "# Frameworks",
    "",
    "<!-- Made from src/maintenance/frameworks/table.ts: `npx vitest run test/repository/frameworks-page.test.ts -u` writes it again. -->",
    "",
    "What kinds of frameworks do with maintenance, as their own source has it; none of it was run. The bot uses this page to",
    "*explain*, on the card, in the question, in a dry run and in `/mesos frameworks`. It decides nothing by it.",
    "",
    "What is said of a framework, the first that is known of each thing:",
    "",
    "1. What it did in finished maintenances (two or more): whether it answered, and when its tasks left.",
    "2. Its driver. A framework on Mesos' old scheduler driver (API v0) never sees inverse offers, so it cannot answer. That is",
    "   said only where the master shows a `pid` for it. The operator API does not show it, so the bot reads the leader's",
    "   `/master/state-summary` for it when a drain is planned or frameworks are asked for, at most once a minute, and not above",
    "   10,000 agents. Where it cannot be read, or the framework is not connected, the driver is not known.",
    "3. Its kind, from this page.",
    "",
    "## What a framework is taken for",
    "",
    "The clusters file wins: under [`frameworks`](configuration.md#clusters-file) of a cluster a framework is named by its id, its",
    "name (`*` is any text) or its principal. Entries that disagree about one framework count for nothing.",
    "",
    "```yaml",
    "frameworks:",
    '  - { name: "jobs-*", family: chronos }',
    "```",
    "",
    "Otherwise it looks like a family when it shows all of the family's signs and none of another's; signs that disagree mean that",
    "it is not known. Most names prove nothing: others are called `kafka` as well, and every Spark application has a name of its own.",
    "The version of a framework is never guessed.",
    "",
    ...tableOf(
      ["`family`", "What it is", "Looks like it when"],
      FAMILY_IDS.map((id) => [
        `\`${id}\``,
        capital(familyOf(id).name),
        familyOf(id).signs?.inWords ?? "never",
      ]),
    ),
    "",
    "## What each does",
    "",
    "*Lost* are tasks that Down ends (TASK_LOST), *killed* those that the master's own drain ends (DRAIN_AGENT, TASK_KILLED). For",
    "batch work the gentle way can be the worse one: several retry what is lost and never what is killed. Nobody moves tasks away",
    "before the window unless it says so. Settings other than the defaults differ.",
    "",
    ...tableOf(
      [
        "Family",
        "Versions read",
        "Answers inverse offers",
        "Machines with windows",
        "Lost",
        "Killed",
        "Its own drain",
      ],
      ROWS.map((row) => [
        `\`${row.family}\``,
        row.versions,
        answersText(row),
        row.avoids === null ? "not avoided" : `avoided ${row.avoids}`,
        row.lost.how,
        row.killed.how,
        row.ownDrain ?? "none",
      ]),
    ),
    "",
    "## Who else writes the schedule",
    "",
    "At the start of a drain the bot warns of frameworks that write the schedule themselves, and of windows that are not its own.",
    "Who posted a window a master does not tell.",
    "",
    ...tableOf(
      ["Who", "Versions read", "What it does"],
      [
        ...ROWS.flatMap(({ family, versions, writes }) =>
          writes === null ? [] : [[`\`${family}\``, versions, writes.how]],
        ),
        ...OTHER_WRITERS.map(({ name, versions, how }) => [name, versions, how]),
      ],
    ),
    "",
    "## Where it stands",
    "",
    "The file to begin with, and how sure it is. High: read there. Medium: some of it follows from what was read. Low: little was",
    "read.",
    "",
    ...tableOf(
      ["Who", "Versions read", "Source", "Confidence"],
      [
        ...ROWS.map((row) => [`\`${row.family}\``, row.versions, ...sourceCells(row)]),
        ...OTHER_WRITERS.map((writer) => [writer.name, writer.versions, ...sourceCells(writer)]),
      ],
    ),
    "",
  ].join("\n");
}

function familyOf(id: FamilyId): Family {
  return FAMILIES[id];
}

function sourceCells({ source, confidence }: Pick<Row, "source" | "confidence">): string[] {
  return [link(source), confidence];
}

function link({ repository, file }: Source): string {
  return `[${repository}](https://github.com/${repository}): \`${file}\``;
}

function capital(text: string): string {
  return /^(?:a|the) /.test(text) ? `${text[0]?.toUpperCase()}${text.slice(1)}` : text;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
