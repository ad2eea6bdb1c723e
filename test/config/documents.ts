import { readFileSync } from "node:fs";
import type { VariableName } from "../../src/config/environment-schema.js";
import { clusterTable, environmentTable } from "./tables.js";

/** What a newcomer sets: the README shows these alone. */
const FIRST_SETTINGS: readonly VariableName[] = [
  "SLACK_BOT_TOKEN",
  "SLACK_APP_TOKEN",
  "MESOS_MASTERS",
  "SLACK_CHANNEL",
  "CLUSTERS_FILE",
  "REDIS_URL",
  "DATA_DIR",
];

const TABLES = {
  configuration: environmentTable,
  "first settings": () => environmentTable(FIRST_SETTINGS),
  clusters: clusterTable,
} as const;

/** The text of a file of this repository. */
export function repositoryFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** The text with the tables between its markers, such as `<!-- configuration -->`, rendered from the schema. */
export function withTables(text: string): string {
  return Object.entries(TABLES).reduce(
    (before, [name, table]) =>
      before.replace(
        new RegExp(`<!-- ${name} -->[^]*?<!-- /${name} -->`),
        () => `<!-- ${name} -->\n${table()}\n<!-- /${name} -->`,
      ),
    text,
  );
}
