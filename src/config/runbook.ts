import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { RunbookTerms } from "../maintenance/policy/policy.js";
import { PLACEHOLDER, type RunbookSettings } from "./runbook-schema.js";

/** One runbook of the clusters file: what is run between Down and Up. */
export interface Runbook {
  readonly name: string;
  /**
   * Program and arguments, never a shell string. `{inventory}` and `{limit}` stand for the paths of the files that are
   * written for each run.
   */
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly folder: string;
  readonly timeLimitMs: number;
  /** Names of environment variables of the worker that the program gets, beside PATH, HOME, LANG, LC_ALL and TZ. */
  readonly env: readonly string[];
  /** The same, and their values are masked in whatever the program prints. */
  readonly secretEnv: readonly string[];
  /** Slack ids of people and groups that may use it; never empty. */
  readonly who: readonly string[];
  readonly where: { readonly kind: "batch" } | { readonly kind: "machine"; readonly atOnce: number };
  /** What comes after exit code 0. */
  readonly then: "up" | "ask";
}

/** The runbooks that the settings of a cluster describe; their folders are relative to `folder`. */
export function runbooksOf(
  settings: Readonly<Record<string, RunbookSettings>>,
  folder: string,
): readonly Runbook[] {
  return Object.entries(settings).map(([name, runbook]) => ({
    name,
    argv: runbook.run,
    folder: resolve(folder, runbook.folder),
    timeLimitMs: runbook.time_limit,
    env: runbook.env,
    secretEnv: runbook.secret_env,
    who: runbook.who,
    where: runbook.where === "batch" ? { kind: "batch" } : { kind: "machine", atOnce: runbook.at_once ?? 5 },
    then: runbook.then,
  }));
}

/** Program and arguments with the paths of the two files in place of `{inventory}` and `{limit}`. */
export function argvWith(
  { argv: [program, ...rest] }: Runbook,
  paths: { readonly inventory: string; readonly limit: string },
): readonly [string, ...string[]] {
  const fill = (written: string, name: string) =>
    name === "inventory" || name === "limit" ? paths[name] : written;
  return [program, ...rest.map((argument) => argument.replace(PLACEHOLDER, fill))];
}

/**
 * Tells whether what was approved is what would run: SHA-256 in hex over the program with its arguments, the folder, the
 * names of its variables and where it runs. Not over what the files and variables that are named there hold.
 */
export function digestOf({ argv, folder, env, secretEnv, where }: Runbook): string {
  const at = where.kind === "batch" ? [where.kind] : [where.kind, where.atOnce];
  return createHash("sha256")
    .update(JSON.stringify([argv, folder, env, secretEnv, at]))
    .digest("hex");
}

/** What the policy knows of a runbook: enough to ask about it and to decide who may. */
export function termsOf(runbook: Runbook): RunbookTerms {
  const { name, who, where, timeLimitMs, then } = runbook;
  return { name, digest: digestOf(runbook), who, where, timeLimitMs, then };
}
