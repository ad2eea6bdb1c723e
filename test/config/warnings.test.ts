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
