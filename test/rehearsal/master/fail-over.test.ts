import { describe, expect, onTestFinished, test } from "vitest";
import { byHand, call, read, scheduleOf, startCluster, WEB_01, WEB_02 } from "../support/cluster.js";

async function startAnswered() {
  const master = await startCluster(onTestFinished, {
    frameworks: [byHand("f", "stayer", "web-01", "web-02")],
  });
  master.postSchedule(scheduleOf(WEB_01, WEB_02));
  master.tick();
  master.startMaintenance([WEB_02]);
  return master;
}

describe("a fail-over", () => {
  test("a fail-over clears answers; schedule and modes survive under a new leader id", async () => {
    const master = await startAnswered();
    const before = master.state();
    master.failOver({ reregisterMs: null });
    const after = master.state();
    expect(after.id).not.toBe(before.id);
    expect(after.schedule).toEqual(before.schedule);
    expect(after.modes.get("web-01|10.0.0.1")).toBe("DRAINING");
    expect(after.modes.get("web-02|10.0.0.2")).toBe("DOWN");
    expect(after.answers).toEqual([]);
  });

  test("agents are recovered and tasks look absent until they register again", async () => {
    const master = await startAnswered();
    master.failOver({ reregisterMs: null });
    expect(await read(master, "GET_AGENTS")).toMatchObject({
      agents: [],
      recovered_agents: [{ hostname: "web-01" }, { hostname: "db-01" }],
    });
    expect((await read(master, "GET_TASKS")).tasks).toEqual([]);
    expect((await read(master, "GET_FRAMEWORKS")).frameworks).toEqual([]);

    master.reregister("agents");
    expect((await read(master, "GET_TASKS")).tasks).toHaveLength(1);
    expect((await read(master, "GET_FRAMEWORKS")).frameworks).toMatchObject([
      { recovered: true, connected: false, active: false },
    ]);
    expect(master.state().inverseOffers).toEqual([]);

    master.reregister("frameworks");
    expect((await read(master, "GET_FRAMEWORKS")).frameworks).toMatchObject([
      { recovered: false, connected: true },
    ]);
    expect(master.state().inverseOffers).toHaveLength(1);
  });

  test("the new leader answers 503 until it has recovered", async () => {
    const master = await startAnswered();
    master.failOver({ recoveryMs: null });
    expect(await call(master, { type: "GET_TASKS" })).toEqual({
      status: 503,
      text: "Master has not finished recovery",
    });
    expect(master.calls().at(-1)).toMatchObject({ type: null, status: 503, outcome: "refused" });
    master.setLeading("leading");
    expect((await call(master, { type: "GET_TASKS" })).status).toBe(200);
  });

  test("recovery ends and frameworks are asked again after the delays that were set", async () => {
    const master = await startAnswered();
    master.failOver({ recoveryMs: 5, reregisterMs: 5 });
    await expect.poll(() => master.state().inverseOffers.length).toBe(1);
    expect(master.state().leading).toBe("leading");
  });

  test("a fail-over ends the event streams", async () => {
    const master = await startAnswered();
    const ended = call(master, { type: "SUBSCRIBE" }).catch(() => "cut");
    await expect.poll(() => master.state().subscribers).toBe(1);
    master.failOver();
    expect(await ended).toBe("cut");
    expect(master.state().subscribers).toBe(0);
  });
});

test("a master was elected an hour before it is met, and at a fail-over now", async () => {
  const clock = () => 1_795_193_594_000;
  const master = await startCluster(onTestFinished, { clock });
  const electedMs = async () => (await read(master, "GET_MASTER")).elected_time * 1_000;
  expect(await electedMs()).toBeCloseTo(clock() - 3_600_000, -2);
  master.failOver();
  expect(await electedMs()).toBeCloseTo(clock(), -2);
});

describe("agents that are not back after a fail-over", () => {
  test("an agent that is cut off stays recovered, and is in no list after agent_reregister_timeout", async () => {
    const master = await startCluster(onTestFinished, { frameworks: [byHand("f", "stayer", "web-01")] });
    master.postSchedule(scheduleOf(WEB_01));
    master.partitionAgent("web-01");
    master.failOver();
    const recovered = async () => (await read(master, "GET_AGENTS")).recovered_agents.length;
    expect(await recovered()).toBe(1);
    master.passAgentReregisterTimeout();
    expect(await recovered()).toBe(0);
    expect((await read(master, "GET_AGENTS")).agents).toHaveLength(2);
    const { tasks, unreachable_tasks, completed_tasks } = await read(master, "GET_TASKS");
    expect([tasks, unreachable_tasks, completed_tasks]).toEqual([[], [], []]);
    expect(master.state().modes.get("web-01|10.0.0.1")).toBe("DRAINING");
    expect(master.state().tasks).toHaveLength(1);

    expect(master.startAgent("web-01")).toBe(true);
    expect((await read(master, "GET_TASKS")).tasks).toMatchObject([{ state: "TASK_RUNNING" }]);
  });

  test("the timeout of an earlier fail-over drops nobody after a later one", async () => {
    const timers: (() => void)[] = [];
    const after = (_: number, act: () => void) => {
      timers.push(act);
      return () => {};
    };
    const master = await startCluster(onTestFinished, { after });
    const recovered = async () => (await read(master, "GET_AGENTS")).recovered_agents.length;
    master.failOver({ reregisterMs: null });
    const early = [...timers];
    master.failOver({ reregisterMs: null });
    for (const act of early) act();
    expect(await recovered()).toBe(3);
    for (const act of timers) act();
    expect(await recovered()).toBe(0);
  });

  test("a master with its registry in memory forgets schedule, modes and agents at once; agents come a moment later", async () => {
    const master = await startAnswered();
    const before = master.state();
    master.failOver({ registry: "in_memory", reregisterMs: null });
    const after = master.state();
    expect(after.id).not.toBe(before.id);
    expect(after.schedule).toEqual({ windows: [] });
    expect(after.modes.size).toBe(0);
    expect(await read(master, "GET_AGENTS")).toMatchObject({ agents: [], recovered_agents: [] });
    const lists = await read(master, "GET_TASKS");
    expect([lists.tasks, lists.unreachable_tasks]).toEqual([[], []]);

    master.reregister();
    expect((await read(master, "GET_AGENTS")).agents).toHaveLength(2);
    expect((await read(master, "GET_TASKS")).tasks).toMatchObject([{ state: "TASK_RUNNING" }]);
    expect(master.state().modes.get("web-01|10.0.0.1")).toBe("UP");
  });
});

describe("a leader that has not recovered, asked by the old endpoints", () => {
  test("a schedule post waits until the leader has recovered, or until the caller gives up", async () => {
    const master = await startCluster(onTestFinished);
    master.setLeading("not_recovered");
    const post = (signal?: AbortSignal) =>
      fetch(`${master.url}/maintenance/schedule`, {
        method: "POST",
        body: '{"windows":[{"machine_ids":[{"hostname":"web-01","ip":"10.0.0.1"}],"unavailability":{"start":{"nanoseconds":1}}}]}',
        ...(signal === undefined ? {} : { signal }),
      });
    const givenUp = new AbortController();
    const first = post(givenUp.signal).catch(() => "gave up");
    const second = post();
    givenUp.abort();
    expect(await first).toBe("gave up");
    expect(master.state().schedule.windows).toEqual([]);
    // Whether the second post has arrived by now or comes later, it is carried out once the master leads.
    master.setLeading("leading");
    expect((await second).status).toBe(200);
    expect(master.state().schedule.windows).toHaveLength(1);
  });
});
