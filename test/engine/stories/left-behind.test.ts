import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB, CAROL } from "../support/people.js";
import type { TestCluster, TestMaintenance } from "../support/test-cluster.js";

const TWO_BATCHES = "web-0[1-4] 2h --batch 2 --horizon 2 --confirm 4";

/** The first batch of two is up, and the agent of web-01 does not come back. */
async function missing(cluster: TestCluster): Promise<TestMaintenance> {
  const roll = await cluster.drainToQuestion(TWO_BATCHES);
  await roll.click(BOB, "approve");
  await roll.thread(/Down \(batch 1 of 2\): 2 machines/);
  await roll.click(ALICE, "up");
  await roll.thread(/Up \(batch 1 of 2\)/);
  cluster.master.startAgent("web-02");
  await roll.thread(/Back: .web-02. registered again; 1 of 2 agents back/);
  return roll;
}

async function leftBehindBy(roll: TestMaintenance): Promise<TestMaintenance> {
  await roll.thread(/leaves behind .web-01./);
  const { leftBehind } = await roll.record();
  return roll.cluster.maintenance(leftBehind[0]?.id ?? "none");
}

describe("a machine that is left behind", () => {
  const engine = useEngine();
  const start = () =>
    engine().cluster({ master: { returnAfterMs: null }, policy: { agentReturnMs: 60_000 } });

  test("has a card and a thread of its own, says when its agent is late, and ends when it is back, while the roll goes on", async () => {
    const cluster = await start();
    const roll = await missing(cluster);
    await roll.click(BOB, "leave_behind");
    const own = await leftBehindBy(roll);
    await cluster.told(BOB, `goes on without web-01; ${own.id} waits for the agents there`);
    await own.root(`${own.id} · 1 machine left behind by ${roll.id} in ${cluster.name}`);
    await own.thread(/@bob left behind .web-01.: .* goes on without/);
    await own.thread(/Not back: the agents of .web-01. have not registered again/);
    expect(roll.texts().join()).not.toContain("Not back");
    await cluster.type(ALICE, `down ${roll.id}`);
    await roll.question();
    await roll.click(BOB, "approve");
    await roll.thread(/Down \(batch 2 of 2\)/);
    await roll.click(ALICE, "up");
    await roll.thread(/Up \(batch 2 of 2\)/);
    for (const host of ["web-03", "web-04"]) cluster.master.startAgent(host);
    await roll.root(new RegExp(`Up.* web-01 left behind, ${own.id} waits for the agents there`));
    expect((await own.record()).end).toBeNull();
    cluster.master.startAgent("web-01");
    await own.thread(/Back: .web-01. registered again/);
    await own.root(/Back in service/);
    expect(cluster.master.state().schedule.windows).toEqual([]);
  });

  test("is linked with the roll: both cards name and link each other", async () => {
    const cluster = await start();
    const roll = await missing(cluster);
    await roll.click(BOB, "leave_behind");
    const own = await leftBehindBy(roll);
    const linked = (one: TestMaintenance) =>
      new RegExp(`<https://ops.slack.com/archives/C\\d+/p${one.card()?.ts.replace(".", "")}\\|${one.id}>`);
    await own.root(/left behind by </);
    await own.root(linked(roll));
    await roll.root(linked(own));
    expect(roll.card()?.text).toMatch(/Left behind {2}.web-01., /);
  });

  test("is named on both cards where Slack tells no address, and that is not asked again and again", async () => {
    const cluster = await start();
    const roll = await missing(cluster);
    const asked = () => engine().webApi.callsOf("chat.getPermalink").length;
    const before = asked();
    engine().webApi.always("chat.getPermalink", { error: "method_not_supported_for_channel_type" });
    await roll.click(BOB, "leave_behind");
    const own = await leftBehindBy(roll);
    await own.root(`left behind by ${roll.id} `);
    await roll.root(`${own.id} waits for the agents there`);
    await own.thread(/Not back/);
    expect(asked() - before).toBe(2);
  });

  test("is left behind once when two people press the button, and the second hears who did it and where it is", async () => {
    const cluster = await start();
    const roll = await missing(cluster);
    const { value } = await roll.button("leave_behind");
    await cluster.click(BOB, value);
    await cluster.click(CAROL, value);
    const own = await leftBehindBy(roll);
    await cluster.told(CAROL, `@bob has left web-01 of batch 1 of 2 behind already; ${own.id} waits`);
    await own.thread(/left behind/);
    expect((await cluster.records.open()).records).toHaveLength(2);
  });

  test("is looked after though the worker stops right after the decision, and the master is away (invariants 7, 11)", async () => {
    const cluster = await start();
    const roll = await missing(cluster);
    await cluster.master.stop();
    await roll.click(BOB, "leave_behind");
    const own = await leftBehindBy(roll);
    await cluster.restart();
    await own.root(/left behind by/);
    await cluster.master.start();
    await own.thread(/Not back/);
  });
});
