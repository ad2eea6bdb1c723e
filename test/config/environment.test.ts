import { describe, expect, test } from "vitest";
import { repositoryFile } from "./documents.js";
import { configOf, errorOf, LEAST, problemsOf, SLACK } from "./parse.js";

describe("Slack", () => {
  test("Socket Mode needs two tokens", () => {
    const { slack } = configOf({ env: LEAST });
    expect(slack).toMatchObject({ apiUrl: null, mode: { kind: "socket" } });
    expect(slack?.botToken.reveal()).toBe("xoxb-1");
  });

  test("HTTP mode needs the signing secret and listens on 3000 unless told otherwise", () => {
    const env = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "s3", MESOS_MASTERS: "m1" };
    expect(configOf({ env }).slack?.mode).toMatchObject({ kind: "http", port: 3000 });
    expect(configOf({ env: { ...env, PORT: "8080" } }).slack?.mode).toMatchObject({ port: 8080 });
  });

  test("a worker needs no Slack settings and gets none", () => {
    const env = { MESOS_MASTERS: "m1", REDIS_URL: "redis://r" };
    expect(configOf({ role: "worker", env }).slack).toBeNull();
    expect(configOf({ role: "worker", env: { ...env, ...SLACK } }).slack).toBeNull();
    expect(
      configOf({ role: "worker", env: { ...env, SLACK_BOT_TOKEN: "xoxb-…", PORT: "x" } }).slack,
    ).toBeNull();
  });

  test("the API's URL ends with a slash", () => {
    const env = { ...LEAST, SLACK_API_URL: "http://localhost:3000/api" };
    expect(configOf({ env }).slack?.apiUrl).toBe("http://localhost:3000/api/");
  });

  test("both modes at once are refused, because one would silently not count", () => {
    expect(problemsOf({ env: { ...LEAST, SLACK_SIGNING_SECRET: "s3" } })).toEqual([
      expect.stringMatching(/^SLACK_SIGNING_SECRET: is set together with SLACK_APP_TOKEN/),
    ]);
  });

  test("Slack's requests and the health checks cannot share a port", () => {
    const env = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "s3", MESOS_MASTERS: "m1", PORT: "9464" };
    expect(problemsOf({ env })).toEqual([expect.stringMatching(/^OPS_PORT: is the same port as PORT/)]);
  });

  test("an example that was copied and not filled in is noticed", () => {
    expect(problemsOf({ env: { ...LEAST, SLACK_BOT_TOKEN: "xoxb-…" } })).toEqual([
      "SLACK_BOT_TOKEN: still has the value of the example",
    ]);
  });

  test("without any Slack setting the table says what to set and mentions the demo", () => {
    const error = errorOf({ env: { MESOS_MASTERS: "m1" } });
    expect(error.problems.map(({ where }) => where)).toEqual(["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]);
    expect(error.format().split("\n").at(-1)).toContain("npm run demo");
  });

  test("somebody who has begun to set Slack up is not sent to the demo", () => {
    expect(errorOf({ env: { SLACK_BOT_TOKEN: "xoxb-1" } }).format()).not.toContain("demo");
  });

  test("a misspelt variable is found", () => {
    expect(problemsOf({ env: { ...LEAST, SLACK_BOT_TOKEN: "", SLACK_BOT_TOKN: "xoxb-1" } })).toEqual([
      expect.stringContaining("(SLACK_BOT_TOKN is set: was that meant?)"),
    ]);
  });
});

describe("commands", () => {
  test("one person may send 30 commands a minute unless told otherwise", () => {
    expect(configOf({ env: LEAST }).commandsPerMinute).toBe(30);
    expect(configOf({ env: { ...LEAST, COMMANDS_PER_MINUTE: "60" } }).commandsPerMinute).toBe(60);
    expect(problemsOf({ env: { ...LEAST, COMMANDS_PER_MINUTE: "0" } })).toEqual([
      "COMMANDS_PER_MINUTE: is not a whole number from 1 to 10000",
    ]);
  });
});

describe("the history", () => {
  test("the history goes back 400 days unless told otherwise", () => {
    expect(configOf({ env: LEAST }).historyMs).toBe(400 * 86_400_000);
    expect(configOf({ env: { ...LEAST, HISTORY_DAYS: "30" } }).historyMs).toBe(30 * 86_400_000);
  });

  test.each(["0", "-1", "1.5", "4000", "400d", "for ever"])("a history of %s days is refused", (days) => {
    expect(problemsOf({ env: { ...LEAST, HISTORY_DAYS: days } })).toEqual([
      "HISTORY_DAYS: is not a whole number from 1 to 3650",
    ]);
  });
});

describe("the store", () => {
  test("the store is embedded without REDIS_URL", () => {
    expect(configOf({ env: LEAST }).store).toEqual({ kind: "embedded", dataDir: "./data" });
    expect(configOf({ env: { ...LEAST, DATA_DIR: "/var/lib/bot" } }).store).toMatchObject({
      dataDir: "/var/lib/bot",
    });
  });

  test.each(["bot", "worker"] as const)("of a %s of its own has to be Redis", (role) => {
    expect(problemsOf({ role, env: LEAST })).toEqual([
      expect.stringMatching(/^REDIS_URL: is not set: .*the embedded store serves one process only/),
    ]);
  });

  test("the store is Redis by one URL", () => {
    const store = configOf({ env: { ...LEAST, REDIS_URL: "rediss://u:p@r:6380/2" } }).store;
    expect(store).toMatchObject({ kind: "redis", sentinel: null, cluster: null });
    expect(store.kind === "redis" && store.url.reveal()).toBe("rediss://u:p@r:6380/2");
  });

  test("the store is Redis behind sentinels", () => {
    const env = {
      ...LEAST,
      REDIS_URL: "redis://:p@ignored",
      REDIS_SENTINELS: "s1, s2:26380,[::1]:7",
      REDIS_SENTINEL_NAME: "mymaster",
    };
    expect(configOf({ env }).store).toMatchObject({
      sentinel: {
        name: "mymaster",
        addresses: [
          { host: "s1", port: 26_379 },
          { host: "s2", port: 26_380 },
          { host: "::1", port: 7 },
        ],
        password: null,
      },
    });
  });

  test("TLS to the sentinels is a setting of its own, and one file of authorities is for all of Redis", () => {
    const env = { ...LEAST, REDIS_URL: "rediss://ignored", REDIS_SENTINELS: "s1", REDIS_SENTINEL_NAME: "m" };
    expect(configOf({ env }).store).toMatchObject({ sentinel: { tls: false }, ca: null });
    const files = { "ca.pem": repositoryFile("test/mesos/support/tls/master.pem") };
    const guarded = { ...env, REDIS_SENTINEL_TLS: "true", REDIS_CA_FILE: "ca.pem" };
    expect(configOf({ env: guarded, files }).store).toMatchObject({
      sentinel: { tls: true },
      ca: files["ca.pem"],
    });
    // The sentinels alone may have TLS.
    expect(configOf({ env: { ...guarded, REDIS_URL: "redis://r" }, files }).store).toMatchObject({
      ca: files["ca.pem"],
    });
  });

  test.each([
    [
      "a file that is not there",
      { REDIS_URL: "rediss://r" },
      {},
      /^REDIS_CA_FILE: names a file that cannot be read \(no such file\)$/,
    ],
    [
      "a file without a certificate",
      { REDIS_URL: "rediss://r" },
      { "ca.pem": "x" },
      /without a PEM certificate/,
    ],
    [
      "TLS nowhere",
      { REDIS_URL: "redis://r" },
      { "ca.pem": repositoryFile("test/mesos/support/tls/master.pem") },
      /^REDIS_CA_FILE: has no effect: REDIS_URL does not begin with rediss:\/\/$/,
    ],
  ])("REDIS_CA_FILE with %s is refused", (_, env, files, what) => {
    expect(problemsOf({ env: { ...LEAST, ...env, REDIS_CA_FILE: "ca.pem" }, files })).toEqual([
      expect.stringMatching(what),
    ]);
  });

  test("further nodes of a Redis Cluster have the port of Redis where none is named", () => {
    const env = { ...LEAST, REDIS_URL: "redis://r1", REDIS_CLUSTER: "true" };
    expect(configOf({ env }).store).toMatchObject({ cluster: [] });
    expect(configOf({ env: { ...env, REDIS_CLUSTER_NODES: "r2, r3:7000" } }).store).toMatchObject({
      cluster: [
        { host: "r2", port: 6_379 },
        { host: "r3", port: 7_000 },
      ],
    });
  });

  test.each([
    ["an address without a name", { REDIS_URL: "redis://r", REDIS_SENTINELS: "s1" }, ["REDIS_SENTINEL_NAME"]],
    ["a name without an address", { REDIS_URL: "redis://r", REDIS_SENTINEL_NAME: "m" }, ["REDIS_SENTINELS"]],
    ["sentinels without a URL", { REDIS_SENTINELS: "s1", REDIS_SENTINEL_NAME: "m" }, ["REDIS_URL"]],
    ["a cluster without a URL", { REDIS_CLUSTER: "true" }, ["REDIS_URL"]],
    [
      "nodes without a cluster",
      { REDIS_URL: "redis://r", REDIS_CLUSTER_NODES: "r2" },
      ["REDIS_CLUSTER_NODES"],
    ],
    [
      "TLS to sentinels without any",
      { REDIS_URL: "redis://r", REDIS_SENTINEL_TLS: "true" },
      ["REDIS_SENTINELS", "REDIS_SENTINEL_NAME"],
    ],
    ["a file of authorities without a URL", { REDIS_CA_FILE: "ca.pem" }, ["REDIS_URL", "REDIS_CA_FILE"]],
    [
      "a password among the sentinels",
      { REDIS_URL: "redis://r", REDIS_SENTINELS: ":hunter2@s1", REDIS_SENTINEL_NAME: "m" },
      ["REDIS_SENTINELS"],
    ],
    [
      "a sentinel with port 0",
      { REDIS_URL: "redis://r", REDIS_SENTINELS: "s1:0", REDIS_SENTINEL_NAME: "m" },
      ["REDIS_SENTINELS"],
    ],
    [
      "a password among the nodes",
      { REDIS_URL: "redis://r", REDIS_CLUSTER: "true", REDIS_CLUSTER_NODES: ":hunter2@r2" },
      ["REDIS_CLUSTER_NODES"],
    ],
    ["nodes without a URL", { REDIS_CLUSTER: "true", REDIS_CLUSTER_NODES: "r2" }, ["REDIS_URL"]],
    ["a cluster with a database", { REDIS_URL: "redis://r/1", REDIS_CLUSTER: "yes" }, ["REDIS_URL"]],
    [
      "a cluster behind sentinels",
      { REDIS_URL: "redis://r", REDIS_CLUSTER: "1", REDIS_SENTINELS: "s1", REDIS_SENTINEL_NAME: "m" },
      ["REDIS_CLUSTER"],
    ],
    ["another scheme", { REDIS_URL: "http://r" }, ["REDIS_URL"]],
    ["a database that is no number", { REDIS_URL: "redis://r/prod" }, ["REDIS_URL"]],
    ["a password with a % that stands for nothing", { REDIS_URL: "redis://:a%zz@r" }, ["REDIS_URL"]],
    ["no host", { REDIS_URL: "redis://" }, ["REDIS_URL"]],
    [
      "a broken list",
      { REDIS_URL: "redis://r", REDIS_SENTINELS: "s1:x", REDIS_SENTINEL_NAME: "m" },
      ["REDIS_SENTINELS"],
    ],
  ])("an environment with %s is refused", (_, env, where) => {
    expect(errorOf({ env: { ...LEAST, ...env } }).problems.map((problem) => problem.where)).toEqual(where);
  });
});

describe("the rest", () => {
  test("the other settings have defaults", () => {
    expect(configOf({ env: LEAST })).toMatchObject({
      role: "all",
      ops: { host: "127.0.0.1", port: 9464 },
      logLevel: "info",
    });
  });

  test.each([
    ["OPS_PORT", "70000"],
    ["OPS_PORT", "-1"],
    ["OPS_PORT", "9e3"],
    ["PORT", "0"],
    ["LOG_LEVEL", "loud"],
    ["REDIS_CLUSTER", "maybe"],
    ["SLACK_API_URL", "localhost:3000"],
    ["SLACK_API_URL", "http://u:p@h/"],
    ["SLACK_APP_TOKEN", "xoxb-1"],
    ["SLACK_CHANNEL", "#ops"],
    ["MESOS_CLUSTER", "My Cluster"],
    ["MESOS_CLUSTER", "4h"],
    ["MESOS_CLUSTER", "m-7k3q"],
  ])("%s=%s is refused with an example", (name, value) => {
    const { problems } = errorOf({ env: { ...LEAST, [name]: value } });
    expect(problems).toEqual([
      { where: name, what: expect.any(String), example: expect.stringMatching(`^${name}=.`) },
    ]);
  });

  test("port 0 of the health checks means any free one", () => {
    expect(configOf({ env: { ...LEAST, OPS_PORT: "0" } }).ops.port).toBe(0);
  });

  test("an empty variable counts as not set", () => {
    expect(configOf({ env: { ...LEAST, OPS_PORT: "", LOG_LEVEL: "  ", REDIS_URL: "" } }).store.kind).toBe(
      "embedded",
    );
  });
});

describe("one cluster without a file", () => {
  test.each([
    ["m1;m2", /write scheme, host and port/],
    ["m1:0", /write scheme, host and port/],
    ["::1", /IPv6 address without brackets/],
    ["fe80::1:5050", /IPv6 address without brackets/],
    ["http://m1:5050/master", /leave out what follows/],
    ["m1,http://M1:5050/", /same master as one before it/],
  ])("masters %s are refused", (MESOS_MASTERS, what) => {
    expect(problemsOf({ env: { ...LEAST, MESOS_MASTERS } })).toEqual([expect.stringMatching(what)]);
  });

  test("an IPv6 address stands in brackets", () => {
    const { clusters } = configOf({ env: { ...LEAST, MESOS_MASTERS: "[::1],http://[fe80::1]:5051/" } });
    expect(clusters[0]?.masters).toEqual(["http://[::1]:5050", "http://[fe80::1]:5051"]);
  });

  test("a principal with a colon is refused: the master would read it as a shorter one", () => {
    const env = { ...LEAST, MESOS_PRINCIPAL: "a:b", MESOS_SECRET: "s" };
    expect(problemsOf({ env })).toEqual([expect.stringMatching(/^MESOS_PRINCIPAL: has a colon/)]);
  });

  test("quotes that an env file leaves around a value are named", () => {
    const env = { ...LEAST, OPS_PORT: '"9465"', SLACK_BOT_TOKEN: "'xoxb-1'" };
    expect(problemsOf({ env })).toEqual([
      expect.stringMatching(/^SLACK_BOT_TOKEN: .*leave out the quotes/),
      expect.stringMatching(/^OPS_PORT: .*leave out the quotes/),
    ]);
  });

  test("the one cluster is named default and takes its masters, login and channel from the environment", () => {
    const env = { ...LEAST, MESOS_PRINCIPAL: "bot", MESOS_SECRET: "s", SLACK_CHANNEL: "C01OPS" };
    const [cluster] = configOf({ env: { ...env, MESOS_MASTERS: "http://m1:5050/, m2" } }).clusters;
    expect(cluster).toMatchObject({
      name: "default",
      masters: ["http://m1:5050", "http://m2:5050"],
      channel: "C01OPS",
      credentials: { principal: "bot" },
    });
    expect(cluster?.credentials?.secret.reveal()).toBe("s");
  });

  test("the one cluster takes more workspaces of ours from the environment", () => {
    const teamsOf = (env: object) => configOf({ env: { ...LEAST, ...env } }).slack?.teams;
    expect(teamsOf({ SLACK_TEAMS: "T01OPS, E01CORP" })).toEqual(["T01OPS", "E01CORP"]);
    expect(teamsOf({})).toEqual([]);
  });

  test("the one cluster takes its approvers from the environment, and is open to anyone without", () => {
    const approversOf = (env: object) =>
      configOf({ env: { ...LEAST, ...env } }).clusters[0]?.policy.approvers;
    expect(approversOf({ APPROVERS: "U01ALICE, S01SRE" })).toEqual(["U01ALICE", "S01SRE"]);
    expect(approversOf({})).toEqual([]);
  });

  test.each([
    ["a principal without its secret", { MESOS_PRINCIPAL: "bot" }, ["MESOS_SECRET"]],
    ["a secret without its principal", { MESOS_SECRET: "s" }, ["MESOS_PRINCIPAL"]],
    ["a bad second master", { MESOS_MASTERS: "m1,zk://z/mesos" }, ["MESOS_MASTERS (item 2)"]],
    ["a list of nothing", { MESOS_MASTERS: ", ," }, ["MESOS_MASTERS"]],
    ["a workspace by name", { SLACK_TEAMS: "T01OPS,ops" }, ["SLACK_TEAMS"]],
    ["approvers who are nobody", { APPROVERS: "," }, ["APPROVERS"]],
    ["an approver by name", { APPROVERS: "U01ALICE,@bob" }, ["APPROVERS (item 2)"]],
    ["no cluster at all", { MESOS_MASTERS: "" }, ["MESOS_MASTERS"]],
    [
      "two things wrong",
      { MESOS_MASTERS: "ftp://m", MESOS_SECRET: "s" },
      ["MESOS_PRINCIPAL", "MESOS_MASTERS (item 1)"],
    ],
  ])("an environment with %s is refused", (_, env, where) => {
    expect(errorOf({ env: { ...LEAST, ...env } }).problems.map((problem) => problem.where)).toEqual(where);
  });
});
