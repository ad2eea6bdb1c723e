import { describe, expect, onTestFinished, test } from "vitest";
import type { World } from "../../src/maintenance/cluster/world.js";
import { createMaster } from "../../src/mesos/master.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import { byHand, scheduleOf, startCluster, WEB_01 } from "../rehearsal/support/cluster.js";
import { until } from "../support/until.js";

/** A master with two frameworks, and the real client with an open stream that has read everything once. */
async function startKeeping() {
  const frameworks = [byHand("marathon", "stayer", "web-01", "db-01"), byHand("aurora", "stayer", "web-02")];
  const rehearsal = await startCluster(onTestFinished, { frameworks });
  const differences: number[] = [];
  const master = createMaster({
    cluster: "prod",
    masters: [rehearsal.url],
    credentials: null,
    ca: null,
    onDifference: (count) => differences.push(count),
  });
  onTestFinished(() => master.close());
  const kinds: string[] = [];
  master.subscribe(({ kind }) => kinds.push(kind));
  await until("the stream", async () => kinds.includes("subscribed"));
  await master.look();
  const told = (count: number) => until(`${count} events`, async () => kinds.length >= count);
  return { rehearsal, master, differences, kinds, told };
}

/** What a look and a whole reading both show. */
function shownBy({ tasks, ended, agents, schedule, status, frameworks }: World) {
  const inOrder = [...tasks].sort((a, b) => a.id.localeCompare(b.id));
  return { tasks: inOrder, ended, agents: agents.map(({ id }) => id), schedule, status, frameworks };
}

const asked = (rehearsal: RehearsalMaster) => rehearsal.calls().map((call) => call.type);

const first = (rehearsal: RehearsalMaster) => rehearsal.state().tasks[0]?.id ?? "";

describe("a look while the event stream is open", () => {
  test.each<[string, number, (rehearsal: RehearsalMaster) => void]>([
    ["nothing happens", 0, () => undefined],
    ["a task is launched", 1, (rehearsal) => void rehearsal.launchTask("aurora", "web-01", "one")],
    ["a task is staged", 1, (rehearsal) => void rehearsal.stageTask("aurora", "web-01", "one")],
    [
      "a task is staged and runs",
      2,
      (rehearsal) => rehearsal.runTask(rehearsal.stageTask("aurora", "web-01", "one")),
    ],
    ["a task is killed", 1, (rehearsal) => rehearsal.killTask(first(rehearsal))],
    ["a task fails", 1, (rehearsal) => rehearsal.failTask(first(rehearsal))],
  ])(
    "shows what a whole reading shows, and asks for no agents and tasks, when %s",
    async (_, events, happens) => {
      const { rehearsal, master, differences, kinds, told } = await startKeeping();
      const before = kinds.length;
      happens(rehearsal);
      rehearsal.postSchedule(scheduleOf(WEB_01));
      await told(before + events);
      rehearsal.clearCalls();
      const look = await master.look();
      expect(asked(rehearsal).sort()).toEqual([
        "GET_FRAMEWORKS",
        "GET_MAINTENANCE_SCHEDULE",
        "GET_MAINTENANCE_STATUS",
        "GET_MASTER",
      ]);
      expect(shownBy(look)).toEqual(shownBy(await master.snapshot()));
      // What differed would be counted now.
      await master.snapshot();
      expect(differences).toEqual([]);
    },
  );

  test.each<[string, (rehearsal: RehearsalMaster) => void]>([
    ["an agent is cut off", (rehearsal) => rehearsal.markUnreachable("web-01")],
    ["an agent is marked gone", (rehearsal) => rehearsal.markAgentGone("web-01")],
    ["an agent registers", (rehearsal) => void rehearsal.registerAgent({ hostname: "new", ip: "10.0.0.9" })],
    ["the master fails over", (rehearsal) => rehearsal.failOver()],
  ])("is a whole reading when %s", async (_, happens) => {
    const { rehearsal, master, kinds, told } = await startKeeping();
    const before = kinds.length;
    happens(rehearsal);
    await told(before + 1);
    rehearsal.clearCalls();
    const look = await master.look();
    expect(asked(rehearsal)).toContain("GET_TASKS");
    expect(shownBy(look)).toEqual(shownBy(await master.snapshot()));
  });

  test("an event that never came is found by the next whole reading, which counts", async () => {
    const { rehearsal, master, differences } = await startKeeping();
    rehearsal.loseEvents();
    rehearsal.killTask(first(rehearsal));
    expect((await master.look()).tasks).toHaveLength(3);
    expect((await master.snapshot()).tasks).toHaveLength(2);
    expect((await master.look()).tasks).toHaveLength(2);
    expect(differences).toEqual([1]);
  });
});
