import { describe, expect, test } from "vitest";
import type { Framework } from "../../../src/maintenance/cluster/world.js";
import {
  type FrameworkMapping,
  recogniser,
  withKinds,
} from "../../../src/maintenance/frameworks/recognise.js";
import { framework, recordOf, worldOf } from "../../support/world.js";

const marathon = framework("marathon", { capabilities: ["PARTITION_AWARE"], driver: "old" });

const kindOf = (shown: Framework, mapping: readonly FrameworkMapping[]) => recogniser(mapping)(shown);

describe("signs", () => {
  test.each([
    ["Marathon", marathon, "marathon"],
    ["a second Marathon", { ...marathon, name: "marathon-user" }, "marathon"],
    [
      "an SDK service",
      framework("kafka", { roles: ["kafka-role"], principal: "kafka-principal" }),
      "dcos-commons",
    ],
    ["m3s", framework("m3s-prod", { roles: ["m3s"], driver: "http" }), "m3s"],
    ["Peloton", framework("Peloton", { driver: "http" }), "peloton"],
    ["Eremetic on the old driver", framework("Eremetic", { driver: "old" }), "eremetic"],
    ["Eremetic of which the driver is not known", framework("Eremetic"), "eremetic"],
    [
      "a scheduler of mesos-framework",
      framework("mesos-framework.718a2aa4-c3f3-4edf-b7f3-87b04a5e7035"),
      "mesos-framework",
    ],
  ])("of %s are recognised", (_, shown, family) => {
    expect(kindOf(shown, [])).toEqual({ family, by: "signs", driver: shown.driver });
  });

  test.each([
    ["a Marathon whose driver is not known", { ...marathon, driver: null }],
    ["a Marathon on the HTTP API", { ...marathon, driver: "http" as const }],
    ["a Marathon that is not PARTITION_AWARE", { ...marathon, capabilities: [] }],
    ["one that only looks like an SDK service by its role", framework("kafka", { roles: ["kafka-role"] })],
    [
      "an SDK service with a second role",
      framework("kafka", { roles: ["kafka-role", "*"], principal: "kafka-principal" }),
    ],
    ["m3s in another role", framework("m3s", { roles: ["*"], driver: "http" })],
    ["a Peloton whose driver is not known", framework("Peloton")],
    ["an Eremetic on the HTTP API, which no Eremetic uses", framework("Eremetic", { driver: "http" })],
  ])("do not suffice for %s", (_, shown) => {
    expect(kindOf(shown, [])).toMatchObject({ family: null, by: null });
  });

  test.each([
    "kafka",
    "cassandra",
    "elasticsearch",
    "mc",
    "ceph",
    "Flink",
    "Aurora",
    "chronos",
    "my Spark job",
  ])("are not given by the name %s, which proves nothing", (name) => {
    for (const driver of ["old", "http", null] as const) {
      expect(kindOf(framework(name, { driver }), []).family).toBeNull();
    }
  });

  test("that disagree mean that a framework is not known", () => {
    const both = { ...marathon, roles: ["marathon-role"], principal: "marathon-principal" };
    expect(kindOf(both, [])).toEqual({ family: null, by: null, driver: "old" });
  });
});

describe("the clusters file", () => {
  const says = (by: FrameworkMapping["by"], value: string, family: FrameworkMapping["family"]) => ({
    by,
    value,
    family,
  });

  test("names a framework by its id, its principal, or a glob over its name in any case", () => {
    const jobs = framework("Jobs-EU", { id: "f-1", principal: "jobs" });
    for (const entry of [
      says("id", "f-1", "chronos"),
      says("principal", "jobs", "chronos"),
      says("name", "jobs-*", "chronos"),
    ]) {
      expect(kindOf(jobs, [entry]), entry.by).toEqual({
        family: "chronos",
        by: "clusters_file",
        driver: null,
      });
    }
    expect(kindOf(jobs, [says("id", "f-*", "chronos")]).family).toBeNull();
    expect(kindOf(framework("jobs"), [says("principal", "jobs", "chronos")]).family).toBeNull();
  });

  test("wins over what a framework looks like", () => {
    expect(kindOf(marathon, [says("name", "marathon", "aurora")])).toEqual({
      family: "aurora",
      by: "clusters_file",
      driver: "old",
    });
  });

  test("means nothing where its entries disagree, and signs do not step in", () => {
    const mapping = [says("name", "mara*", "aurora"), says("id", "marathon", "chronos")];
    expect(kindOf(marathon, mapping).family).toBeNull();
    expect(kindOf(marathon, [says("name", "mara*", "aurora"), says("id", "marathon", "aurora")]).family).toBe(
      "aurora",
    );
  });
});

describe("a record", () => {
  const world = worldOf({ frameworks: [marathon, framework("plain"), framework("bare", { driver: "old" })] });

  test("is told of frameworks of which something is known, once each", () => {
    const record = withKinds(recordOf(), world, ["marathon", "plain", "bare", "marathon", "gone"], []);
    expect(record.frameworks).toEqual([
      { id: "marathon", name: "marathon", family: "marathon", by: "signs", driver: "old" },
      { id: "bare", name: "bare", family: null, by: null, driver: "old" },
    ]);
    expect(withKinds(record, world, ["marathon", "plain"], [])).toBe(record);
  });

  test("keeps what was known when a later look does not show the driver", () => {
    const record = withKinds(recordOf(), world, ["marathon"], []);
    const later = worldOf({ frameworks: [{ ...marathon, driver: null }] });
    expect(withKinds(record, later, ["marathon"], []).frameworks).toEqual(record.frameworks);
  });
});
