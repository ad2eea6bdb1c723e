import { readFileSync } from "node:fs";
import { clusterTable, environmentTable } from "../../src/config/tables.js";

const TABLES = { configuration: environmentTable, clusters: clusterTable } as const;

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
