import { describe, expect, onTestFinished, test } from "vitest";
import { call, scheduleOf, startCall, startCluster, WEB_01 } from "../support/cluster.js";

async function startDraining() {
  const master = await startCluster(onTestFinished);
  master.postSchedule(scheduleOf(WEB_01));
  const mode = () => master.state().modes.get("web-01|10.0.0.1");
  return { master, mode };
}

describe("a fault hits the next call of its type, once", () => {
  test.each([
    ["reset_before", "DRAINING", "none"],
    ["reset_after", "DOWN", "accepted"],
  ] as const)("%s breaks the connection and leaves the machine %s", async (kind, left, outcome) => {
    const { master, mode } = await startDraining();
    master.fault("START_MAINTENANCE", { kind });
    expect((await call(master, { type: "GET_VERSION" })).status).toBe(200);
    await expect(call(master, startCall(WEB_01))).rejects.toThrow();
    expect(mode()).toBe(left);
    expect(master.calls().at(-1)).toMatchObject({ type: "START_MAINTENANCE", status: null, outcome });
    expect((await call(master, startCall(WEB_01))).status).toBe(left === "DOWN" ? 400 : 200);
  });

  test.each([
    ["hang_before", "none"],
    ["hang_after", "accepted"],
  ] as const)("after %s no answer ever comes", async (kind, outcome) => {
    const { master } = await startDraining();
    master.fault("START_MAINTENANCE", { kind });
    const givingUp = new AbortController();
    const hanging = call(master, startCall(WEB_01), givingUp.signal).catch(() => "gave up");
    await expect.poll(() => master.calls()).toHaveLength(1);
    expect(master.calls()).toMatchObject([{ status: null, outcome }]);
    givingUp.abort();
    expect(await hanging).toBe("gave up");
  });

  test("a call that is held takes effect although the caller has given up", async () => {
    const { master, mode } = await startDraining();
    let release = () => {};
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    master.fault("START_MAINTENANCE", { kind: "hold", until });
    const givingUp = new AbortController();
    const late = call(master, startCall(WEB_01), givingUp.signal).catch(() => "gave up");
    await expect.poll(() => master.calls()).toHaveLength(1);
    expect(mode()).toBe("DRAINING");
    givingUp.abort();
    expect(await late).toBe("gave up");
    release();
    await expect.poll(mode).toBe("DOWN");
    expect(master.calls()).toMatchObject([{ type: "START_MAINTENANCE", outcome: "accepted" }]);
  });

  test("a call that is delayed takes effect after a while", async () => {
    const { master, mode } = await startDraining();
    master.fault("START_MAINTENANCE", { kind: "delay", ms: 5 });
    expect((await call(master, startCall(WEB_01))).status).toBe(200);
    expect(mode()).toBe("DOWN");
  });

  test("a call is refused with the status and words that were asked for, as often as was asked for", async () => {
    const { master, mode } = await startDraining();
    master.fault("*", { kind: "status", status: 500, text: "boom", times: 2 });
    expect(await call(master, startCall(WEB_01))).toEqual({ status: 500, text: "boom" });
    expect(await call(master, { type: "GET_TASKS" })).toEqual({ status: 500, text: "boom" });
    expect(mode()).toBe("DRAINING");
    expect((await call(master, startCall(WEB_01))).status).toBe(200);
    expect(master.calls().map(({ outcome }) => outcome)).toEqual(["none", "none", "accepted"]);
  });
});

describe("the HTTP side", () => {
  test("the HTTP side can go away and come back on the same port; the cluster remembers", async () => {
    const { master, mode } = await startDraining();
    const { url } = master;
    await master.stop();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    master.startMaintenance([WEB_01]);
    await master.start();
    expect(master.url).toBe(url);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(mode()).toBe("DOWN");
  });

  test("closing the master cuts calls that hang", async () => {
    const { master } = await startDraining();
    master.fault("GET_TASKS", { kind: "hang_before" });
    const hanging = call(master, { type: "GET_TASKS" }).catch(() => "cut");
    await expect.poll(() => master.calls()).toHaveLength(1);
    await master.close();
    expect(await hanging).toBe("cut");
  });
});
