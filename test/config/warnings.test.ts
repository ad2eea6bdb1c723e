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
