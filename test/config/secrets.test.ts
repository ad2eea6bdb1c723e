import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.js";
import { configOf, type Given, SLACK, withClusters } from "./parse.js";

const revealed = ({ secrets }: Config) => secrets.map((secret) => secret.reveal());

const CLUSTERS = `clusters:
  prod:
    masters: [m1]
    credentials: { principal: bot, secret_env: PROD_SECRET }
    frameworks:
      - { name: marathon, family: marathon, marathon: { url: http://m, user: bot, password_env: M_PASSWORD } }
      - { name: jobs, family: marathon, marathon: { url: http://j, token_env: J_TOKEN } }
    runbooks:
      a: { run: [sync], folder: /srv, who: [S01OPS], secret_env: [BECOME, VAULT] }
  test:
    masters: zk://z1:2181/mesos
    zookeeper: { auth_env: Z_AUTH }
    runbooks:
      b: { run: [sync], folder: /srv, who: [S01OPS], secret_env: [OTHER] }
  lab:
    masters: zk://bot:in-the-line@z2:2181/mesos
`;

const VARIABLES = {
  PROD_SECRET: "of-prod",
  M_PASSWORD: "of-marathon",
  J_TOKEN: "of-jobs",
  BECOME: "of-become",
  VAULT: "of-vault",
  OTHER: "of-other",
  Z_AUTH: "bot:of-zookeeper",
  REDIS_URL: "redis://:of%2Fredis@r",
  REDIS_SENTINELS: "s1:26379",
  REDIS_SENTINEL_NAME: "queue",
  REDIS_SENTINEL_PASSWORD: "of-sentinel",
};

const all = (given: Given = {}) => revealed(configOf(withClusters(CLUSTERS, { env: VARIABLES, ...given })));

test("every secret of the configuration is among those that are masked, whatever names it", () => {
  expect(all().toSorted()).toEqual(
    [
      ...Object.values(VARIABLES).filter((value) => value.includes("of-") || value.includes("of%")),
      ...Object.values(SLACK),
      // As they stand inside of others.
      "of%2Fredis",
      "of/redis",
      "of-zookeeper",
      "bot:in-the-line",
      "in-the-line",
      `Basic ${Buffer.from("bot:of-marathon").toString("base64")}`,
      "token=of-jobs",
    ].toSorted(),
  );
});

test("a worker masks Slack's as well, which it does not use: they may stand in the same environment", () => {
  const env = { ...VARIABLES, SLACK_BOT_TOKEN: "xoxb-2", SLACK_APP_TOKEN: "", SLACK_SIGNING_SECRET: "0abc" };
  expect(all({ role: "worker", env })).toEqual(expect.arrayContaining(["xoxb-2", "0abc"]));
});

test("so is the login of the one-cluster case", () => {
  const env = { ...SLACK, MESOS_MASTERS: "m1", MESOS_PRINCIPAL: "bot", MESOS_SECRET: "of-mesos" };
  expect(revealed(configOf({ env }))).toContain("of-mesos");
});

test("the configuration shows none of them", () => {
  expect(JSON.stringify(configOf(withClusters(CLUSTERS, { env: VARIABLES })))).not.toMatch(/of-|in-the-line/);
});
