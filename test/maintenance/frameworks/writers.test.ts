import { describe, expect, test } from "vitest";
import { otherWriters } from "../../../src/maintenance/frameworks/writers.js";
import { plan } from "../../../src/maintenance/plan.js";
import { sightOf } from "../../../src/maintenance/sight/sight.js";
import {
  batchOf,
  framework,
  HOUR,
  machine,
  NOW,
  policyOf,
  recordOf,
  windowOn,
  worldOf,
} from "../../support/world.js";

const peloton = framework("Peloton", { driver: "http" });

describe("other writers of the schedule", () => {
  test("are a Peloton, which brings machines Up by itself, wherever in the cluster it runs", () => {
    const [warning = "", ...more] = otherWriters(worldOf({ frameworks: [peloton, framework("web")] }), [], 0);
    expect(more).toEqual([]);
    expect(warning).toContain(
      "Peloton looks like Peloton, which brings machines that others took Down Up again",
    );
    expect(warning).toContain("Stop that first, or the machines may come Up while somebody works on them.");
  });

  test("are what the clusters file calls Peloton", () => {
    const mapping = [{ by: "name", value: "prod-*", family: "peloton" }] as const;
    const [warning = ""] = otherWriters(worldOf({ frameworks: [framework("prod-east")] }), mapping, 0);
    expect(warning).toContain("prod-east is Peloton (clusters file)");
  });

  test("are not told of when there are none", () => {
    expect(otherWriters(worldOf({ frameworks: [framework("web")] }), [], 0)).toEqual([]);
  });
});

describe("the start of a drain", () => {
  const resolution = { machines: [machine("web-01")], literals: [], matchedNothing: [], unknown: [] };
  const notesOf = (parts: Parameters<typeof worldOf>[0], others = [] as ReturnType<typeof recordOf>[]) => {
    const world = worldOf(parts);
    const moment = { world, sight: sightOf(world), policy: policyOf(), nowMs: NOW };
    const planned = plan(recordOf({ batches: [] }), { kind: "found", resolution, others }, moment);
    expect(planned.batches).toHaveLength(1);
    return planned.events.flatMap((event) => (event.kind === "note" ? [event.text] : [])).join("\n");
  };

  test("warns of a framework that brings machines Up by itself", () => {
    expect(notesOf({ frameworks: [peloton] })).toContain("Peloton looks like Peloton");
  });

  test("warns that somebody else writes the schedule when windows of others stand in it", () => {
    expect(notesOf({ windows: [windowOn(["db-01", "db-02"], NOW, HOUR)] })).toContain(
      "Somebody else writes the schedule too: 2 machines are in windows of others.",
    );
  });

  test("does not take windows of our own open maintenances for those of others", () => {
    const windows = [windowOn(["web-02"], NOW, HOUR)];
    const ours = recordOf({ id: "m-7k3q9", batches: [batchOf({ machines: [machine("web-02")] })] });
    expect(notesOf({ windows }, [ours])).not.toContain("Somebody else");
    expect(notesOf({ windows })).toContain("Somebody else writes the schedule too: 1 machine is in a window");
  });
});
