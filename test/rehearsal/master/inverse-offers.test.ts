import { describe, expect, onTestFinished, test } from "vitest";
import type { RehearsalMaster } from "../../../src/rehearsal/master/master.js";
import { byHand, call, read, scheduleOf, startCluster, WEB_01 } from "../support/cluster.js";

const idOf = (master: RehearsalMaster) => ({ agent_id: { value: master.state().agents[0]?.id } });

describe("an agent that is deactivated", () => {
  test("no inverse offers are made for it while it is deactivated, though its machine drains", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-01")] });
    master.postSchedule(scheduleOf(WEB_01));
    expect(master.state().inverseOffers).toHaveLength(1);
    const deactivate = { type: "DEACTIVATE_AGENT", deactivate_agent: idOf(master) };
    expect((await call(master, deactivate)).status).toBe(200);
    expect(master.state().inverseOffers).toEqual([]);
    master.postSchedule(scheduleOf(WEB_01));
    expect(master.state().inverseOffers).toEqual([]);
    const reactivate = { type: "REACTIVATE_AGENT", reactivate_agent: idOf(master) };
    expect((await call(master, reactivate)).status).toBe(200);
    expect(master.state().inverseOffers).toHaveLength(1);
  });

  test("Down and Up make it active again", async () => {
    const master = await startCluster(onTestFinished);
    await call(master, { type: "DEACTIVATE_AGENT", deactivate_agent: idOf(master) });
    master.postSchedule(scheduleOf(WEB_01));
    master.startMaintenance([WEB_01]);
    master.stopMaintenance([WEB_01]);
    expect(master.startAgent("web-01")).toBe(true);
    expect((await read(master, "GET_AGENTS")).agents[0]).toMatchObject({ active: true, deactivated: false });
    const reactivate = { type: "REACTIVATE_AGENT", reactivate_agent: idOf(master) };
    expect(await call(master, reactivate)).toEqual({ status: 400, text: "Agent is not deactivated" });
  });
});

test("after a fail-over and after its connection ended, a framework is neither connected nor active", async () => {
  const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-01")] });
  const framework = async () => (await read(master, "GET_FRAMEWORKS")).frameworks[0];
  master.disconnectFramework("f");
  expect(await framework()).toMatchObject({ connected: false, active: false, recovered: false });
  master.reregister("frameworks");
  expect(await framework()).toMatchObject({ connected: true, active: true });
  master.failOver({ reregisterMs: null });
  master.reregister("agents");
  expect(await framework()).toMatchObject({ connected: false, active: false, recovered: true });
});
