import { describe, expect, test } from "vitest";
import type { ClusterConfig } from "../../src/config/config.js";
import { digestOf, type Runbook } from "../../src/config/runbook.js";
import { groupsNamedIn } from "../../src/engine/bot-side.js";
import { configOf, type Given, problemsOf, withClusters } from "./parse.js";

const LEAST = "run: [sync], folder: /srv, who: [S01OPS]";

const fileWith = (settings: string, given: Given = {}): Given =>
  withClusters(`clusters:\n  prod:\n    masters: [m1]\n    runbooks: ${settings}\n`, given);

function clusterOf(settings: string, given: Given = {}): ClusterConfig {
  const [cluster] = configOf(fileWith(settings, given)).clusters;
  if (cluster === undefined) throw new Error("expected a cluster");
  return cluster;
}

describe("a runbook of the clusters file", () => {
  test("a runbook has every setting that the file names", () => {
    const written = `{ kernel-update: {
      run: [ansible-playbook, -i, "{inventory}", --limit, "@{limit}", -e, "v={{ x }}", kernel.yml],
      folder: playbooks, time_limit: 90m, env: [ANSIBLE_CONFIG, http_proxy], secret_env: [BECOME],
      who: [U01ALICE, S01OPS], where: machine, at_once: 7, then: up } }`;
    const { runbooks } = clusterOf(written, { env: { BECOME: "hunter2" } });
    expect(runbooks).toEqual([
      {
        name: "kernel-update",
        argv: [
          "ansible-playbook",
          "-i",
          "{inventory}",
          "--limit",
          "@{limit}",
          "-e",
          "v={{ x }}",
          "kernel.yml",
        ],
        folder: "/etc/bot/playbooks",
        timeLimitMs: 5_400_000,
        env: ["ANSIBLE_CONFIG", "http_proxy"],
        secretEnv: ["BECOME"],
        who: ["U01ALICE", "S01OPS"],
        where: { kind: "machine", atOnce: 7 },
        then: "up",
      },
    ]);
  });

  test("a runbook needs a program, a folder and people; it then runs once per batch, for an hour, and asks", () => {
    expect(clusterOf(`{ a: { ${LEAST} } }`).runbooks).toMatchObject([
      { timeLimitMs: 3_600_000, env: [], secretEnv: [], where: { kind: "batch" } },
    ]);
    expect(clusterOf(`{ a: { ${LEAST} } }`).runbooks[0]).toHaveProperty("then", "ask");
    const perMachine = clusterOf(`{ a: { ${LEAST}, where: machine } }`).runbooks[0];
    expect(perMachine?.where).toEqual({ kind: "machine", atOnce: 5 });
  });

  test("the policy knows who may use a runbook and what it is approved by, and not what is run", () => {
    const { policy, runbooks } = clusterOf(`{ a: { ${LEAST} } }`);
    const [runbook] = runbooks;
    expect(policy.runbooks).toEqual([
      {
        name: "a",
        digest: digestOf(runbook as Runbook),
        who: ["S01OPS"],
        where: { kind: "batch" },
        timeLimitMs: 3_600_000,
        then: "ask",
      },
    ]);
  });

  test("the groups that may use a runbook are looked up for whoever asks", () => {
    expect(groupsNamedIn(clusterOf(`{ a: { ${LEAST} } }`).policy)).toEqual(["S01OPS"]);
  });

  test("a bot needs no secret of a runbook, and a worker does", () => {
    const written = `{ a: { ${LEAST}, secret_env: [BECOME] } }`;
    const env = { REDIS_URL: "redis://r" };
    expect(clusterOf(written, { role: "bot", env }).runbooks[0]?.secretEnv).toEqual(["BECOME"]);
    expect(problemsOf(fileWith(written, { role: "worker", env }))).toEqual([
      "clusters.yaml:4 prod.runbooks.a.secret_env[0]: names an environment variable that is not set",
    ]);
  });

  test.each([
    ["no program", "{ a: { run: [], folder: /, who: [U01] } }", "a.run[0]: names no program"],
    [
      "a shell string",
      "{ a: { run: sync -f /, folder: /, who: [U01] } }",
      "a.run: has to be a list: the program",
    ],
    ["one text", '{ a: { run: ["sync -f /"], folder: /, who: [U01] } }', "a.run: is one text with spaces"],
    ["a number", "{ a: { run: [sleep, 5], folder: /, who: [U01] } }", "a.run[1]: is not text: put numbers"],
    ["an empty program", '{ a: { run: [""], folder: /, who: [U01] } }', "a.run: names no program"],
    [
      "a program that is filled in",
      '{ a: { run: ["{inventory}", x], folder: /, who: [U01] } }',
      "a.run: has a {placeholder} where the program belongs",
    ],
    [
      "an unknown placeholder",
      '{ a: { run: [x, "a={hosts}"], folder: /, who: [U01] } }',
      "a.run[1]: has a {placeholder} that is none: there are {inventory} and {limit}",
    ],
    [
      "a shell's variable",
      `{ a: { run: [x, "\${HOME}/y"], folder: /, who: [U01] } }`,
      "a.run[1]: has a {placeholder} that is none",
    ],
    [
      "a character that ends texts",
      '{ a: { run: [x, "a\\0b"], folder: /, who: [U01] } }',
      "no program can be given",
    ],
    ["no folder", "{ a: { run: [x], who: [U01] } }", "a.folder: has to be text"],
    ["nobody", "{ a: { run: [x], folder: /, who: [] } }", "a.who: names nobody"],
    ["no people", "{ a: { run: [x], folder: / } }", "a.who: has to be a list of Slack ids"],
    ["a name for a person", "{ a: { run: [x], folder: /, who: [alice] } }", "a.who[0]: is not a Slack id"],
    ["a place that is none", `{ a: { ${LEAST}, where: host } }`, "a.where: is none of batch, machine"],
    ["an end that is none", `{ a: { ${LEAST}, then: down } }`, "a.then: is none of ask, up"],
    ["machines at once of a batch", `{ a: { ${LEAST}, at_once: 2 } }`, "a.at_once: has no effect"],
    [
      "no machines at once",
      `{ a: { ${LEAST}, where: machine, at_once: 0 } }`,
      "a.at_once: is not a whole number",
    ],
    [
      "too many at once",
      `{ a: { ${LEAST}, where: machine, at_once: 101 } }`,
      "a.at_once: is not a whole number",
    ],
    [
      "half a machine",
      `{ a: { ${LEAST}, where: machine, at_once: 1.5 } }`,
      "a.at_once: is not a whole number",
    ],
    ["a run of a month", `{ a: { ${LEAST}, time_limit: 30d } }`, "a.time_limit: is too long: the most is 7d"],
    [
      "a variable's value",
      `{ a: { ${LEAST}, env: [A=b] } }`,
      "a.env[0]: is not the name of an environment variable",
    ],
    [
      "a secret for a variable's name",
      `{ a: { ${LEAST}, secret_env: [hunter2] } }`,
      "a.secret_env[0]: has to name an environment variable in capitals",
    ],
    [
      "a variable that is secret and is not",
      `{ a: { ${LEAST}, env: [B], secret_env: [B] } }`,
      "a.secret_env[0]: stands in env as well",
    ],
    [
      "a name with capitals",
      `{ Kernel: { ${LEAST} } }`,
      "prod.runbooks: is not a name: at most 40 lower-case letters",
    ],
    [
      "a key near a known one",
      `{ a: { ${LEAST}, timelimit: 1h } }`,
      "a.timelimit: is not a setting: did you mean",
    ],
    ["a list of runbooks", "[a]", "prod.runbooks: has to be a map of names to runbooks"],
    ["no map", "{ a: sync }", "a: is not a map with run, folder"],
  ])("the mistake of %s is explained", (_, written, why) => {
    expect(problemsOf(fileWith(written, { env: { B: "x" } }))).toEqual([expect.stringContaining(why)]);
  });
});

describe("the digest of a runbook", () => {
  const [runbook] = clusterOf(`{ a: { ${LEAST}, where: machine } }`, {}).runbooks as [Runbook];

  test.each<[string, Partial<Runbook>]>([
    ["an argument", { argv: ["sync", "-f"] }],
    ["the folder", { folder: "/tmp" }],
    ["a variable", { env: ["A"] }],
    ["a secret variable", { secretEnv: ["A"] }],
    ["how many machines at once", { where: { kind: "machine", atOnce: 6 } }],
    ["where it runs", { where: { kind: "batch" } }],
  ])("another digest comes from changing %s", (_, change) => {
    expect(digestOf({ ...runbook, ...change })).not.toBe(digestOf(runbook));
  });

  test("a variable that becomes a secret one changes the digest", () => {
    expect(digestOf({ ...runbook, env: ["A"] })).not.toBe(digestOf({ ...runbook, secretEnv: ["A"] }));
  });

  test("what is not run keeps the digest: name, people, time limit, what comes after", () => {
    const other = { ...runbook, name: "b", who: ["U01"], timeLimitMs: 1_000, then: "up" } as const;
    expect(digestOf(other)).toBe(digestOf(runbook));
  });
});
