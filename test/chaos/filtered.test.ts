import { describe, expect, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import { PERMISSIONS, type Permission, type RehearsalPrincipal } from "../../src/rehearsal/master/access.js";
import { useEngine } from "../engine/support/engine.js";
import { ALICE, BOB } from "../engine/support/people.js";
import type { TestCluster } from "../engine/support/test-cluster.js";

/** Windows of other people: exact and without an end, a machine without an IP, letters of their own. */
const FOREIGN = {
  windows: [
    {
      machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }, { hostname: "legacy" }],
      start: 1795195128662822401n,
      duration: null,
    },
    { machines: [{ hostname: "gone-01", ip: "10.9.9.9" }], start: 1795195128662822402n, duration: 1n },
  ],
};

/** It was asked to leave web-06 and says nothing: its inverse offer gives a hidden schedule away. */
const SILENT = { name: "db", habit: "silent" as const, tasks: [{ name: "shard", on: "web-06" }] };

const WRITES = ["UPDATE_MAINTENANCE_SCHEDULE", "START_MAINTENANCE", "STOP_MAINTENANCE"] as const;

/** A principal of the master whose rights can be taken and given back while the bot runs. */
class Rights implements RehearsalPrincipal {
  readonly name = "bot";
  readonly secret = "hush";
  may: readonly Permission[] = PERMISSIONS;

  lose(missing: readonly Permission[]): void {
    this.may = PERMISSIONS.filter((right) => !missing.includes(right));
  }

  restore(): void {
    this.may = PERMISSIONS;
  }
}

const writes = (cluster: TestCluster) => WRITES.reduce((sum, type) => sum + cluster.calls(type), 0);

interface Case {
  readonly missing: readonly Permission[];
  /** The right by the name under which the ACLs of Mesos grant it. */
  readonly named: RegExp;
}

const PROVABLE: readonly Case[] = [
  { missing: ["get_maintenance_schedule"], named: /get_maintenance_schedules/ },
  { missing: ["get_maintenance_status"], named: /get_maintenance_statuses/ },
  {
    missing: ["get_maintenance_schedule", "get_maintenance_status"],
    named: /get_maintenance_schedules/,
  },
  { missing: ["view_tasks"], named: /view_tasks/ },
  { missing: ["view_frameworks"], named: /view_frameworks and view_tasks/ },
];

describe("a principal whose reads are filtered (invariant 2)", () => {
  const engine = useEngine();

  async function start(frameworks = [SILENT]) {
    const rights = new Rights();
    const cluster = await engine().cluster({
      master: { principals: [rights], frameworks },
      config: { credentials: { principal: "bot", secret: new Secret("hush") } },
    });
    cluster.master.postSchedule(FOREIGN);
    return { cluster, rights };
  }

  test.for(PROVABLE)(
    "a drain without $missing is not posted, names the right to grant, and goes on once it is granted",
    async ({ missing, named }) => {
      const { cluster, rights } = await start();
      rights.lose(missing);
      const maintenance = await cluster.drain("web-01,web-02 2h");
      const told = await maintenance.thread(named);
      expect(told).toContain("the view we get is filtered");
      expect(told).toMatch(/Grant the bot.s principal .* on ANY/);
      await cluster.looks(4);
      expect(writes(cluster)).toBe(0);
      expect(cluster.master.state().schedule).toEqual(FOREIGN);

      rights.restore();
      await maintenance.thread(/Scheduled: 2 machines/);
      expect(cluster.master.state().schedule.windows.slice(0, 2)).toEqual(FOREIGN.windows);
      expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
    },
  );

  test.for(PROVABLE)(
    "no click and no command writes anything after the principal lost $missing while machines drain",
    async ({ missing, named }) => {
      const { cluster, rights } = await start();
      const maintenance = await cluster.drainToQuestion("web-01,web-02 2h");
      const drained = cluster.master.state().schedule;
      const before = writes(cluster);
      rights.lose(missing);
      await maintenance.click(BOB, "approve");
      expect(await cluster.told(BOB, named)).toContain("filtered");
      await maintenance.thread(named);
      await cluster.type(BOB, `down ${maintenance.id}`);
      await cluster.told(BOB, new RegExp(maintenance.id));
      await cluster.type(ALICE, "down web-01,web-02");
      await cluster.type(ALICE, `extend ${maintenance.id} 1h`);
      await cluster.told(ALICE, /1 h longer/);
      await cluster.looks(4);
      await cluster.type(ALICE, `cancel ${maintenance.id}`);
      await cluster.told(ALICE, /are being given back/);
      await cluster.type(ALICE, `up ${maintenance.id}`);
      await cluster.told(ALICE, new RegExp(maintenance.id));
      await cluster.looks(4);
      expect(writes(cluster)).toBe(before);
      expect(cluster.master.state().schedule).toEqual(drained);

      rights.restore();
      await maintenance.root(/Cancelled/);
      expect(cluster.master.state().schedule).toEqual(FOREIGN);
    },
  );

  test("Up waits after the principal lost the schedule while machines are Down, and is sent once it is granted", async () => {
    const { cluster, rights } = await start();
    const maintenance = await cluster.drainToQuestion("web-01,web-02 2h");
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 2 machines/);
    const before = writes(cluster);
    rights.lose(["get_maintenance_schedule"]);
    await maintenance.thread(/Grant the bot.s principal get_maintenance_schedules/);
    await cluster.type(BOB, `up ${maintenance.id}`);
    await maintenance.thread(/@bob asked for Up/);
    await cluster.looks(4);
    expect(writes(cluster)).toBe(before);
    rights.restore();
    await maintenance.root(/Back in service/);
    expect(cluster.master.state().schedule).toEqual(FOREIGN);
  });

  test("what stands in the schedule is left alone after the principal lost sight of every window, which nothing proves", async () => {
    const { cluster, rights } = await start([]);
    const maintenance = await cluster.drainToQuestion("web-01,web-02 2h");
    const drained = cluster.master.state().schedule;
    const before = writes(cluster);
    rights.lose(["get_maintenance_schedule", "get_maintenance_status"]);
    const told = await maintenance.thread(/get_maintenance_schedules/);
    expect(told).toContain("get_maintenance_statuses");
    await maintenance.click(BOB, "approve");
    await cluster.told(BOB, /Nothing was taken down/);
    await cluster.type(ALICE, `extend ${maintenance.id} 1h`);
    await cluster.looks(4);
    expect(writes(cluster)).toBe(before);
    expect(cluster.master.state().schedule).toEqual(drained);
  });
});
