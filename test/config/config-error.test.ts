import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { ConfigError } from "../../src/config/config-error.js";
import { VARIABLE_NAMES } from "../../src/config/environment-schema.js";
import { runs } from "../support/fast-check.js";
import { parse, SLACK, withClusters } from "./parse.js";
import { clusterDocs } from "./tables.js";

describe("the table of problems", () => {
  const error = new ConfigError(
    [
      { where: "SHORT", what: "is not set", example: "SHORT=1" },
      { where: "A_LONGER_NAME", what: `${"long ".repeat(20)}sentence`, example: "A_LONGER_NAME=2" },
    ],
    "A last word.",
  );

  test("the table of problems has aligned columns and wraps long sentences", () => {
    expect(error.format()).toMatchInlineSnapshot(`
      "The configuration has 2 problems; nothing was started.

        where           what is wrong                                            example
        SHORT           is not set                                               SHORT=1
        A_LONGER_NAME   long long long long long long long long long long long   A_LONGER_NAME=2
                        long long long long long long long long long sentence

      Every setting is described in docs/configuration.md.
      A last word."
    `);
  });
});

describe("a secret never appears among the problems, wherever it was put", () => {
  const SECRET = "hunter2Hunter2";
  /** What people paste: the secret alone, as a token, in a URL, in a file's line, with a slip of the keyboard. */
  const pasted = fc.constantFrom(
    SECRET,
    `xoxb-${SECRET}`,
    `xapp ${SECRET}`,
    `redis://u:${SECRET}@r:x`,
    `http://u:${SECRET}@m1:5050`,
    `zk://u:${SECRET}@z/mesos`,
    `"${SECRET}`,
    `[${SECRET}`,
    `${SECRET}: ${SECRET}:`,
    `*${SECRET}`,
    `]${SECRET}`,
    `!${SECRET}!`,
    `{ ? [${SECRET}] : ${SECRET} }`,
  );

  function textOf(result: ReturnType<typeof parse>): string {
    return result.ok
      ? ""
      : `${result.error.format()}\n${result.error.message}\n${JSON.stringify(result.error)}`;
  }

  // A file's path is shown on purpose: without it nobody finds out where it was looked for.
  test("a secret never appears in a variable", () => {
    const names = VARIABLE_NAMES.filter((name) => !name.endsWith("_FILE"));
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        pasted,
        fc.constantFrom("bot", "worker", "all"),
        (name, value, role) => {
          const env = { ...SLACK, MESOS_MASTERS: "m1", [name]: value };
          expect(textOf(parse({ env, role }))).not.toContain(SECRET);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  test("a secret never appears in a value of the clusters file", () => {
    const keys = clusterDocs().flatMap(({ name }) =>
      /inventory|ca_file/.test(name) ? [] : [name.replace("[].", ".- ").split(".")],
    );
    fc.assert(
      fc.property(fc.constantFrom(...keys), pasted, (path, value) => {
        const lines = path.map((key, depth) => `${"  ".repeat(depth + 2)}${key}:`).join("\n");
        const text = `clusters:\n  prod:\n    masters: [m1]\n${lines} ${value}\n`;
        expect(textOf(parse(withClusters(text)))).not.toContain(SECRET);
      }),
      { numRuns: runs(500) },
    );
  });

  test("a secret never appears in a key that is a list, wherever it stands", () => {
    const key = `{ ? [${SECRET}] : 1 }`;
    for (const settings of [`runbooks: ${key}`, `credentials: ${key}`, `frameworks: [${key}]`])
      expect(textOf(parse(withClusters(`clusters:\n  prod:\n    masters: [m1]\n    ${settings}\n`)))).toMatch(
        /clusters\.yaml:4 +has a key that is no word/,
      );
  });

  test("a secret never appears in a warning of the YAML parser, which would go to standard error", () => {
    const warn = vi.spyOn(process, "emitWarning");
    parse(withClusters(`clusters: { prod: { ? [${SECRET}] : 1 } }`));
    expect(warn).not.toHaveBeenCalled();
  });
});
