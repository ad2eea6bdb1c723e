import { describe, expect, onTestFinished, test } from "vitest";
import { byHand, call, DB_01, read, scheduleOf, startCall, startCluster, WEB_01, WEB_02 } from "./cluster.js";

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
  test("shuts the agent down and loses its tasks; other machines keep theirs", async () => {
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
  test("takes the machine out of the schedule; its agent stays away until it is started", async () => {
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

  test("brings only agents back that left by Down, not one that had been stopped", async () => {
    const master = await startDown({ returnAfterMs: 5 });
    master.stopAgent("web-02");
    master.startMaintenance([WEB_02]);
    master.stopMaintenance([WEB_02, WEB_01]);
    await expect.poll(() => presence(master)).toBe("registered");
    expect(master.state().agents.find(({ hostname }) => hostname === "web-02")?.presence).toBe("away");
  });

  test("keeps the answers on machines that stay in the schedule", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-02")] });
    master.postSchedule(scheduleOf(WEB_01, WEB_02));
    master.startMaintenance([WEB_01]);
    master.tick();
    master.stopMaintenance([WEB_01]);
    expect(master.state().answers).toHaveLength(1);
  });
});
