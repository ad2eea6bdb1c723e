import { describe, expect, onTestFinished, test } from "vitest";
import type { RehearsalMaster } from "../../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../../src/rehearsal/master/options.js";
import { byHand, read, scheduleOf, startCluster, WEB_01, WEB_02 } from "../support/cluster.js";

/** `web-01` drains with a task of an old framework and one of a PARTITION_AWARE one, and both have answered. */
async function startDraining(options: Partial<RehearsalOptions> = {}) {
  const frameworks = [
    byHand("old", "stayer", "web-01"),
    { ...byHand("aware", "stayer", "web-01"), partitionAware: true },
  ];
  const master = await startCluster(onTestFinished, { frameworks, ...options });
  master.postSchedule(scheduleOf(WEB_01));
  master.tick();
  return master;
}

interface Shown {
  readonly name: string;
  readonly state: string;
}

async function tasksOf(master: RehearsalMaster) {
  const lists = await read(master, "GET_TASKS");
  const shown = (tasks: readonly Shown[]) => tasks.map(({ name, state }) => `${name} ${state}`).sort();
  return {
    tasks: shown(lists.tasks),
    unreachable: shown(lists.unreachable_tasks),
    completed: shown(lists.completed_tasks),
  };
}

async function agentsOf(master: RehearsalMaster): Promise<string[]> {
  const { agents } = await read(master, "GET_AGENTS");
  return agents.map(({ agent_info }: { agent_info: { hostname: string } }) => agent_info.hostname);
}

const running = (master: RehearsalMaster) => master.state().tasks.map(({ name }) => name);

const modeOf = (master: RehearsalMaster) => master.state().modes.get("web-01|10.0.0.1");

const RUNNING = ["aware-task TASK_RUNNING", "old-task TASK_RUNNING"];

const UNREACHABLE = ["aware-task TASK_UNREACHABLE", "old-task TASK_LOST"];

describe("an agent that is cut off", () => {
  test("an agent past the ping limit is in no list, its tasks are unreachable, and the machine drains on", async () => {
    const master = await startDraining();
    master.markUnreachable("web-01");
    expect(await agentsOf(master)).toEqual(["web-02", "db-01"]);
    expect((await read(master, "GET_AGENTS")).recovered_agents).toEqual([]);
    expect(await tasksOf(master)).toEqual({ tasks: [], unreachable: UNREACHABLE, completed: [] });
    expect(modeOf(master)).toBe("DRAINING");
    expect(master.state().answers).toEqual([]);
    expect(master.state().inverseOffers).toEqual([]);
    expect(running(master)).toEqual(["old-task", "aware-task"]);
  });

  test("an agent before the ping limit looks as ever", async () => {
    const master = await startDraining();
    master.partitionAgent("web-01");
    expect(await agentsOf(master)).toContain("web-01");
    expect((await tasksOf(master)).tasks).toEqual(RUNNING);
    expect(master.state().answers).toHaveLength(2);
  });

  test("its machine goes Down at once while agent and tasks go on, and they end when it reaches the master", async () => {
    const master = await startDraining();
    master.markUnreachable("web-01");
    master.startMaintenance([WEB_01]);
    expect(modeOf(master)).toBe("DOWN");
    expect(running(master)).toEqual(["old-task", "aware-task"]);
    expect(master.startAgent("web-01")).toBe(false);
    expect(running(master)).toEqual([]);
    master.stopMaintenance([WEB_01]);
    expect(master.startAgent("web-01")).toBe(true);
    expect((await tasksOf(master)).tasks).toEqual([]);
  });

  test.each([
    ["past the ping limit", (master: RehearsalMaster) => master.markUnreachable("web-01")],
    ["before the ping limit", (master: RehearsalMaster) => master.partitionAgent("web-01")],
  ])("an agent %s that reaches the master after Up has its id and its tasks again", async (_, cutOff) => {
    const master = await startDraining();
    const [before] = master.state().agents;
    cutOff(master);
    master.startMaintenance([WEB_01]);
    master.stopMaintenance([WEB_01]);
    expect(master.startAgent("web-01")).toBe(true);
    expect(master.state().agents[0]).toEqual({ ...before, deactivated: false });
    expect(await tasksOf(master)).toMatchObject({ tasks: RUNNING, unreachable: [] });
  });

  test("a framework's kill does not get there", async () => {
    const master = await startDraining();
    const [task] = master.state().tasks;
    master.partitionAgent("web-01");
    master.killTask(task?.id ?? "");
    expect(running(master)).toEqual(["old-task", "aware-task"]);
  });
});

describe("an agent whose process is killed", () => {
  test("a killed agent is not active, nothing is asked for it, and only tasks without checkpoints are lost", async () => {
    const fleeting = { ...byHand("fleeting", "stayer", "web-01"), checkpoint: false };
    const master = await startCluster(onTestFinished, {
      frameworks: [fleeting, byHand("old", "stayer", "web-01")],
    });
    master.postSchedule(scheduleOf(WEB_01));
    expect(master.state().inverseOffers).toHaveLength(2);
    master.killAgent("web-01");
    const { agents } = await read(master, "GET_AGENTS");
    expect(agents[0]).toMatchObject({ active: false, deactivated: false });
    expect(master.state().inverseOffers).toEqual([]);
    expect(await tasksOf(master)).toMatchObject({
      tasks: ["old-task TASK_RUNNING"],
      completed: ["fleeting-task TASK_LOST"],
    });
    expect(master.startAgent("web-01")).toBe(true);
    expect((await read(master, "GET_AGENTS")).agents[0].active).toBe(true);
    expect(master.state().inverseOffers).toHaveLength(1);
  });
});

describe("MARK_AGENT_GONE", () => {
  test("an agent is marked gone while it drains; an old framework's task stays unreachable and lost", async () => {
    const master = await startDraining();
    master.markAgentGone("web-01");
    expect(await agentsOf(master)).not.toContain("web-01");
    expect(await tasksOf(master)).toEqual({
      tasks: [],
      unreachable: ["old-task TASK_LOST"],
      completed: ["aware-task TASK_GONE_BY_OPERATOR"],
    });
    expect(running(master)).toEqual([]);
    expect(modeOf(master)).toBe("DRAINING");
  });

  test("the id of an agent that is gone never registers again", async () => {
    const master = await startDraining();
    master.markAgentGone("web-01");
    master.startMaintenance([WEB_01]);
    master.stopMaintenance([WEB_01]);
    expect(master.startAgent("web-01")).toBe(false);
    expect(await agentsOf(master)).not.toContain("web-01");
  });
});

describe("agents that come back otherwise than they left", () => {
  async function startUp(options: Partial<RehearsalOptions> = {}) {
    const master = await startDraining(options);
    master.startMaintenance([WEB_01]);
    master.stopMaintenance([WEB_01]);
    return master;
  }

  test("an agent comes back with its id from another address, on another machine to the master", async () => {
    const master = await startUp();
    const [before] = master.state().agents;
    expect(master.startAgent("web-01", { ip: "10.0.9.9" })).toBe(true);
    expect(master.state().agents[0]).toMatchObject({ id: before?.id, ip: "10.0.9.9" });
    expect((await read(master, "GET_AGENTS")).agents[0].pid).toBe("slave(1)@10.0.9.9:5051");
    expect([...master.state().modes.keys()]).toContain("web-01|10.0.9.9");
  });

  test("an agent registers anew, with a new id, other attributes and other resources", async () => {
    const master = await startUp();
    const id = master.registerAgent({ ...WEB_01, attributes: { rack: "r9" }, cpus: 1 });
    const { agents } = await read(master, "GET_AGENTS");
    expect(agents.at(-1).agent_info).toMatchObject({
      id: { value: id },
      attributes: [{ name: "rack", text: { value: "r9" } }],
    });
    expect(master.state().agents.filter((agent) => agent.hostname === "web-01")).toHaveLength(2);
  });

  test("nothing registers from a machine that is Down", async () => {
    const master = await startDraining();
    master.startMaintenance([WEB_01]);
    expect(master.registerAgent(WEB_01)).toBeNull();
    expect(await agentsOf(master)).not.toContain("web-01");
  });

  test("of two agents on a machine both leave by Down, and each comes back by itself", async () => {
    const second = { ...WEB_01, port: 5052 };
    const master = await startUp({ agents: [WEB_01, second, WEB_02] });
    expect(await agentsOf(master)).toEqual(["web-02"]);
    expect(master.startAgent("web-01:5052")).toBe(true);
    expect((await read(master, "GET_AGENTS")).agents).toMatchObject([
      { pid: "slave(1)@10.0.0.1:5052" },
      { pid: "slave(1)@10.0.0.2:5051" },
    ]);
  });
});
