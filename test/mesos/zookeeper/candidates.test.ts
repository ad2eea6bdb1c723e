import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressIn, firstOf } from "../../../src/mesos/zookeeper/candidates.js";
import { runs } from "../../support/fast-check.js";

const node = (number: number, label = "json.info") => `${label}_${String(number).padStart(10, "0")}`;

describe("the first of the candidates", () => {
  test("it is the one with the smallest number, in whatever order they are listed", () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 2_147_483_647 }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (all) => {
        expect(firstOf(all.map((number) => node(number)))).toEqual({
          kind: "first",
          node: node(Math.min(...all)),
        });
      }),
      { numRuns: runs(200) },
    );
  });

  test.each([
    ["nothing", []],
    ["what Mesos keeps beside them", ["log_replicas"]],
    ["nodes without a whole number", ["json.info_7", "json.info_00000000071", "json.info_", "json.info"]],
    ["nodes of somebody else", ["lock_0000000001", "0000000002"]],
  ])("%s is nobody", (_, nodes) => {
    expect(firstOf(nodes)).toEqual({ kind: "nobody" });
  });

  test("one of before 0.24 counts as first, though it cannot be read", () => {
    expect(firstOf([node(9), node(8, "info")])).toEqual({ kind: "too_old", node: node(8, "info") });
    expect(firstOf([node(9), node(10, "info")])).toEqual({ kind: "first", node: node(9) });
  });
});

describe("the address in a master's node", () => {
  const read = (info: unknown) =>
    addressIn(Buffer.from(typeof info === "string" ? info : JSON.stringify(info)));

  test("the address counts, not the number or the pid beside it", () => {
    const info = {
      address: { hostname: "m1", ip: "10.0.0.1", port: 5051 },
      hostname: "m1.example.com",
      ip: 16777226,
      pid: "master@10.9.9.9:5050",
      port: 5050,
    };
    expect(read(info)).toEqual({ ip: "10.0.0.1", hostname: "m1.example.com", port: 5051 });
  });

  test("without one the name and its port count", () => {
    expect(read({ hostname: "m1", port: 5050 })).toEqual({ ip: null, hostname: "m1", port: 5050 });
  });

  test.each([
    ["no JSON", "master@10.0.0.1:5050"],
    ["no address at all", { id: "x", port: 5050 }],
    ["no port", { hostname: "m1" }],
    ["a port that is none", { hostname: "m1", port: 70_000 }],
    ["a name that is more than one", { hostname: "m1@10.0.0.9", port: 5050 }],
    ["an IP that is none", { address: { ip: "10.0.0.1/../", port: 5050 }, hostname: "m1" }],
    ["a list", []],
  ])("%s is none", (_, info) => {
    expect(read(info)).toBeNull();
  });
});
