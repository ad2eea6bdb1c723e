/**
 * One thing wrong with the configuration. None of its texts repeats a value that was given, however harmless the
 * setting: a token pasted into the wrong place must not reach a terminal or a log. (File paths are the exception.)
 */
export interface Problem {
  /** The environment variable, or file, line and key. */
  readonly where: string;
  /** A clause that goes on from `where`: `is not set`. */
  readonly what: string;
  /** What a good setting looks like, to copy; empty when there is none to show. */
  readonly example: string;
}

/** A value, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** EX_CONFIG of sysexits.h: a supervisor can tell a wrong configuration from a crash and need not restart. */
export const CONFIG_EXIT_CODE = 78;

/** The configuration cannot be used; `problems` holds everything that is wrong with it, not only the first. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];
  /** A last line of advice under the table, if there is any. */
  readonly hint: string | null;

  constructor(problems: readonly Problem[], hint: string | null = null) {
    super(problems.map((problem) => `${problem.where} ${problem.what}`).join("; "));
    this.problems = problems;
    this.hint = hint;
  }

  /**
   * The table for a terminal: where, what is wrong, example. Ends without a line break.
   *
   * @param page where the settings are described.
   */
  format(page = "docs/configuration.md"): string {
    const count = this.problems.length === 1 ? "1 problem" : `${this.problems.length} problems`;
    const lines = [`The configuration has ${count}; nothing was started.`, "", problemTable(this.problems)];
    lines.push("", `Every setting is described in ${page}.`);
    if (this.hint !== null) lines.push(this.hint);
    return lines.join("\n");
  }
}

const HEAD: Problem = { where: "where", what: "what is wrong", example: "example" };

const WHAT_WIDTH = 56;

const GAP = "   ";

/** Problems as aligned columns; long sentences are wrapped within their column. */
function problemTable(problems: readonly Problem[]): string {
  const rows = [HEAD, ...problems].map((problem) => ({ ...problem, lines: wrap(problem.what, WHAT_WIDTH) }));
  const whereWidth = Math.max(...rows.map((row) => row.where.length));
  const whatWidth = Math.max(...rows.flatMap((row) => row.lines.map((line) => line.length)));
  return rows
    .flatMap((row) =>
      row.lines.map((line, index) => {
        const where = (index === 0 ? row.where : "").padEnd(whereWidth);
        const example = index === 0 ? row.example : "";
        return `  ${where}${GAP}${line.padEnd(whatWidth)}${GAP}${example}`.trimEnd();
      }),
    )
    .join("\n");
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
