import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/maintenance/cluster/machine.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { hostsReply, statusOfMachines } from "../../../src/maintenance/show/machines.js";
import { scheduleReply } from "../../../src/maintenance/show/schedule-view.js";
import { statusOfCluster } from "../../../src/maintenance/show/status.js";
import { drawn } from "../../support/drawn.js";
import { machine, NOW, worldOf } from "../../support/world.js";
import { drainingWorld, inPhase } from "../support/flow.js";

const machines: readonly Machine[] = [machine("web-01"), machine("web-03")];

const resolution = { machines, matchedNothing: [], unknown: [], literals: [] };

/** Whatever is asked of what windows there are, and where machines stand. */
const ANSWERS: readonly (readonly [string, (world: World) => string])[] = [
  ["/mesos schedule", (world) => scheduleReply("prod", world, []).text],
  ["/mesos status", (world) => statusOfCluster("prod", [], world, NOW).text],
  ["/mesos status of machines", (world) => statusOfMachines(resolution, world, [], NOW).text],
  ["/mesos hosts", (world) => hostsReply("prod", resolution, world, []).text],
];

describe("a view that may hide windows is never told as an idle cluster (invariant 2)", () => {
  const draining = drainingWorld();
  const noSchedule = { ...draining, schedule: { windows: [] } };
  const noStatus = { ...draining, status: { draining: [], down: [] } };

  test.each(ANSWERS)("%s says that a view is filtered", (_, tell) => {
    for (const world of [noSchedule, noStatus]) {
      expect(tell(world)).toContain("The view is filtered: rights are missing");
      expect(tell(world)).not.toContain("schedule is empty");
    }
  });

  test.each(ANSWERS)("%s says of a view without windows how far it may see", (_, tell) => {
    expect(tell(worldOf())).toContain("The schedule is empty, as far as the bot's principal may see.");
  });

  test.each(ANSWERS)("%s says nothing of the kind once windows are seen", (_, tell) => {
    expect(tell(draining)).not.toMatch(/filtered|may see/);
  });
});

test("the schedule is shown with whose each window is", () => {
  const reply = scheduleReply("prod", drainingWorld(), [inPhase("draining")]);
  expect(reply.text).toBe("prod: 1 window with 2 machines in the schedule.");
  expect(drawn(reply)).toMatch(/web-01 +draining +m-7k3q/);
});
