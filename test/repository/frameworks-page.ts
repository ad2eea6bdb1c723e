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
    "`/mesos frameworks` shows what each framework of a cluster is and what was seen of it. Where it says *not known*, name it in the",
    "[clusters file](configuration.md#clusters-file), by id, name (`*` is any text) or principal:",
    "",
    "```yaml",
    "frameworks:",
    '  - { name: "jobs-*", family: chronos }',
    "```",
    "",
    "The bot *explains* with this page, on the card, in the question and in a dry run. It decides nothing by it. The page says what the",
    "frameworks' own source says; none of it was run. Of each thing the first that is known is said:",
    "",
    "1. What the framework did in two or more finished maintenances: whether it answered, and when its tasks left.",
    "2. Its driver. The old scheduler driver (API v0) never sees inverse offers. It is known where the leader's `/master/state-summary`",
    "   shows a `pid`: read for a drain and for `/mesos frameworks`, once a minute at most, not above 10,000 agents.",
    "3. Its kind, from here.",
    "",
    "## What a framework is taken for",
    "",
    "What the clusters file says; entries that disagree count for nothing. Else the family whose signs it shows, all of them and none of",
    "another's. Most names prove nothing. A version is never guessed.",
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
    "*Lost*: ended by Down (TASK_LOST). *Killed*: ended by the master's own drain (DRAIN_AGENT, TASK_KILLED), which can be worse for batch",
    "work: several retry only what is lost. Nobody moves tasks away before the window unless it says so. By default settings.",
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
    "A drain warns of these frameworks, and of windows that are not the bot's. Who posted a window a master does not tell.",
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
    "High: read there. Medium: some of it follows from what was read. Low: little was read.",
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
