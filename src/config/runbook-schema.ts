import { z } from "zod";
import { duration, line, matching, oneOf, variableName } from "./fields.js";
import { people } from "./policy-fields.js";

/** What an argument may hold for a path that is known only when the runbook runs. */
const PLACEHOLDERS = ["inventory", "limit"] as const;

/** `{word}`, but nothing of `{{ word }}`, which is Ansible's. */
export const PLACEHOLDER = /(?<!\{)\{([A-Za-z_]\w*)\}(?!\})/g;

const WEEK_MS = 7 * 86_400_000;

const MOST_AT_ONCE = 100;

const NOT_TEXT = "is not text: put numbers and yes or no in quotes";

const NO_ARGV = "has to be a list: the program, then its arguments, each for itself; there is no shell";

// Nothing but the first item can be missing.
const argument = z
  .string({ error: ({ input }) => (input === undefined ? "names no program" : NOT_TEXT) })
  .superRefine((written, context) => {
    const refuse = (message: string) => context.addIssue({ code: "custom", message });
    const known: readonly string[] = PLACEHOLDERS;
    const named = [...written.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
    if (written.includes("\0")) refuse("has a character that no program can be given");
    if (named.some((name) => !known.includes(name))) {
      refuse(
        "has a {placeholder} that is none: there are {inventory} and {limit}, and nothing else is filled in",
      );
    }
  });

const argv = z.tuple([argument], argument, { error: NO_ARGV }).superRefine(([program, ...rest], context) => {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  if (program.trim() === "") refuse("names no program");
  else if (program.search(PLACEHOLDER) >= 0) refuse("has a {placeholder} where the program belongs");
  else if (rest.length === 0 && /\s/.test(program)) {
    refuse("is one text with spaces: write the program and each argument for itself; there is no shell");
  }
});

const anyVariable = matching(/^[A-Za-z_]\w*$/, "is not the name of an environment variable");

const runbook = z
  .strictObject(
    {
      run: argv.meta({
        description:
          "The program and its arguments, each for itself; there is no shell. A name is looked for in `PATH`, a relative path in `folder`. `{inventory}` and `{limit}` stand for the paths of the files that are written for each run.",
        example: '[ansible-playbook, -i, "{inventory}", --limit, "@{limit}", kernel.yml]',
      }),
      folder: line.meta({ description: "Folder that it runs in.", example: "/srv/playbooks" }),
      time_limit: duration(1_000, WEEK_MS).prefault("1h").meta({
        description: "How long the whole run may take; then it is ended.",
        example: "1h",
      }),
      env: z.array(anyVariable, { error: "has to be a list of names" }).prefault([]).meta({
        description:
          "Names of the worker's environment variables that it gets, beside `PATH`, `HOME`, `LANG`, `LC_ALL` and `TZ`.",
        example: "[ANSIBLE_CONFIG]",
      }),
      secret_env: z.array(variableName, { error: "has to be a list of names" }).prefault([]).meta({
        description:
          "The same for variables that hold secrets: they have to be set, and their values are masked in what it prints.",
        example: "[ANSIBLE_BECOME_PASSWORD]",
      }),
      who: people.min(1, "names nobody").meta({
        description: "Slack ids of the people and user groups who may use it.",
        example: "[S0123456789]",
      }),
      where: oneOf(["batch", "machine"]).prefault("batch").meta({
        description: "Whether it runs once for each `batch` of machines, or once for each `machine`.",
        example: "batch",
      }),
      at_once: z
        .int({ error: `is not a whole number from 1 to ${MOST_AT_ONCE}` })
        .min(1, `is not a whole number from 1 to ${MOST_AT_ONCE}`)
        .max(MOST_AT_ONCE, `is not a whole number from 1 to ${MOST_AT_ONCE}`)
        .optional()
        .meta({
          description: "With `where: machine`: on how many machines at once. Left out: 5.",
          example: "5",
        }),
      then: oneOf(["ask", "up"]).prefault("ask").meta({
        description: "After exit code 0: `ask` before Up, or bring the machines `up` at once.",
        example: "ask",
      }),
    },
    {
      error: "is not a map with run, folder, time_limit, env, secret_env, who, where, at_once and then",
    },
  )
  .superRefine(({ where, at_once, env, secret_env }, context) => {
    const refuse = (path: readonly PropertyKey[], message: string) =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (where === "batch" && at_once !== undefined)
      refuse(["at_once"], "has no effect: where is not machine");
    for (const [index, name] of secret_env.entries()) {
      if (env.includes(name)) refuse(["secret_env", index], "stands in env as well: keep it here alone");
    }
  })
  .meta({
    example:
      '{ run: [ansible-playbook, -i, "{inventory}", kernel.yml], folder: /srv/playbooks, who: [S0123456789] }',
  });

const runbookName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);

/** The runbooks of a cluster by their names. */
export const runbooks = z
  .record(runbookName, runbook, {
    error: ({ code }) =>
      code === "invalid_key"
        ? "is not a name: at most 40 lower-case letters, digits and dashes"
        : "has to be a map of names to runbooks",
  })
  .optional()
  .meta({
    description:
      "Programs that `--run NAME` has run between Down and Up (docs/runbooks.md). Left out: there are none.",
    example:
      '{ kernel-update: { run: [ansible-playbook, -i, "{inventory}", kernel.yml], folder: /srv/playbooks, who: [S0123456789] } }',
  });

export type RunbookSettings = z.output<typeof runbook>;
