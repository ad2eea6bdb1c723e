import { describe, expect, onTestFinished, test } from "vitest";
import { createMaster, type Master } from "../../src/mesos/master.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalFramework } from "../../src/rehearsal/master/options.js";
import { byHand, scheduleOf, startCluster, WEB_01 } from "../rehearsal/support/cluster.js";

/** `web-01` drains, and each framework has a task there; read with the real client. */
async function startDraining(...frameworks: RehearsalFramework[]) {
  const rehearsal = await startCluster(onTestFinished, { frameworks });
  const master = createMaster({ cluster: "prod", masters: [rehearsal.url], credentials: null, ca: null });
  onTestFinished(() => master.close());
  rehearsal.postSchedule(scheduleOf(WEB_01));
  return { rehearsal, master };
}

/** What a reader sees of the machine. */
async function seen(master: Master) {
  const { agents, recoveredAgents, tasks, status, frameworks } = await master.snapshot();
  const isHere = (agent: { machine: { hostname?: string } }) => agent.machine.hostname === "web-01";
  return {
    registered: agents.filter(isHere).length,
    recovered: recoveredAgents.filter(isHere).length,
    tasks: [...tasks].map(({ state }) => state),
    draining: status.draining.map(({ answers }) => answers.map(({ answer }) => answer)),
    asked: frameworks.map(({ inverseOffers }) => inverseOffers.length),
  };
}

const running = (rehearsal: RehearsalMaster) => rehearsal.state().tasks.length;

// Facts seen on a real master, 1.12: a machine from which nothing is heard, while its task runs all the time.
describe("a machine whose agent is away drains on, and its task runs", () => {
  test("past the ping limit the task of an old framework is lost, and the answer is gone with the agent", async () => {
    const { rehearsal, master } = await startDraining({
      ...byHand("f", "stayer", "web-01"),
      answerAfterMs: 0,
    });
    expect(await seen(master)).toMatchObject({
      registered: 1,
      tasks: ["TASK_RUNNING"],
      draining: [["accept"]],
    });
    rehearsal.markUnreachable("web-01");
    expect(await seen(master)).toEqual({
      registered: 0,
      recovered: 0,
      tasks: ["TASK_LOST"],
      draining: [[]],
      asked: [0],
    });
    expect(running(rehearsal)).toBe(1);
  });

  test.each<[string, (rehearsal: RehearsalMaster) => void, { recovered: number; draining: unknown[] }]>([
    ["within agent_reregister_timeout", () => {}, { recovered: 1, draining: [[]] }],
    [
      "after agent_reregister_timeout",
      (rehearsal) => rehearsal.passAgentReregisterTimeout(),
      { recovered: 0, draining: [[]] },
    ],
    [
      "with the registry in memory",
      (rehearsal) => rehearsal.failOver({ registry: "in_memory" }),
      { recovered: 0, draining: [] },
    ],
  ])("after a fail-over, %s, it is in no list of tasks", async (_, then, expected) => {
    const { rehearsal, master } = await startDraining(byHand("f", "stayer", "web-01"));
    rehearsal.partitionAgent("web-01");
    rehearsal.failOver();
    then(rehearsal);
    expect(await seen(master)).toMatchObject({ registered: 0, tasks: [], ...expected });
    expect(running(rehearsal)).toBe(1);
  });
});

describe("an agent that an operator marked gone", () => {
  test.each([
    ["of a PARTITION_AWARE framework", true],
    ["of an old framework", false],
  ])("a task %s tells of it, and is over", async (_, partitionAware) => {
    const { rehearsal, master } = await startDraining({ ...byHand("f", "stayer", "web-01"), partitionAware });
    const id = rehearsal.state().agents.find(({ hostname }) => hostname === "web-01")?.id;
    expect((await master.snapshot()).goneAgents).toEqual([]);
    rehearsal.markAgentGone("web-01");
    expect((await master.snapshot()).goneAgents).toEqual([id]);
    expect(await seen(master)).toMatchObject({ registered: 0, recovered: 0, tasks: [], draining: [[]] });
  });

  test("without a task there nothing tells of it, nor of one that was only cut off", async () => {
    const { rehearsal, master } = await startDraining(byHand("f", "stayer", "web-02"));
    rehearsal.markAgentGone("web-01");
    rehearsal.markUnreachable("web-02");
    expect((await master.snapshot()).goneAgents).toEqual([]);
  });

  test("a Down is not taken for it", async () => {
    const { rehearsal, master } = await startDraining({
      ...byHand("f", "stayer", "web-01"),
      partitionAware: true,
    });
    rehearsal.startMaintenance([WEB_01]);
    expect((await master.snapshot()).goneAgents).toEqual([]);
  });
});

describe("tasks that ended", () => {
  test("a task that failed and those that a Down cost are told with their agent and time", async () => {
    const { rehearsal, master } = await startDraining(byHand("f", "stayer", "web-01"));
    const agentId = rehearsal.state().agents.find(({ hostname }) => hostname === "web-01")?.id;
    rehearsal.failTask(rehearsal.launchTask("f", "web-01", "api"));
    rehearsal.killTask(rehearsal.launchTask("f", "web-01", "other"));
    expect((await master.snapshot()).ended).toMatchObject([{ how: "failed", agentId, app: "api" }]);
    const before = Date.now();
    rehearsal.startMaintenance([WEB_01]);
    const lost = (await master.snapshot()).ended.filter(({ how }) => how === "lost_with_agent");
    expect(lost).toMatchObject([{ agentId }]);
    expect(Math.abs((lost[0]?.atMs ?? 0) - before)).toBeLessThan(60_000);
  });
});

describe("first answers", () => {
  test("the first look that shows DRAINING holds the answers of frameworks that answer at once", async () => {
    const { master } = await startDraining(
      { ...byHand("yes", "stayer", "web-01"), answerAfterMs: 0 },
      { ...byHand("no", "decliner", "web-01"), answerAfterMs: 0 },
    );
    expect(await seen(master)).toMatchObject({ draining: [["accept", "decline"]], asked: [0, 0] });
  });
});

describe("who is asked", () => {
  test("frameworks are disconnected after a fail-over, and nothing is asked of them until they subscribe", async () => {
    const { rehearsal, master } = await startDraining(byHand("f", "stayer", "web-01"));
    rehearsal.failOver({ reregisterMs: null });
    rehearsal.reregister("agents");
    expect(await seen(master)).toMatchObject({ registered: 1, tasks: ["TASK_RUNNING"], asked: [0] });
    rehearsal.reregister("frameworks");
    expect(await seen(master)).toMatchObject({ asked: [1] });
  });

  test("a framework that is disconnected is asked nothing, and its last answer stands with its time", async () => {
    const quick = { ...byHand("quick", "stayer", "web-01"), answerAfterMs: 0, askAgainMs: 0 };
    const { rehearsal, master } = await startDraining(quick, byHand("slow", "stayer", "web-01"));
    rehearsal.disconnectFramework("quick");
    rehearsal.disconnectFramework("slow");
    const answers = async () => (await master.snapshot()).status.draining[0]?.answers;
    const before = await answers();
    expect(before).toMatchObject([{ answer: "accept" }]);
    rehearsal.tick();
    expect(await answers()).toEqual(before);
    expect(await seen(master)).toMatchObject({ asked: [0, 0] });
    rehearsal.reregister("frameworks");
    expect(await seen(master)).toMatchObject({ asked: [0, 1] });
  });
});

test("a window that another editor writes back stands at exactly the nanoseconds it had, and drains again", async () => {
  const { rehearsal, master } = await startDraining(byHand("f", "stayer", "web-01"));
  const { leaderId, schedule } = await master.snapshot();
  await master.updateSchedule({ windows: [] });
  rehearsal.postSchedule(schedule);
  expect(await master.scheduleOf(leaderId)).toEqual(schedule);
  expect(await seen(master)).toMatchObject({ draining: [[]], asked: [1] });
});
