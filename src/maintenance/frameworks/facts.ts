import type { Kind } from "./recognise.js";
import { FAMILIES, type Family, type Fate, type Returns, ROWS, type Row } from "./table.js";

/** What of a kind the facts are found by; a record may name a family that this version does not have. */
interface Named {
  readonly family: string | null;
  readonly driver: Kind["driver"];
}

const BY_NAME: Readonly<Record<string, Family>> = FAMILIES;

/** The rows that a kind stands for: those of its family, of versions that use its driver where that is known. */
export function rowsOf({ family, driver }: Named): readonly Row[] {
  const rows = ROWS.filter((row) => row.family === family);
  const fitting = rows.filter((row) => driver === null || row.driver === driver);
  // The clusters file may name a family of which no version read uses that driver.
  return fitting.length > 0 ? fitting : rows;
}

/** `looks like Marathon`, `is Chronos (clusters file)`; `null` when it is not known what it is. */
export function takenFor({ family, by }: Pick<Named, "family"> & Pick<Kind, "by">): string | null {
  const name = family === null ? undefined : BY_NAME[family]?.name;
  if (name === undefined) return null;
  return by === "clusters_file" ? `is ${name} (clusters file)` : `looks like ${name}`;
}

/** The only value that rows have, or `null` where they differ. */
function same<T>(rows: readonly Row[], of: (row: Row) => T): T | null {
  const values = new Set(rows.map(of));
  const [value] = values;
  return values.size === 1 && value !== undefined ? value : null;
}

const RETURN: Readonly<Record<Returns, string>> = {
  yes: "are started again",
  waits: "wait for the machine",
  partly: "are started again in part",
  no: "are not started again",
  unknown: "are not known to come back",
};

function returning(rows: readonly Row[], of: (row: Row) => Fate): string {
  const returns = same(rows, (row) => of(row).returns);
  return returns === null ? "depend on its version" : RETURN[returns];
}

/** What becomes of its tasks, in a clause: `lost tasks are started again in part, killed ones are not started again`. */
export function fatesOf(kind: Named): string {
  const rows = rowsOf(kind);
  const lost = returning(rows, (row) => row.lost);
  const killed = returning(rows, (row) => row.killed);
  return lost === killed ? `lost and killed tasks ${lost}` : `lost tasks ${lost}, killed ones ${killed}`;
}

/** From what comes back best to what does not; how it is when nobody knows lies in between. */
const BEST_FIRST: readonly Returns[] = ["yes", "waits", "partly", "unknown", "no"];

/**
 * What a kill-drain does to tasks of a kind that Down would not, in a clause; `null` where it makes no difference, as far as
 * is known.
 */
export function worseKilled(kind: Named): string | null {
  const worse = rowsOf(kind).filter(
    ({ lost, killed }) => BEST_FIRST.indexOf(killed.returns) > BEST_FIRST.indexOf(lost.returns),
  );
  const [row] = worse;
  if (row === undefined) return null;
  const which = same(worse, ({ killed }) => killed.returns) === null ? null : RETURN[row.killed.returns];
  const after = same(worse, ({ lost }) => lost.returns) === null ? null : RETURN[row.lost.returns];
  const versions =
    worse.length < rowsOf(kind).length ? ` (${worse.map((one) => one.versions).join(", ")})` : "";
  return `killed tasks ${which ?? "are not all started again"}${versions}; lost by Down, they ${after ?? "would be"}`;
}

/** What each fact is called on the page and in `/mesos frameworks`, and its text. */
const FACTS: readonly { readonly title: string; readonly text: (row: Row) => string }[] = [
  { title: "answers", text: ({ answers }) => ANSWERS[answers] },
  { title: "machines with windows", text: ({ avoids }) => avoids ?? "not avoided" },
  { title: "lost by Down", text: ({ lost }) => lost.how },
  { title: "killed by a drain", text: ({ killed }) => killed.how },
  { title: "its own drain", text: ({ ownDrain }) => ownDrain ?? "none" },
  { title: "schedule", text: ({ writes }) => writes?.how ?? "writes nothing" },
];

const ANSWERS: Readonly<Record<Row["answers"], string>> = {
  cannot: "cannot (old driver)",
  never: "never",
  accepts: "accepts everything at once",
};

/** How one row answers, for tables. */
export function answersText({ answers }: Row): string {
  return ANSWERS[answers];
}

/** How it answers, in a clause; `null` where its versions differ, and where the driver says it already. */
export function answeringOf(kind: Named): string | null {
  const answers = same(rowsOf(kind), (row) => row.answers);
  if (answers === "never") return "does not answer";
  return answers === "accepts" ? "accepts everything at once" : null;
}

/** Everything that was read of a family, a line for each fact; where versions differ, each with its versions. */
export function factLines(kind: Named): readonly string[] {
  const rows = rowsOf(kind);
  return FACTS.map(({ title, text }) => {
    const one = same(rows, text);
    return `${title}: ${one ?? rows.map((row) => `${text(row)} [${row.versions}]`).join("; ")}`;
  });
}

/** What frameworks of a kind write to the schedule by themselves; `null`: nothing. */
export function writesOf(kind: Named): Row["writes"] {
  return rowsOf(kind).find(({ writes }) => writes !== null)?.writes ?? null;
}
