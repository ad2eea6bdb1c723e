import { nearest } from "../hosts/nearest.js";
import type { Problem } from "./config-error.js";
import {
  type Environment,
  environmentSchema,
  VARIABLE_NAMES,
  type VariableName,
} from "./environment-schema.js";
import { issueProblems } from "./issue-problems.js";

/** The process environment, as Node gives it. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Variables that are usual in small letters as well, for other programs; ours in capitals goes first. */
const IN_SMALL_LETTERS = ["HTTPS_PROXY", "NO_PROXY"] as const satisfies readonly VariableName[];

/** The variables as values, and what is wrong with those that have none. */
export class EnvironmentReader {
  /** A variable that was given but wrong has its default, or none, here. */
  readonly values: Environment;
  readonly problems: Problem[] = [];
  readonly #env: Env;
  readonly #wrong: ReadonlySet<string>;

  /** @param unread variables that count as not set, whatever is in them. */
  constructor(env: Env, unread: readonly VariableName[] = []) {
    const small = IN_SMALL_LETTERS.flatMap((name) =>
      isSet(env[name]) ? [] : [[name, env[name.toLowerCase()]]],
    );
    this.#env = {
      ...env,
      ...Object.fromEntries(small),
      ...Object.fromEntries(unread.map((name) => [name, undefined])),
    };
    // Compose files and units pass `NAME=` for what is not set, so empty counts as not set.
    const given = Object.fromEntries(
      VARIABLE_NAMES.flatMap((name) => (isSet(this.#env[name]) ? [[name, this.#env[name]]] : [])),
    );
    const checked = environmentSchema.safeParse(given);
    const found = checked.success
      ? []
      : issueProblems(checked.error, {
          where: (path) => String(path[0]),
          example: (path) => assignment(String(path[0])),
          keys: () => VARIABLE_NAMES,
        });
    // A shell and a `.env` file take quotes off; an env file of Docker or a unit does not.
    const quoted = (name: string) => /^(["']).*\1$/s.test(this.#env[name]?.trim() ?? "");
    this.problems.push(
      ...found.map((one) =>
        quoted(one.where) ? { ...one, what: `${one.what} (leave out the quotes)` } : one,
      ),
    );
    this.#wrong = new Set(found.map(({ where }) => where));
    const right = Object.entries(given).filter(([name]) => !this.#wrong.has(name));
    this.values = environmentSchema.parse(Object.fromEntries(right));
  }

  /** Whether a variable was set at all, rightly or wrongly. */
  given(name: VariableName): boolean {
    return isSet(this.#env[name]);
  }

  /** The variable's value, or `null` and a problem that says why it is needed. One that was wrong is not told twice. */
  need<N extends VariableName>(name: N, what: string): NonNullable<Environment[N]> | null {
    const value = this.values[name];
    if (value !== undefined && value !== null) return value;
    if (!this.#wrong.has(name)) this.refuse(name, `${what}${this.#misspelling(name)}`);
    return null;
  }

  /** Adds a problem with a variable. */
  refuse(name: VariableName, what: string): void {
    this.problems.push({ where: name, what, example: assignment(name) });
  }

  /** A variable that is set, unknown to us and nearly has this name was probably meant to be it. */
  #misspelling(name: VariableName): string {
    const known: readonly string[] = VARIABLE_NAMES;
    const others = Object.keys(this.#env).filter((key) => isSet(this.#env[key]) && !known.includes(key));
    const near = nearest(name, others, { limit: 1 })[0];
    return near === undefined ? "" : ` (${near} is set: was that meant?)`;
  }
}

/** `NAME=example`, or nothing for a name that is not one of ours. */
export function assignment(name: string): string {
  const field = VARIABLE_NAMES.find((known) => known === name);
  const example = field === undefined ? undefined : environmentSchema.shape[field].meta()?.example;
  return example === undefined ? "" : `${name}=${String(example)}`;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}
