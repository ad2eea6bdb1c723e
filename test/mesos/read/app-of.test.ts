import { describe, expect, test } from "vitest";
import { appOf } from "../../../src/mesos/read/app-of.js";

const UUID = "4f1c3a52-7d7e-11e6-9f3c-0242ac110002";

const none = new Map<string, string>();

describe("what a task is a copy of", () => {
  test.each([
    ["api.billing", "api.billing"],
    ["www-data/prod/hello", "www-data/prod/hello"],
    [`billing_api.${UUID}`, "billing_api"],
    [`billing_api.instance-${UUID}._app.1`, "billing_api"],
    [`billing_api_3.instance-${UUID}.nginx`, "billing_api"],
    [`billing_api.marathon-${UUID}`, "billing_api"],
    [`kafka-0-broker__${UUID}`, "kafka-0-broker"],
    [`job:${UUID.toUpperCase()}`, "job"],
    ["worker-12", "worker"],
    ["worker_3", "worker"],
    ["worker.7", "worker"],
    ["web-2-1", "web-2"],
    ["h2o", "h2o"],
    ["-12", "-12"],
    ["12", "12"],
    ["", ""],
  ])("a task named %j is a copy of %j", (name, app) => {
    expect(appOf(name, none)).toBe(app);
  });

  test.each([
    ["a Marathon app", { MARATHON_APP_ID: "/a", DCOS_SERVICE_NAME: "b" }, "/a"],
    [
      "a service before its package",
      { DCOS_PACKAGE_NAME: "kafka", DCOS_SERVICE_NAME: "/prod/kafka" },
      "/prod/kafka",
    ],
    ["a package", { DCOS_PACKAGE_NAME: "kafka" }, "kafka"],
    ["an empty label", { DCOS_PACKAGE_NAME: "" }, "task"],
    ["other labels", { HAPROXY_GROUP: "external" }, "task"],
  ])("an app with %s is named by its label", (_, labels, app) => {
    expect(appOf("task-1", new Map(Object.entries(labels)))).toBe(app);
  });
});
