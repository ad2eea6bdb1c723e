import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/maintenance/cluster/machine.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { hostsReply, statusOfMachines } from "../../../src/maintenance/show/machines.js";
import { scheduleReply, scheduleTimeline } from "../../../src/maintenance/show/schedule-view.js";
import { statusOfCluster } from "../../../src/maintenance/show/status-of-cluster.js";
import { MOST_ROWS, timeline } from "../../../src/maintenance/show/timeline.js";
import { windowRows } from "../../../src/maintenance/show/window-rows.js";
import { drawnLines } from "../../support/drawn.js";
import { agent, HOUR, machine, NOW, windowOn, worldOf } from "../../support/world.js";
import { drainingWorld, inPhase } from "../support/flow.js";

const machines: readonly Machine[] = [machine("web-01"), machine("web-03")];

const shown = (world: World, open: readonly Maintenance[] = []) =>
  scheduleReply("prod", world, windowRows(world, open));

const resolution = { machines, matchedNothing: [], unknown: [], literals: [] };

/** Whatever is asked of what windows there are, and where machines stand. */
const ANSWERS: readonly (readonly [string, (world: World) => string])[] = [
  ["/mesos schedule", (world) => shown(world).text],
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

describe("the schedule", () => {
  const linesOf = (world: World, open: readonly Maintenance[] = []) =>
    drawnLines(shown(world, open)).slice(1);

  test("is one row for each window, with how its machines stand, whose it is, and when", () => {
    const reply = shown(drainingWorld(), [inPhase("draining")]);
    expect(reply.text).toBe("prod: 1 window with 2 machines in the schedule.");
    expect(drawnLines(reply)).toEqual([
      "   machines        state     whose         from          until",
      "2  web-01, web-02  draining  m-7k3q alice  20 Oct 12:00  20 Oct 16:00",
    ]);
  });

  test("says how many of a window are Down, and which windows are not ours", () => {
    const world = worldOf({
      windows: [windowOn(["web-01", "web-02", "web-03"], NOW, HOUR)],
      down: ["web-02"],
    });
    expect(linesOf(world)[0]).toMatch(/^3 .* 1 Down, 2 draining +not ours/);
    const all = worldOf({ windows: [windowOn(["web-02"], NOW, HOUR)], down: ["web-02"] });
    expect(linesOf(all)[0]).toMatch(/^1 {2}web-02 +Down +not ours/);
  });

  test("has the year wherever it is not this one, and says when a window has no end", () => {
    const windows = [
      windowOn(["old-01"], Date.UTC(2023, 10, 14, 22, 13), null),
      windowOn(["new-01"], Date.UTC(2027, 2, 25, 18, 40), HOUR),
      windowOn(["far-01"], Date.UTC(2255, 5, 5), HOUR),
    ];
    const told = linesOf(worldOf({ windows })).join("\n");
    expect(told).toMatch(/old-01 .* 14 Nov 2023 22:13 +no end/);
    expect(told).toMatch(/new-01 .* 25 Mar 2027 18:40 +25 Mar 2027 19:40/);
    expect(told).toMatch(/far-01 .* 05 Jun 2255 00:00/);
  });

  test("names as many machines as there is room for, and counts all", () => {
    const hosts = Array.from({ length: 12 }, (_, at) => `web-${at + 1}`);
    const agents = hosts.map((host) => agent(host));
    const [row] = linesOf(worldOf({ windows: [windowOn(hosts, NOW, HOUR)], agents }));
    expect(row).toMatch(/^12 {2}web-1, web-2, web-3.*… +draining/);
  });

  test("divides a window of the master by whose its machines are", () => {
    const world = worldOf({ windows: [windowOn(["web-01", "web-02", "web-03"], NOW, 4 * HOUR)] });
    const rows = linesOf(world, [inPhase("draining")]);
    expect(rows.map((row) => row.trimEnd().split(/ {2,}/).slice(1, 4))).toEqual([
      ["web-03", "draining", "not ours"],
      ["web-01, web-02", "draining", "m-7k3q alice"],
    ]);
  });

  test("names machines as people count them, in the spelling of their agents, and in the same order always", () => {
    const windows = [windowOn(["WEB-10", "WEB-2"], NOW, HOUR), windowOn(["db-1"], NOW - HOUR, HOUR)];
    const agents = [agent("web-10"), agent("web-2")];
    const forward = linesOf(worldOf({ windows, agents }));
    const back = linesOf(
      worldOf({
        windows: windows.toReversed().map((one) => ({ ...one, machines: one.machines.toReversed() })),
        agents: agents.toReversed(),
      }),
    );
    expect(forward[1]).toMatch(/web-2, web-10/);
    expect(back).toEqual(forward);
    expect(forward[0]).toMatch(/db-1 +draining, no agent/);
  });
});

describe("the time line of a schedule", () => {
  const calendar = [{ days: [1], from: 0, to: 60, timeZone: "UTC" }];

  test("has the same rows, whose they are, and the calendar", () => {
    const world = worldOf({
      windows: [windowOn(["web-01", "web-02"], NOW, 4 * HOUR), windowOn(["web-03"], NOW + HOUR, null)],
      down: ["web-03"],
    });
    const line = scheduleTimeline("prod", windowRows(world, [inPhase("draining")]), calendar, NOW);
    expect(line).toMatchObject({ title: "Windows of prod", nowMs: NOW, calendar, more: 0 });
    expect(line?.rows).toMatchObject([
      { machines: 2, names: ["web-01", "web-02"], ours: { id: "m-7k3q", who: "U0ALICE" }, down: 0 },
      { machines: 1, names: ["web-03"], ours: null, down: 1, startMs: NOW + HOUR, endMs: null },
    ]);
    expect(timeline.parse(JSON.parse(JSON.stringify(line)))).toEqual(line);
  });

  test("is none where no window is shown", () => {
    expect(scheduleTimeline("prod", windowRows(worldOf(), []), calendar, NOW)).toBeNull();
  });

  test("has rows up to its bound, and counts the others", () => {
    const windows = Array.from({ length: 60 }, (_, at) => windowOn([`web-${at}`], NOW + at * HOUR, HOUR));
    const line = scheduleTimeline("prod", windowRows(worldOf({ windows }), []), [], NOW);
    expect(line?.rows).toHaveLength(MOST_ROWS);
    expect(line?.more).toBe(60 - MOST_ROWS);
  });
});
