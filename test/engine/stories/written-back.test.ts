import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { PERMISSIONS, type Permission } from "../../../src/rehearsal/master/access.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const theirs = { machines: [{ hostname: "web-06", ip: "10.0.0.6" }], start: 7n, duration: null };

describe("a window of ours that is written back after its maintenance has ended", () => {
  const engine = useEngine();

  test("cancel takes it out and leaves the windows of others (invariants 1, 12)", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await maintenance.thread(/Scheduled/);
    const saved = cluster.master.state().schedule;
    await maintenance.click(ALICE, "cancel");
    await maintenance.thread(/Cancelled/);
    cluster.master.postSchedule({ windows: [...saved.windows, theirs] });

    const posts = cluster.calls("UPDATE_MAINTENANCE_SCHEDULE", "accepted");
    await cluster.type(BOB, "cancel web-01,web-06");
    const alone = await cluster.told(BOB, /web-06 stands in a window of somebody else/);
    expect(alone).toMatch(/Give back what stands in a window of ours .*: \/mesos cancel web-01/);
    await cluster.type(BOB, "cancel web-0[1-2]");
    await cluster.told(
      BOB,
      /Taken out of the windows of maintenances of ours that have ended: web-01 .*web-02/,
    );
    expect(cluster.master.state().schedule.windows).toMatchObject([theirs]);
    // One post for all: each erases everybody's answers (invariant 3).
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE", "accepted")).toBe(posts + 1);
  });

  test("on a filtered view nothing is posted for it (invariant 2)", async () => {
    const may: Permission[] = [...PERMISSIONS];
    const cluster = await engine().cluster({
      master: { principals: [{ name: "bot", secret: "hush", may }] },
      config: { credentials: { principal: "bot", secret: new Secret("hush") } },
    });
    cluster.master.postSchedule({ windows: [theirs] });
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.thread(/Scheduled/);
    const saved = cluster.master.state().schedule;
    await maintenance.click(ALICE, "cancel");
    await maintenance.thread(/Cancelled/);
    cluster.master.postSchedule(saved);
    may.splice(may.indexOf("get_maintenance_status"), 1);
    const posts = cluster.calls("UPDATE_MAINTENANCE_SCHEDULE");
    await cluster.type(BOB, "cancel web-01");
    await cluster.told(BOB, /the view we get is filtered/);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(posts);
    expect(cluster.master.state().schedule).toEqual(saved);
  });
});
