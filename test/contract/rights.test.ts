import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import type { World } from "../../src/maintenance/cluster/world.js";
import { sightOf, whyFiltered } from "../../src/maintenance/sight/sight.js";
import { createMaster } from "../../src/mesos/master.js";
import { PERMISSIONS, type Permission } from "../../src/rehearsal/master/access.js";
import { startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { sampleCluster } from "../../src/rehearsal/master/sample.js";

/** What a principal sees that lacks some rights; a window of somebody stands in the schedule, and kafka was asked. */
async function seenWithout(...missing: readonly Permission[]): Promise<World> {
  const may = PERMISSIONS.filter((permission) => !missing.includes(permission));
  const rehearsal = await startRehearsalMaster({
    ...sampleCluster({ speed: null }),
    principals: [{ name: "bot", secret: "s3cret", may }],
  });
  onTestFinished(() => rehearsal.close());
  rehearsal.postSchedule({
    windows: [{ machines: [{ hostname: "kafka-01", ip: "10.20.3.11" }], start: 1n, duration: null }],
  });
  const credentials = { principal: "bot", secret: new Secret("s3cret") };
  const master = createMaster({ cluster: "prod", masters: [rehearsal.url], credentials, ca: null });
  onTestFinished(() => master.close());
  return await master.snapshot();
}

test.each<[string, Permission[], string]>([
  ["the schedule", ["get_maintenance_schedule"], "get_maintenance_schedules"],
  ["the status", ["get_maintenance_status"], "get_maintenance_statuses"],
  [
    "both, while an inverse offer is out",
    ["get_maintenance_schedule", "get_maintenance_status"],
    "get_maintenance_schedules",
  ],
  ["tasks", ["view_tasks"], "view_tasks"],
  ["frameworks", ["view_frameworks"], "view_frameworks"],
])("a principal that may not see %s is told which right it lacks", async (_, missing, right) => {
  const world = await seenWithout(...missing);
  expect(sightOf(world).kind).toBe("filtered");
  expect(whyFiltered(sightOf(world))?.next).toContain(right);
});

test("a principal with all rights sees everything", async () => {
  expect(sightOf(await seenWithout())).toEqual({ kind: "windows" });
});
