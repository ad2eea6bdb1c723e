import { describe, expect, onTestFinished, test } from "vitest";
import {
  byHand,
  call,
  DB_01,
  read,
  scheduleOf,
  startCall,
  startCluster,
  WEB_01,
  WEB_02,
} from "../support/cluster.js";

async function startDown(options = {}) {
  const master = await startCluster(onTestFinished, {
    frameworks: [byHand("f", "stayer", "web-01", "web-01", "db-01")],
    ...options,
  });
  master.postSchedule(scheduleOf(WEB_01, WEB_02));
  master.startMaintenance([WEB_01]);
  return master;
}

const presence = (master: Awaited<ReturnType<typeof startDown>>) =>
  master.state().agents.find(({ hostname }) => hostname === "web-01")?.presence;

describe("Down", () => {
  test("Down shuts the agent down and loses its tasks; other machines keep theirs", async () => {
    const master = await startDown();
    const state = master.state();
    expect(presence(master)).toBe("away");
    expect(state.tasks.map(({ host }) => host)).toEqual(["db-01"]);
    expect(state.lostTasks).toBe(2);
    expect((await read(master, "GET_AGENTS")).agents).toHaveLength(2);
  });

  test("one bad machine fails the whole list and nothing changes", async () => {
    const master = await startCluster(onTestFinished);
    master.postSchedule(scheduleOf(WEB_01));
    const { status, text } = await call(master, startCall(WEB_01, DB_01));
    expect([status, text]).toEqual([
      400,
      `Machine '{"hostname":"db-01","ip":"10.0.0.3"}' is not in DRAINING mode and cannot be brought down`,
    ]);
    expect(master.state().modes.get("web-01|10.0.0.1")).toBe("DRAINING");
    expect(master.calls()).toMatchObject([{ type: "START_MAINTENANCE", status: 400, outcome: "refused" }]);
  });

  test("an agent started on a Down machine is refused", async () => {
    const master = await startDown();
    expect(master.startAgent("web-01")).toBe(false);
    expect(presence(master)).toBe("away");
  });

  test("a Down machine may move to another window but not be left out", async () => {
    const master = await startDown();
    master.postSchedule({ windows: [{ machines: [WEB_01], start: 5n, duration: 7n }] });
    expect(() => master.postSchedule({ windows: [] })).toThrow("is deactivated and cannot be removed");
    expect(master.state().modes.get("web-01|10.0.0.1")).toBe("DOWN");
  });
});

describe("Up", () => {
  test("Up takes the machine out of the schedule; its agent stays away until it is started", async () => {
    const master = await startDown();
    const { id } = master.state().agents.find(({ hostname }) => hostname === "web-01") ?? {};
    master.stopMaintenance([WEB_01]);
    expect(master.state().schedule.windows.map(({ machines }) => machines)).toEqual([[WEB_02]]);
    expect(presence(master)).toBe("away");
    expect(master.startAgent("web-01")).toBe(true);
    // With the id it had.
    expect(master.state().agents.find(({ presence }) => presence === "registered")?.id).toBe(id);
  });

  test("the agent returns by itself after the delay that was set", async () => {
    const master = await startDown({ returnAfterMs: 5 });
    master.stopMaintenance([WEB_01]);
    await expect.poll(() => presence(master)).toBe("registered");
  });

  test("Up brings only agents back that left by Down, not one that was killed before", async () => {
    const master = await startDown({ returnAfterMs: 5 });
    master.killAgent("web-02");
    master.startMaintenance([WEB_02]);
    master.stopMaintenance([WEB_02, WEB_01]);
    await expect.poll(() => presence(master)).toBe("registered");
    expect(master.state().agents.find(({ hostname }) => hostname === "web-02")?.presence).toBe("unreachable");
  });

  test("Up keeps the answers on machines that stay in the schedule", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-02")] });
    master.postSchedule(scheduleOf(WEB_01, WEB_02));
    master.startMaintenance([WEB_01]);
    master.tick();
    master.stopMaintenance([WEB_01]);
    expect(master.state().answers).toHaveLength(1);
  });
});

describe("a schedule post", () => {
  test("a schedule post erases all answers on all scheduled machines, changed or not, and asks anew", async () => {
    const master = await startCluster(onTestFinished, {
      frameworks: [byHand("f", "stayer", "web-01", "db-01")],
    });
    master.postSchedule(scheduleOf(WEB_01));
    master.tick();
    expect(master.state().answers).toHaveLength(1);
    master.postSchedule({ windows: [...scheduleOf(WEB_01).windows, ...scheduleOf(DB_01).windows] });
    expect(master.state().answers).toEqual([]);
    expect(master.state().inverseOffers).toHaveLength(2);
    master.tick();
    master.postSchedule(master.state().schedule);
    expect(master.state().answers).toEqual([]);
  });

  test("a schedule post that is refused erases nothing", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-01")] });
    master.postSchedule(scheduleOf(WEB_01));
    master.tick();
    expect(() => master.postSchedule(scheduleOf(WEB_01, WEB_01))).toThrow("appears more than once");
    expect(master.state().answers).toHaveLength(1);
  });

  test("an empty schedule post is accepted even when the caller has no rights", async () => {
    const master = await startCluster(onTestFinished, { principals: [{ name: "n", secret: "s", may: [] }] });
    master.postSchedule(scheduleOf(WEB_01));
    const response = await fetch(`${master.url}/maintenance/schedule`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("n:s")}` },
      body: "{}",
    });
    expect(response.status).toBe(200);
    expect(master.state().schedule.windows).toEqual([]);
    expect(master.calls()).toMatchObject([
      { type: "UPDATE_MAINTENANCE_SCHEDULE", via: "v0", principal: "n", status: 200, outcome: "accepted" },
    ]);
  });

  test("the schedule keeps the case it was posted in; the status lower-cases it, also for an unknown machine", async () => {
    const master = await startCluster(onTestFinished);
    const unknown = { hostname: "NEW-01", ip: "10.9.9.9" };
    master.postSchedule(scheduleOf(unknown));
    expect(master.state().schedule.windows[0]?.machines).toEqual([unknown]);
    expect((await read(master, "GET_MAINTENANCE_STATUS")).status).toEqual({
      draining_machines: [{ id: { hostname: "new-01", ip: "10.9.9.9" } }],
    });
  });

  test("the schedule keeps the nanoseconds of somebody else's window bit for bit (invariant 1)", async () => {
    const master = await startCluster(onTestFinished);
    master.postSchedule(scheduleOf(DB_01));
    const { text } = await call(master, { type: "GET_MAINTENANCE_SCHEDULE" });
    expect(text).toContain('{"start":{"nanoseconds":1795195128662822401}}');
    expect(master.state().schedule.windows[0]).toMatchObject({ start: 1795195128662822401n, duration: null });
  });
});
