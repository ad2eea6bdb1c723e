import { describe, expect, it, type OnTestFinishedHandler } from "vitest";
import { useEngine } from "../engine/support/engine.js";
import { ALICE, BOB, CAROL } from "../engine/support/people.js";
import type { TestCluster, TestMaintenance } from "../engine/support/test-cluster.js";
import { until } from "../support/until.js";

const MINUTE = 60_000;
/** Above 2^53 and without an end. */
const FOREIGN = {
  machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }],
  start: 1795195128662822401n,
  duration: null,
};
const STAYER = {
  name: "kafka",
  habit: "stayer" as const,
  tasks: [{ name: "broker", on: "web-01" }],
  answerAfterMs: 20,
};

/** Hours pass when the test says so: only the worker, who decides, lives by this clock. */
class Clock {
  #aheadMs = 0;
  readonly now = () => Date.now() + this.#aheadMs;

  pass(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** Waits for a message in the thread while the worker's jobs, whose times are far ahead, are woken. */
async function afterwards(maintenance: TestMaintenance, words: RegExp): Promise<string> {
  return await until(`${words} in the thread of ${maintenance.id}`, async () => {
    const found = maintenance.texts().find((text) => words.test(text));
    if (found === undefined) await maintenance.cluster.records.wakeAll();
    return found;
  });
}

describe.concurrent("what happens when nobody answers, and at a deadline (invariant 11)", () => {
  const engine = useEngine();

  async function start(
    onTestFinished: (end: OnTestFinishedHandler) => void,
    options: Parameters<ReturnType<typeof engine>["cluster"]>[0] = {},
  ): Promise<{ cluster: TestCluster; clock: Clock }> {
    const clock = new Clock();
    const cluster = await engine().cluster(
      { master: { frameworks: [STAYER] }, now: clock.now, ...options },
      (end) => onTestFinished(end),
    );
    cluster.master.postSchedule({ windows: [FOREIGN] });
    return { cluster, clock };
  }

  it("reminds the requester once at half time, and takes nothing down when the time is over", async ({
    onTestFinished,
  }) => {
    const { cluster, clock } = await start(onTestFinished);
    const maintenance = await cluster.drainToQuestion("web-02 4h");
    const question = await maintenance.question();
    clock.pass(29 * MINUTE);
    const looks = cluster.calls("GET_TASKS");
    await until("a look before half time", async () => {
      await cluster.records.wakeAll();
      return cluster.calls("GET_TASKS") > looks;
    });
    expect(maintenance.texts().join("\n")).not.toContain("nobody has answered yet");

    clock.pass(2 * MINUTE);
    const reminder = await afterwards(maintenance, /nobody has answered yet/);
    expect(reminder).toContain("@alice");
    clock.pass(30 * MINUTE);
    await afterwards(maintenance, /Nobody approved Down in time.*Nothing was taken down/);
    const settled = await until("the question without buttons", async () =>
      maintenance.threadNow().find((one) => one.ts === question.ts && one.buttons.length === 0),
    );
    expect(settled.text).toMatch(/[Ee]xpired/);
    expect(maintenance.texts().filter((text) => text.includes("nobody has answered yet"))).toHaveLength(1);

    // The old button, from a phone that had been offline.
    const [button] = question.buttons.filter((one) => one.decision.kind === "approve");
    if (button === undefined) throw new Error("The question had no button.");
    await cluster.click(BOB, question.ts, button);
    await cluster.told(BOB, /expired/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    expect(cluster.mode("web-02")).toBe("DRAINING");

    // A person asks again, and then it can be approved.
    await cluster.type(CAROL, `down ${maintenance.id}`);
    await maintenance.click(BOB, "approve");
    await afterwards(maintenance, /Down: 1 machine/);
    expect(cluster.calls("START_MAINTENANCE", "accepted")).toBe(1);
  });

  it("gives the machines back at the deadline, and leaves the windows of others (invariants 1 and 12)", async ({
    onTestFinished,
  }) => {
    const { cluster, clock } = await start(onTestFinished);
    const maintenance = await cluster.drain("web-01 4h --deadline 1h --then release");
    await maintenance.thread(/Scheduled/);
    expect(cluster.mode("web-01")).toBe("DRAINING");
    clock.pass(61 * MINUTE);
    await afterwards(maintenance, /The deadline has passed with 1 task left\. The machines are given back/);
    await afterwards(maintenance, /Cancelled/);
    expect(cluster.master.state().schedule.windows).toEqual([FOREIGN]);
    expect(cluster.mode("web-01")).toBe("UP");
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
  });

  it("asks at the deadline, and takes nothing down by itself", async ({ onTestFinished }) => {
    const { cluster, clock } = await start(onTestFinished, { config: { askAfterMs: 3 * 60 * MINUTE } });
    const maintenance = await cluster.drain("web-01 4h --deadline 1h --then ask");
    await maintenance.thread(/Scheduled/);
    clock.pass(61 * MINUTE);
    await afterwards(maintenance, /The deadline has passed with 1 task left\. The approval is asked for/);
    await afterwards(maintenance, /Take 1 machine down\?/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
  });

  it("is forced only where the policy allows it, and only with an approval of its own", async ({
    onTestFinished,
  }) => {
    const { cluster, clock } = await start(onTestFinished, { policy: { allowForce: true } });
    const maintenance = await cluster.drain("web-01 4h --deadline 1h --then force");
    await maintenance.thread(/Scheduled/);
    clock.pass(61 * MINUTE);
    await afterwards(maintenance, /Forced: the deadline has passed and tasks are left/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    await maintenance.click(ALICE, "approve");
    await cluster.told(ALICE, /somebody else has to approve/);
    await maintenance.click(BOB, "approve");
    await afterwards(maintenance, /Down: 1 machine, 1 task lost/);

    const { cluster: strict } = await start(onTestFinished);
    await strict.type(ALICE, "drain web-01 4h --deadline 1h --then force");
    const told = await strict.told(ALICE, /allow_force is off/);
    expect(told).toContain("--then ask or --then release");
    expect(strict.master.state().schedule.windows).toEqual([FOREIGN]);
  });

  it("waits while somebody holds, also past the deadline", async ({ onTestFinished }) => {
    const { cluster, clock } = await start(onTestFinished);
    const maintenance = await cluster.drain("web-01 4h --deadline 1h --then release");
    await maintenance.thread(/Scheduled/);
    await cluster.type(BOB, `hold ${maintenance.id} waiting for the backup`);
    await afterwards(maintenance, /@bob holds: waiting for the backup/);
    clock.pass(61 * MINUTE);
    const looks = cluster.calls("GET_TASKS");
    await until("looks past the deadline", async () => {
      await cluster.records.wakeAll();
      return cluster.calls("GET_TASKS") > looks + 1;
    });
    expect(cluster.mode("web-01")).toBe("DRAINING");
    await cluster.type(BOB, `release ${maintenance.id}`);
    await afterwards(maintenance, /The machines are given back/);
    await afterwards(maintenance, /Cancelled/);
    expect(cluster.master.state().schedule.windows).toEqual([FOREIGN]);
  });
});
