import { parseArgs } from "node:util";
import { ROLES, type Role } from "./config.js";
import type { Env } from "./environment.js";

/** `EX_USAGE` of sysexits.h: the command line is not understood. Starting again as it is would not help. */
export const USAGE_EXIT_CODE = 64;

export const USAGE = `Usage: npm start -- [--role ${ROLES.join("|")}] [--no-env-file] [--take-over | --check]`;

/** A command line that is not understood: the sentence, and the usage line. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(problem: string) {
    super(`${problem} Nothing was started.\n\n${USAGE}\nMore about it: npm start -- --help`);
  }
}

export type CommandLine =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | {
      /** `check`: only look whether it could run. */
      readonly kind: "run" | "check";
      readonly role: Role;
      /** Whether settings of the file `.env` count, where there is one. */
      readonly envFile: boolean;
      /** Whether queues that serve other masters are this installation's from now on. */
      readonly takeOver: boolean;
    };

/**
 * What the program is asked to do. Throws a `UsageError` for an unknown option, argument or role.
 *
 * @param args what stands after the program's name.
 * @param env where npm leaves options that were meant for the program (`npm start --role bot`, without the `--`).
 */
export function readCommandLine(args: readonly string[], env: Env): CommandLine {
  if (env.npm_config_role !== undefined && !args.some((word) => word.startsWith("--role")))
    throw new UsageError("npm kept --role to itself: options of the program stand behind --.");
  const values = valuesOf(args);
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const role = ROLES.find((known) => known === (values.role ?? "all"));
  if (role === undefined) throw new UsageError(`--role is one of ${ROLES.join(", ")}, not "${values.role}".`);
  const [envFile, takeOver] = [values["no-env-file"] !== true, values["take-over"] === true];
  if (values.check && takeOver) throw new UsageError("--check changes nothing, so it takes nothing over.");
  return { kind: values.check ? "check" : "run", role, envFile, takeOver };
}

function valuesOf(args: readonly string[]) {
  try {
    const options = {
      role: { type: "string" },
      "no-env-file": { type: "boolean" },
      "take-over": { type: "boolean" },
      check: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "v" },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Node's first sentence names the option or argument, the others are about its conventions.
    const [sentence = ""] = String(error instanceof Error ? error.message : error).split(/\.?(?: This|\n|$)/);
    throw new UsageError(`${sentence}.`);
  }
}
