import { expect, test } from "vitest";
import type { Role } from "../../src/config/config.js";
import { configWarnings } from "../../src/config/warnings.js";
import { configOf, LEAST, withClusters } from "./parse.js";

function warningsWith(env: Readonly<Record<string, string>>, role: Role = "all"): readonly string[] {
  const all = { ...LEAST, ...env };
  return configWarnings(configOf({ env: all, role }), all);
}

const CHANNEL = { SLACK_CHANNEL: "C0PROD" };

test("a variable that is nearly one of ours is named, but not what is in it", () => {
  const warnings = warningsWith({ ...CHANNEL, REDIS_URI: "redis://:hunter2@r", LOGLEVEL: "debug" });
  expect(warnings).toEqual([
    "REDIS_URI is set, but nothing reads it: was REDIS_URL meant?",
    "LOGLEVEL is set, but nothing reads it: was LOG_LEVEL meant?",
  ]);
});

test("other people's variables are left alone", () => {
  const others = { APP_PORT: "1", REDIS_PORT: "tcp://r", MESOS_SANDBOX: "/s", PORT0: "1", OPS_PROT: "" };
  expect(warningsWith({ ...CHANNEL, ...others })).toEqual([]);
});

test("a cluster without a channel is told, with what that means", () => {
  expect(warningsWith({})).toEqual([
    expect.stringMatching(/^Cluster default has no Slack channel set: .*where its command is typed/),
  ]);
  const given = withClusters(
    "clusters: { a: { masters: [m1] }, b: { masters: [m2], channel: C0B }, c: { masters: [m3] } }",
  );
  expect(configWarnings(configOf(given), {})).toEqual([
    expect.stringMatching(/^Clusters a, c have no Slack/),
  ]);
});

test("a worker shows nothing in Slack itself, so it is the bot that tells", () => {
  expect(warningsWith({ REDIS_URL: "redis://r" }, "worker")).toEqual([]);
});

const CLEAR = /^REDIS_URL holds a password and begins with redis:\/\/.* in clear text: .* Use rediss:\/\//;

test.each(["redis://:hunter2@r", "redis://bot:hunter2@10.0.0.1:6380/2", "redis://:hunter2@[fe80::1]"])(
  "a password that goes to Redis in clear text over the network is told, with what to do: %s",
  (REDIS_URL) => {
    const warnings = warningsWith({ ...CHANNEL, REDIS_URL });
    expect(warnings).toEqual([expect.stringMatching(CLEAR)]);
    expect(warnings.join()).not.toContain("hunter2");
  },
);

test.each([
  "rediss://:hunter2@r",
  "redis://r",
  "redis://:hunter2@localhost",
  "redis://:hunter2@127.0.0.1",
  "redis://:hunter2@127.8.0.1",
  "redis://:hunter2@[::1]:6379",
  "redis://:hunter2@[::ffff:127.0.0.1]",
])("a password that is hidden by TLS or stays on this machine is no matter: %s", (REDIS_URL) => {
  expect(warningsWith({ ...CHANNEL, REDIS_URL })).toEqual([]);
});

test("a password in clear text to further nodes of a Redis Cluster is told", () => {
  const cluster = { REDIS_URL: "redis://:hunter2@localhost", REDIS_CLUSTER: "true" };
  expect(warningsWith({ ...CHANNEL, ...cluster })).toEqual([]);
  expect(warningsWith({ ...CHANNEL, ...cluster, REDIS_CLUSTER_NODES: "r2" })).toEqual([
    expect.stringMatching(CLEAR),
  ]);
});

test("behind Sentinel each wire is told for itself: the one to the sentinels and the one to Redis", () => {
  const sentinel = {
    ...CHANNEL,
    REDIS_URL: "redis://:hunter2@localhost",
    REDIS_SENTINELS: "s1,127.0.0.1",
    REDIS_SENTINEL_NAME: "m",
  };
  const toSentinels = /^REDIS_SENTINEL_PASSWORD goes .* in clear text: .* Set REDIS_SENTINEL_TLS=true\.$/;
  expect(warningsWith(sentinel)).toEqual([expect.stringMatching(CLEAR)]);
  const guarded = { ...sentinel, REDIS_SENTINEL_PASSWORD: "hunter3" };
  expect(warningsWith(guarded)).toEqual([expect.stringMatching(CLEAR), expect.stringMatching(toSentinels)]);
  expect(warningsWith({ ...guarded, REDIS_URL: "rediss://:hunter2@localhost" })).toEqual([
    expect.stringMatching(toSentinels),
  ]);
  expect(warningsWith({ ...guarded, REDIS_SENTINEL_TLS: "true" })).toEqual([expect.stringMatching(CLEAR)]);
  expect(warningsWith({ ...guarded, REDIS_SENTINELS: "127.0.0.1,localhost" })).toEqual([]);
});

test.each([
  ["MESOS_SECRET", { MESOS_PRINCIPAL: "bot", MESOS_SECRET: "abcde", MESOS_MASTERS: "https://m1" }],
  ["MESOS_SECRET", { MESOS_PRINCIPAL: "bot", MESOS_SECRET: "secret", MESOS_MASTERS: "https://m1" }],
  ["REDIS_URL", { REDIS_URL: "rediss://:abc@r" }],
])("%s with a secret that cannot be masked by its value is named, and not shown", (name, env) => {
  const [warning, ...others] = warningsWith({ ...CHANNEL, ...env });
  expect(others).toEqual([]);
  expect(warning).toMatch(new RegExp(`^${name} holds a secret of fewer than 6 characters`));
  expect(warning).toMatch(/Choose a longer one\.$/);
  expect(warning).not.toMatch(/abc/);
});

test("so is a variable that the clusters file names", () => {
  const given = withClusters(
    "clusters: { a: { masters: ['https://m1'], channel: C0A, credentials: { principal: bot, secret_env: A_SECRET } } }",
    { env: { A_SECRET: "12345" } },
  );
  expect(configWarnings(configOf(given), {})).toEqual([expect.stringMatching(/^A_SECRET holds a secret of/)]);
});

/** What is warned of for one cluster of these lines, whose logins are right. */
function warningsOf(lines: string): readonly string[] {
  const env = { A_SECRET: "of-the-master", A_ZOOKEEPER: "bot:of-zookeeper", A_MARATHON: "of-marathon" };
  const given = withClusters(`clusters:\n  a:\n    channel: C0A\n${lines}`, { env });
  return configWarnings(configOf(given), {});
}

const LOGIN = "    credentials: { principal: bot, secret_env: A_SECRET }\n";

const marathonAt = (url: string) =>
  `    masters: ["https://m1"]\n    frameworks: [{ name: m, family: marathon, marathon: { url: "${url}", user: bot, password_env: A_MARATHON } }]\n`;

test.each([
  [
    "masters",
    `    masters: ["https://m1", "http://10.0.0.2:5050", "http://127.0.0.1:5050"]\n${LOGIN}`,
    /^Cluster a: the login for masters goes to http:\/\/10\.0\.0\.2:5050 unencrypted, so whoever can listen on the way can read and use it\. Have the masters speak https and write https:/,
  ],
  [
    "masters that ZooKeeper names",
    `    masters: zk://127.0.0.1:2181/mesos\n    masters_allowed: [10.0.0.0/8]\n${LOGIN}`,
    /goes to the masters that ZooKeeper names unencrypted.* set zookeeper\.scheme to https/,
  ],
  [
    "ZooKeeper",
    "    masters: zk://z1:2181,localhost:2181/mesos\n    masters_allowed: [10.0.0.0/8]\n    zookeeper: { auth_env: A_ZOOKEEPER }\n",
    /^Cluster a: the login for ZooKeeper goes to z1:2181 unencrypted.* a digest is sent as it is\.$/,
  ],
  [
    "Marathon",
    marathonAt("http://marathon.example.com:8080"),
    /^Cluster a: the login for Marathon goes to http:\/\/marathon\.example\.com:8080 unencrypted/,
  ],
])("a login that goes over the network unencrypted, for %s, is told with what to do", (_, lines, words) => {
  expect(warningsOf(lines)).toEqual([expect.stringMatching(words)]);
  expect(warningsOf(lines).join()).not.toMatch(/of-the-master|of-zookeeper|of-marathon/);
});

test.each([
  ["https", `    masters: ["https://m1"]\n${LOGIN}`],
  ["no login", '    masters: ["http://10.0.0.2:5050"]\n'],
  [
    "this machine",
    `    masters: ["http://127.0.0.2:5050", "http://localhost:5050", "http://[::1]:5050"]\n${LOGIN}`,
  ],
  [
    "masters of this machine only",
    `    masters: zk://127.0.0.1:2181/mesos\n    masters_allowed: [127.0.0.1]\n    zookeeper: { auth_env: A_ZOOKEEPER }\n${LOGIN}`,
  ],
  ["Marathon behind https", marathonAt("https://marathon.example.com")],
])("%s needs no such warning", (_, lines) => {
  expect(warningsOf(lines)).toEqual([]);
});
