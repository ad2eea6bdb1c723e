import type { Problem } from "./problem.js";
import { problemTable } from "./problem-table.js";

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

  /** The table for a terminal: where, what is wrong, example. Ends without a line break. */
  format(): string {
    const count = this.problems.length === 1 ? "1 problem" : `${this.problems.length} problems`;
    const lines = [`The configuration has ${count}; nothing was started.`, "", problemTable(this.problems)];
    lines.push("", "Every setting is described in docs/configuration.md.");
    if (this.hint !== null) lines.push(this.hint);
    return lines.join("\n");
  }

  override toString(): string {
    return this.format();
  }
}
