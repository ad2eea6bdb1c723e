import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import type { Window } from "../../../src/maintenance/cluster/schedule.js";
import { PERMISSIONS } from "../../../src/rehearsal/master/access.js";
import { useEngine } from "../support/engine.js";
import { Gate } from "../support/gate.js";
import { ALICE, BOB } from "../support/people.js";
import type { TestCluster } from "../support/test-cluster.js";

const WEB_01 = { hostname: "web-01", ip: "10.0.0.1" };

const WEB_02 = { hostname: "web-02", ip: "10.0.0.2" };

/** Above 2^53, not a multiple of anything round, without an end, in the case its owner wrote. */
const FOREIGN: Window = {
  machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }, { ip: "192.0.2.7" }],
  start: 1795195128662822401n,
  duration: null,
};

/** What stands in the schedule of others, beside ours. */
function others(cluster: TestCluster): readonly Window[] {
  return cluster.master.state().schedule.windows.filter(({ start }) => start === FOREIGN.start);
}

describe("somebody else edits the schedule while our machines drain (invariants 1 and 12)", () => {
  const engine = useEngine();

  test("a window of ours that somebody removed is told, nothing is posted against it, and it is posted again when a person says so", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await maintenance.thread(/Scheduled/);
    const [ours] = cluster.master.state().schedule.windows;
    cluster.master.postSchedule({ windows: [FOREIGN] });
    const told = await maintenance.thread(/removed the window of web-01, web-02/);
    expect(told).toContain("The bot posted nothing in return, and Down waits");
    await cluster.looks(4);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
    expect(cluster.master.state().schedule.windows).toEqual([FOREIGN]);

    await maintenance.click(BOB, "retry");
    await cluster.told(BOB, /the window is being posted again/);
    await maintenance.thread(/Going on again/);
    expect(cluster.master.state().schedule.windows).toEqual([FOREIGN, ours]);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(2);
    await cluster.click(BOB, { v: 1, id: maintenance.id, decision: { kind: "retry" } });
    await cluster.told(BOB, /there is no removed window to post again/);
  });

  test("a machine of ours stays in the window that somebody moved it to, also on cancel", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    const [ours] = cluster.master.state().schedule.windows;
    if (ours === undefined) throw new Error("Our window does not stand.");
    const theirs = { ...FOREIGN, machines: [WEB_01] };
    cluster.master.postSchedule({ windows: [{ ...ours, machines: [WEB_02] }, theirs] });
    await maintenance.thread(/moved web-01 to another window/);
    await maintenance.click(BOB, "approve");
    await cluster.told(BOB, /The picture got worse.*web-01 stands in another window than ours/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    await maintenance.click(BOB, "cancel");
    await maintenance.root(/Cancelled/);
    expect(cluster.master.state().schedule.windows).toEqual([theirs]);
  });

  test("a machine of ours that somebody took Down is told, and cancel gives back only what still drains", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    cluster.master.startMaintenance([WEB_01]);
    await maintenance.thread(/took web-01 Down/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    await maintenance.click(ALICE, "cancel");
    await maintenance.thread(/Somebody else took web-01 Down at the master/);
    await cluster.until("web-02 is given back", async () => cluster.mode("web-02") === "UP");
    expect(cluster.mode("web-01")).toBe("DOWN");
    await maintenance.click(BOB, "up");
    await cluster.until("web-01 is up", async () => cluster.mode("web-01") === "UP");
    expect(cluster.master.state().schedule.windows).toEqual([]);
  });

  test("the bot takes over when somebody took all our machines Down", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    cluster.master.startMaintenance([WEB_01, WEB_02]);
    await maintenance.thread(
      /Somebody else took these machines Down at the master, without an approval here/,
    );
    await maintenance.click(BOB, "up");
    await maintenance.root(/Back in service/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
  });

  test("machines of ours that somebody brought Up are told", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
    cluster.master.stopMaintenance([WEB_01]);
    await maintenance.thread(/Somebody else brought these machines Up at the master/);
    await maintenance.root(/Back in service/);
    expect(cluster.calls("STOP_MAINTENANCE")).toBe(0);
  });

  test("a window that somebody posted between our look at the cluster and our post stays", async () => {
    const cluster = await engine().cluster();
    const { master } = cluster;
    const gate = new Gate();
    // The first read of the schedule is part of the look; the second is the one right before the post.
    master.fault("GET_MAINTENANCE_SCHEDULE", { kind: "delay", ms: 0 });
    master.fault("GET_MAINTENANCE_SCHEDULE", { kind: "hold", until: gate.opened });
    const maintenance = await cluster.drain("web-01 2h");
    await cluster.received("GET_MAINTENANCE_SCHEDULE", 2);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    master.postSchedule({ windows: [FOREIGN] });
    gate.open();
    await maintenance.thread(/Scheduled/);
    expect(others(cluster)).toEqual([FOREIGN]);
    await maintenance.click(ALICE, "cancel");
    await maintenance.root(/Cancelled/);
    expect(master.state().schedule.windows).toEqual([FOREIGN]);
  });

  test("a machine that got somebody else's window between our look and our post is not taken", async () => {
    const cluster = await engine().cluster();
    const { master } = cluster;
    const gate = new Gate();
    master.fault("GET_MAINTENANCE_SCHEDULE", { kind: "delay", ms: 0 });
    master.fault("GET_MAINTENANCE_SCHEDULE", { kind: "hold", until: gate.opened });
    const maintenance = await cluster.drain("web-01 2h");
    await cluster.received("GET_MAINTENANCE_SCHEDULE", 2);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    const theirs = { ...FOREIGN, machines: [WEB_01] };
    master.postSchedule({ windows: [theirs] });
    gate.open();
    await cluster.until("the end of the maintenance", async () => (await maintenance.record()).end !== null);
    expect((await maintenance.record()).end?.why).toMatch(
      /web-01 is already draining, in a window of somebody else/,
    );
    expect(master.state().schedule.windows).toEqual([theirs]);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
  });
});

describe("a principal that does not see everything (invariant 2)", () => {
  const engine = useEngine();
  const without = (...missing: readonly string[]) => ({
    name: "bot",
    secret: "hush",
    may: PERMISSIONS.filter((permission) => !missing.includes(permission)),
  });
  const credentials = { principal: "bot", secret: new Secret("hush") };

  test.for([
    { name: "the schedule", missing: ["get_maintenance_schedule"] },
    { name: "schedule and status", missing: ["get_maintenance_schedule", "get_maintenance_status"] },
  ])("a principal that does not read $name writes nothing, and the right is named", async ({ missing }) => {
    const cluster = await engine().cluster({
      master: {
        principals: [without(...missing)],
        // What gives a hidden schedule away when the status is hidden too: somebody was asked to leave.
        frameworks: [{ name: "db", habit: "silent", tasks: [{ name: "shard", on: "web-06" }] }],
      },
      config: { credentials },
    });
    cluster.master.postSchedule({ windows: [FOREIGN] });
    const maintenance = await cluster.drain("web-01 2h");
    const told = await maintenance.thread(/web-06.* in maintenance.*filtered/);
    expect(told).toContain("Nothing is posted");
    expect(told).toMatch(/Next: Grant the bot.s principal get_maintenance_schedules/);
    await cluster.looks(4);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    expect(cluster.master.state().schedule.windows).toEqual([FOREIGN]);
  });

  test("a principal that may not write changes nothing, and its 403 is explained", async () => {
    const cluster = await engine().cluster({
      master: { principals: [without("update_maintenance_schedule")] },
      config: { credentials },
    });
    const maintenance = await cluster.drain("web-01 2h --confirm 1");
    const told = await maintenance.thread(/lacks the right to do this/);
    expect(told).toMatch(/> .*403 Forbidden/);
    expect(told).toContain("Not done: The window is not posted yet.");
    expect(told).toContain("update_maintenance_schedules");
    expect(cluster.master.state().schedule.windows).toEqual([]);
  });

  test("wrong credentials are explained as a 401 that shows no secret", async () => {
    const cluster = await engine().cluster({
      master: { principals: [{ name: "bot", secret: "another" }] },
      config: { credentials },
    });
    const maintenance = await cluster.drain("web-01 2h");
    const told = await maintenance.thread(/does not accept the credentials/);
    expect(told).not.toContain("hush");
    expect(JSON.stringify(await maintenance.record())).not.toContain("hush");
  });
});
