import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configOf, type Given, problemsOf, withClusters } from "./parse.js";

const PEM = readFileSync("test/mesos/support/tls/master.pem", "utf8");

const fileWith = (entry: string, given: Given = {}) =>
  withClusters(`clusters:\n  prod:\n    masters: [m1]\n    frameworks: [{ ${entry} }]\n`, given);

const marathonWith = (settings: string, given: Given = {}) =>
  fileWith(`name: marathon, family: marathon, marathon: { ${settings} }`, given);

describe("the API of a Marathon", () => {
  test("a Marathon with a user is reached with its password from the environment", () => {
    const given = marathonWith(
      "url: https://m.example.com:8443/, user: bot, password_env: PASSWORD, ca_file: ca.pem",
      {
        env: { PASSWORD: "hunter2" },
        files: { "/etc/bot/ca.pem": PEM },
      },
    );
    const [cluster] = configOf(given).clusters;
    expect(cluster?.marathons).toMatchObject([
      { by: "name", value: "marathon", url: "https://m.example.com:8443", ca: PEM },
    ]);
    const basic = `Basic ${Buffer.from("bot:hunter2").toString("base64")}`;
    expect(cluster?.marathons[0]?.authorization?.reveal()).toBe(basic);
    expect(cluster?.policy.frameworks).toEqual([
      { by: "name", value: "marathon", family: "marathon", marathon: true },
    ]);
    expect(JSON.stringify(cluster)).not.toContain("hunter2");
  });

  test("a Marathon behind DC/OS is reached by path and token", () => {
    const given = fileWith(
      "principal: jobs, family: marathon, marathon: { url: http://dcos/service/jobs, token_env: T }",
      { env: { T: "abc" } },
    );
    const marathon = configOf(given).clusters[0]?.marathons[0];
    expect(marathon).toMatchObject({ by: "principal", value: "jobs", url: "http://dcos/service/jobs" });
    expect(marathon?.authorization?.reveal()).toBe("token=abc");
  });

  test("a bot needs no password, is given none, and still knows that there is a Marathon", () => {
    const given = marathonWith("url: http://m, user: bot, password_env: PASSWORD", {
      role: "bot",
      env: { REDIS_URL: "redis://r" },
    });
    const [cluster] = configOf(given).clusters;
    expect(cluster?.marathons).toEqual([]);
    expect(cluster?.policy.frameworks).toMatchObject([{ marathon: true }]);
  });

  test.each([
    ["user: bot", "marathon.url", "is not a URL with http:// or https://"],
    ["url: ftp://m", "marathon.url", "is not a URL with http:// or https://"],
    ["url: http://u:p@m", "marathon.url", "must not hold a user or password"],
    ["url: 'http://m/?a=b'", "marathon.url", "has a query"],
    ["url: http://m, user: bot", "marathon.user", "needs a password_env beside it"],
    ["url: http://m, password_env: P", "marathon.password_env", "needs a user beside it"],
    [
      "url: http://m, user: b, password_env: P, token_env: P",
      "marathon.token_env",
      "is a second login beside user",
    ],
    ["url: http://m, password: hunter2", "marathon.password", "does not belong in a file"],
    ["url: http://m, token: hunter2", "marathon.token", "name that in token_env"],
    [
      "url: http://m, user: b, password_env: hunter2",
      "marathon.password_env",
      "has to name an environment variable",
    ],
    [
      "url: http://m, user: b, password_env: NONE",
      "marathon.password_env",
      "names an environment variable that is not set",
    ],
    ["url: http://m, token_env: NONE", "marathon.token_env", "names an environment variable that is not set"],
    ["url: http://m, ca_file: ca.pem", "marathon.ca_file", "has no effect: url does not begin with https://"],
    ["url: https://m, ca_file: no.pem", "marathon.ca_file", "names a file that cannot be read"],
    ["url: https://m, ca_file: text.pem", "marathon.ca_file", "names a file without a PEM certificate in it"],
  ])("the mistake in { %s } is explained at %s", (settings, key, why) => {
    const given = marathonWith(settings, {
      env: { P: "s" },
      files: { "/etc/bot/ca.pem": PEM, "/etc/bot/text.pem": "no" },
    });
    const problems = problemsOf(given);
    expect(problems).toEqual([expect.stringContaining(`clusters.yaml:4 prod.frameworks[0].${key}: `)]);
    expect(problems[0]).toContain(why);
    expect(problems[0]).not.toContain("hunter2");
  });

  test("a Marathon's address at a framework of another family is refused", () => {
    const given = fileWith("name: jobs, family: chronos, marathon: { url: http://m }");
    expect(problemsOf(given)).toEqual([
      "clusters.yaml:4 prod.frameworks[0].marathon: has no effect: the family is not marathon",
    ]);
  });
});
