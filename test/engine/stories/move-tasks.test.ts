import { describe, expect, test } from "vitest";
import type { RehearsalMarathonOptions } from "../../support/marathon/options.js";
import { marathonOn } from "../../support/marathon.js";
import { type TestClusterOptions, useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";
import type { TestCluster, TestMaintenance } from "../support/test-cluster.js";

const APP = "/shop/api";

/** Two copies of four run on web-01; two have to stay healthy. */
const HALF: TestClusterOptions["marathon"] = { apps: [{ id: APP, minimumHealthCapacity: 0.5 }] };

const HOSTS = ["web-01", "web-01", "web-02", "web-03"];

describe("moving tasks of a Marathon", () => {
  const engine = useEngine();

  function cluster(
    marathon: Omit<RehearsalMarathonOptions, "master"> | undefined = HALF,
    options: TestClusterOptions = {},
  ): Promise<TestCluster> {
    return engine().cluster({
      master: { frameworks: [marathonOn(...HOSTS)] },
      marathon: marathon ?? { apps: [] },
      ...options,
      policy: { askAfterMs: 3_600_000, ...options.policy },
    });
  }

  /** Until somebody is asked whether tasks are to be moved. */
  async function asked(one: TestCluster, hosts = "web-01 2h"): Promise<TestMaintenance> {
    const maintenance = await one.drain(hosts);
    await maintenance.click(ALICE, "ask_move");
    await maintenance.thread(/Move \d tasks? to other machines\?/);
    return maintenance;
  }

  async function approved(one: TestCluster): Promise<TestMaintenance> {
    const maintenance = await asked(one);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/@bob approved Move tasks/);
    return maintenance;
  }

  /** Until a copy is healthy in the place of the last one that was killed: then the next may go. */
  const healthyAgain = (one: TestCluster) =>
    one.until("four healthy", () => {
      const history = one.marathon.history(APP);
      return history.at(-1)?.healthy === 4 && history.some(({ healthy }) => healthy < 4);
    });

  const killed = (one: TestCluster) => one.marathon.kills().flatMap(({ ids }) => ids);

  const fewestHealthy = (one: TestCluster) =>
    Math.min(...one.marathon.history(APP).map(({ healthy }) => healthy));

  test("once it is approved, tasks are killed one after another, the app stays healthy, and the machine gets empty", async () => {
    const one = await cluster();
    const maintenance = await asked(one);
    const question = await maintenance.thread(/Move 2 tasks/);
    expect(question).toMatch(/\/shop\/api.*2 tasks on .*web-01.* 4 of 4 healthy .* at least 2 stay so/);
    expect(killed(one)).toEqual([]);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(
      /asked Marathon to kill task 1 of 2 of \/shop\/api on web-01; 4 were healthy, 2 have to be/,
    );
    await maintenance.root(/Moving tasks .*1 of 2 gone/);
    await maintenance.thread(/task 2 of 2/);
    await maintenance.thread(/Moving tasks is over: 2 of 2 are gone\. None of them is left/);
    expect(one.marathon.kills()).toHaveLength(2);
    expect(one.marathon.kills().every(({ scale, wipe }) => !scale && !wipe)).toBe(true);
    expect(fewestHealthy(one)).toBe(3);
    expect(one.marathon.tasksOf(APP).map(({ host }) => host)).not.toContain("web-01");
    await maintenance.thread(/Take 1 machine down\?/);
    expect(one.calls("START_MAINTENANCE")).toBe(0);
  });

  test("no task is killed by asking, by a deny, or by an approval of the requester (invariant 6)", async () => {
    const one = await cluster();
    const maintenance = await asked(one);
    await maintenance.click(ALICE, "approve");
    expect(await one.told(ALICE, /somebody else has to approve/)).toContain("No task was killed");
    await maintenance.click(BOB, "deny");
    await maintenance.thread(/@bob denied Move tasks.*No task was killed/);
    await one.looks(3);
    expect(killed(one)).toEqual([]);
  });

  test("an approval of Down moves no task, and one of moving takes nothing down", async () => {
    const one = await cluster();
    const maintenance = await approved(one);
    await maintenance.thread(/Moving tasks is over/);
    expect(one.calls("START_MAINTENANCE")).toBe(0);
    const other = await cluster();
    const down = await other.drain("web-01 2h");
    await down.thread(/Scheduled/);
    await other.type(ALICE, `down ${down.id}`);
    await down.click(BOB, "approve");
    await down.thread(/Down: 1 machine/);
    expect(killed(other)).toEqual([]);
  });

  test("an app that needs all of its instances is not offered, and the reply says why", async () => {
    const one = await cluster({ apps: [{ id: APP }] });
    const maintenance = await one.drain("web-01 2h");
    await maintenance.click(ALICE, "ask_move");
    const told = await one.told(ALICE, /nothing can be moved/);
    expect(told).toMatch(/needs all of its 4 instances healthy \(minimumHealthCapacity 1\)/);
    await one.looks(2);
    expect(maintenance.texts().join()).not.toContain("to other machines?");
  });

  test("without a Marathon whose address is known there is no button, and the command says so", async () => {
    const one = await engine().cluster({ master: { frameworks: [marathonOn("web-01")] } });
    const maintenance = await one.drain("web-01 2h");
    await maintenance.thread(/Scheduled/);
    await one.type(ALICE, `move ${maintenance.id}`);
    await one.told(ALICE, /no framework with tasks on these machines is a Marathon whose address is known/);
    expect(JSON.stringify(maintenance.card()?.buttons)).not.toContain("ask_move");
  });

  test("copies that come back to machines with windows end it after two", async () => {
    const one = await cluster({ ...HALF, apps: HALF?.apps ?? [], ignoresWindows: true });
    const maintenance = await approved(one);
    await maintenance.thread(/Nothing more is moved of .*2 copies of it came back to machines with a window/);
    await maintenance.thread(/Moving tasks is over: 2 of 2 are gone/);
    await one.looks(5);
    expect(killed(one)).toHaveLength(2);
  });

  test("a Marathon that is away stops the kills and nothing else, and is asked at most once a poll", async () => {
    const one = await cluster(HALF, { policy: { pollMs: 10_000 } });
    const maintenance = await asked(one);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/task 1 of 2/);
    await one.marathon.stop();
    await maintenance.thread(/cannot be reached.*No task is killed meanwhile; everything else goes on/);
    await maintenance.root(/No task is killed meanwhile/);
    expect((await maintenance.record()).trouble).toBeNull();
    await one.marathon.start();
    await maintenance.thread(/Marathon answers again/);
    await maintenance.thread(/Moving tasks is over: 2 of 2/);
    expect(new Set(killed(one)).size).toBe(2);
  });

  test("a kill that got no answer is settled by looking, and no task is killed twice (invariant 7)", async () => {
    const one = await cluster();
    const maintenance = await asked(one);
    one.marathon.setFault("kills", { kind: "lost" });
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/task 1 of 2.*no answer came/);
    await maintenance.thread(/Moving tasks is over: 2 of 2/);
    expect(killed(one)).toHaveLength(2);
    expect(new Set(killed(one)).size).toBe(2);
    expect(fewestHealthy(one)).toBe(3);
  });

  test("a refused kill ends the moving of that Marathon's apps: it is told once, and the task goes on running", async () => {
    const one = await cluster();
    const maintenance = await asked(one);
    one.marathon.setFault("kills", { kind: "answer", status: 403, body: '{"message":"no rights"}' });
    await maintenance.click(BOB, "approve");
    await maintenance.thread(
      /Nothing more is moved of .*refuses the login. It said: no rights. Look .*ask again with Move tasks/,
    );
    await maintenance.thread(/Moving tasks is over: 0 of 2 are gone. What is left of \/shop\/api stays/);
    await one.looks(5);
    const texts = maintenance.texts().join("\n");
    expect(texts.match(/refuses the login/g)).toHaveLength(1);
    expect(texts).not.toMatch(/answers again|task 1 of 2/);
    expect(killed(one)).toEqual([]);
    one.marathon.setFault("kills", null);
    await maintenance.click(ALICE, "ask_move");
    await one.until(
      "another question",
      () => maintenance.texts().filter((text) => text.includes("Move 2 tasks")).length === 2,
    );
  });

  test("an app that a deployment has locked is waited for", async () => {
    const one = await cluster();
    const maintenance = await asked(one);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/task 1 of 2/);
    one.marathon.setLocked(APP, true);
    await healthyAgain(one);
    await one.looks(6);
    expect(killed(one)).toHaveLength(1);
    one.marathon.setLocked(APP, false);
    await maintenance.thread(/Moving tasks is over: 2 of 2/);
  });

  test("an instance that fails elsewhere is waited for, so that the minimum is kept", async () => {
    const one = await cluster({ apps: [{ id: APP, minimumHealthCapacity: 0.75 }] });
    const elsewhere = one.marathon.tasksOf(APP).find(({ host }) => host === "web-03")?.id ?? "";
    const maintenance = await asked(one);
    one.marathon.setHealth(elsewhere, false);
    await maintenance.click(BOB, "approve");
    await one.looks(8);
    expect(killed(one)).toEqual([]);
    one.marathon.setHealth(elsewhere, true);
    await maintenance.thread(/Moving tasks is over: 2 of 2/);
    expect(fewestHealthy(one)).toBe(3);
  });

  test("a worker that dies in the middle leaves off where the next one goes on, and no task is killed twice", async () => {
    const one = await cluster();
    const maintenance = await approved(one);
    await maintenance.thread(/task 1 of 2/);
    await one.restart();
    await maintenance.thread(/Moving tasks is over: 2 of 2/);
    expect(killed(one)).toHaveLength(2);
    expect(new Set(killed(one)).size).toBe(2);
  });

  test("a hold stops it, and a release lets it go on", async () => {
    const one = await cluster();
    const maintenance = await approved(one);
    await maintenance.thread(/task 1 of 2/);
    await one.type(ALICE, `hold ${maintenance.id}`);
    await maintenance.thread(/@alice holds/);
    await healthyAgain(one);
    await one.looks(6);
    expect(killed(one)).toHaveLength(1);
    await one.type(ALICE, `release ${maintenance.id}`);
    await maintenance.thread(/Moving tasks is over: 2 of 2/);
  });

  test("a cancel ends it", async () => {
    const one = await cluster();
    const maintenance = await approved(one);
    await maintenance.thread(/task 1 of 2/);
    await one.type(ALICE, `cancel ${maintenance.id}`);
    await maintenance.thread(/Moving tasks is over: \d of 2 are gone\. The machines are given back/);
    await maintenance.root(/Cancelled/);
    expect(killed(one)).toHaveLength(1);
  });

  test("an approved Down ends it", async () => {
    const one = await cluster();
    const maintenance = await approved(one);
    await maintenance.thread(/task 1 of 2/);
    await one.type(ALICE, `down ${maintenance.id}`);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Moving tasks is over: \d of 2 are gone\. Down was approved/);
    await maintenance.thread(/Down: 1 machine/);
    expect(killed(one)).toHaveLength(1);
  });

  test("its approval ends it when it expires", async () => {
    const one = await cluster(HALF, { policy: { approvalTtlMs: 20_000 } });
    const maintenance = await approved(one);
    await maintenance.thread(/task 1 of 2/);
    one.marathon.setLocked(APP, true);
    await maintenance.thread(
      /Moving tasks is over: 1 of 2 are gone\. The approval, or the window, has ended/,
    );
    one.marathon.setLocked(APP, false);
    await one.looks(5);
    expect(killed(one)).toHaveLength(1);
  });

  test("an app that cannot be moved any more makes the question void, and no other is asked", async () => {
    const one = await cluster();
    const maintenance = await asked(one);
    one.marathon.setLocked(APP, true);
    await maintenance.click(BOB, "approve");
    await one.told(BOB, /nothing of it can be moved any more; \/shop\/api: A deployment of it is under way/);
    await maintenance.thread(
      /The picture changed .*No task was killed:.*A new question follows, if anything can be moved/s,
    );
    expect(maintenance.texts().filter((text) => text.includes("to other machines?"))).toHaveLength(1);
    expect(killed(one)).toEqual([]);
  });

  test("a task that was not shown makes it asked anew", async () => {
    const one = await cluster();
    const maintenance = await asked(one);
    const { value } = await maintenance.button("approve");
    one.marathon.scaleTo(APP, 5);
    one.marathon.startTask(APP, "web-01");
    await one.click(BOB, value);
    await one.told(BOB, /a task of \/shop\/api on web-01 would be killed as well/);
    await maintenance.thread(/Move 3 tasks/);
    expect(killed(one)).toEqual([]);
  });
});
