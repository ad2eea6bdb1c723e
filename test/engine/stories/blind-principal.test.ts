import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { PERMISSIONS, type Permission } from "../../../src/rehearsal/master/access.js";
import { useEngine } from "../support/engine.js";
import { ALICE } from "../support/people.js";

const FOREIGN = {
  machines: [{ hostname: "web-06", ip: "10.0.0.6" }],
  start: 1795195128662822401n,
  duration: null,
};

const SILENT = { name: "db", habit: "silent" as const, tasks: [{ name: "shard", on: "web-05" }] };

describe("a principal whose reads are filtered (invariant 2)", () => {
  const engine = useEngine();
  const start = (missing: readonly Permission[], frameworks: readonly (typeof SILENT)[]) => {
    const may = PERMISSIONS.filter((permission) => !missing.includes(permission));
    return engine().cluster({
      master: { principals: [{ name: "bot", secret: "hush", may }], frameworks },
      config: { credentials: { principal: "bot", secret: new Secret("hush") } },
    });
  };

  test.for<[Permission, RegExp]>([
    ["view_tasks", /Grant the bot.s principal view_tasks/],
    ["view_frameworks", /Grant the bot.s principal view_frameworks and view_tasks/],
  ])("a principal without %s writes nothing, and the right is named", async ([missing, words]) => {
    const cluster = await start([missing], [SILENT]);
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.thread(words);
    await cluster.looks(4);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
  });

  test("a principal that is shown no window at all posts nothing before a person has typed that there is none", async () => {
    const cluster = await start(["get_maintenance_schedule", "get_maintenance_status"], []);
    cluster.master.postSchedule({ windows: [FOREIGN] });
    await cluster.type(ALICE, "drain web-01 2h");
    await cluster.told(ALICE, /the bot has never seen one there.*--confirm 1/s);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    expect(cluster.master.state().schedule.windows).toEqual([FOREIGN]);
  });

  test("a principal that is shown no window at all posts once and no more after a person has typed it", async () => {
    const cluster = await start(["get_maintenance_schedule", "get_maintenance_status"], []);
    cluster.master.postSchedule({ windows: [FOREIGN] });
    const maintenance = await cluster.drain("web-01 2h --confirm 1");
    const told = await maintenance.thread(/accepted our window of web-01, and now shows no window at all/);
    expect(told).toContain("get_maintenance_schedules and get_maintenance_statuses");
    await cluster.looks(4);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });

  test.each([
    {
      hidden: ["get_maintenance_schedule", "get_maintenance_status"],
      words: "as far as the bot's principal may see",
    },
    { hidden: ["get_maintenance_schedule"], words: "The view is filtered" },
  ] as const)(
    "a principal without $hidden calls no machine up and no schedule empty",
    async ({ hidden, words }) => {
      const cluster = await start(hidden, []);
      cluster.master.postSchedule({ windows: [FOREIGN] });
      await cluster.type(ALICE, "up web-06");
      const told = await cluster.told(ALICE, /web-06 is in no maintenance/);
      expect(told).toContain(words);
      expect(told).toContain("Nothing, if it is up; see it with an account that sees the schedule.");
      await cluster.type(ALICE, "schedule");
      expect(await cluster.told(ALICE, /no window is shown/)).toContain(words);
    },
  );
});
