import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

describe("a fail-over while machines drain", () => {
  const engine = useEngine();

  test("a drain keeps the answers as no longer counted, does not take recovering agents for empty ones, and goes on (invariant 2)", async () => {
    const cluster = await engine().cluster({
      master: {
        frameworks: [
          {
            name: "marathon",
            habit: "mover",
            tasks: [{ name: "api", on: "web-01" }],
            answerAfterMs: null,
            moveEveryMs: null,
            askAgainMs: null,
          },
        ],
      },
    });
    const { master } = cluster;
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await maintenance.thread(/Scheduled/);
    master.answer("marathon", "web-01", "accept");
    await maintenance.thread(/marathon: promised 1/);

    master.failOver({ reregisterMs: null });
    await maintenance.thread(/The leading master changed and forgot all answers/);
    await maintenance.root(/2 machines are not back after a fail-over: their tasks cannot be seen/);
    // Several more looks at a master that shows no tasks at all.
    await cluster.looks(5);
    expect(maintenance.texts().filter((text) => /Empty|Take \d+ machine/.test(text))).toEqual([]);
    await cluster.type(ALICE, `down ${maintenance.id}`);
    await cluster.told(ALICE, /has not registered again since the fail-over, so its tasks are not known/);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);

    master.reregister();
    await cluster.until("the framework is asked again", async () => master.state().inverseOffers.length > 0);
    master.answer("marathon", "web-01", "accept");
    master.tick();
    await maintenance.thread(/Empty/);
    await maintenance.question();
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 2 machines, 0 tasks lost/);
  });

  test("an open question stays open, nothing is taken down on what cannot be seen, and the click can be repeated", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    cluster.master.failOver({ reregisterMs: null });
    await maintenance.click(BOB, "approve");
    await cluster.told(BOB, /has not registered again since the fail-over.*\n.*the question stays open/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    cluster.master.reregister();
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });

  test("hosts are only looked up when all agents have registered again", async () => {
    const cluster = await engine().cluster();
    cluster.master.failOver({ reregisterMs: null });
    const maintenance = await cluster.drain("web-* 2h --confirm 6");
    expect(await maintenance.thread(/has not heard from all agents since it was elected/)).toContain(
      "No window was posted yet",
    );
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    cluster.master.reregister();
    await maintenance.thread(/Scheduled: 6 machines/);
  });

  test("a drain right after a restart of a master that kept nothing waits until the agents have registered", async () => {
    const cluster = await engine().cluster();
    cluster.master.failOver({ registry: "in_memory", reregisterMs: null });
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    expect(await maintenance.thread(/elected less than two minutes ago/)).toContain(
      "No window was posted yet",
    );
    cluster.master.reregister();
    await maintenance.thread(/Scheduled: 2 machines/);
  });

  test("machines whose address nobody has seen are named by a worker that was started since, ours among them", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    cluster.master.failOver({ reregisterMs: null });
    await cluster.restart();
    await cluster.type(ALICE, "hosts all");
    const all = await cluster.told(ALICE, /6 machines: 5 up, 1 draining/);
    expect(all).toMatch(/not registered again since the fail-over, so it is not known what runs there/);
    expect(all).toMatch(/web-01 .*draining +0\+1\? +\?/);
    expect(all).toMatch(/web-03 +not told +up +0\+1\? +\?/);
    await cluster.type(ALICE, "status web-03");
    expect(await cluster.told(ALICE, /1 machine: 1 up/)).toContain(
      "not registered again since the fail-over",
    );
    await cluster.type(ALICE, "down web-01");
    await cluster.told(ALICE, /the approval is already asked for/);
    await cluster.type(ALICE, "cancel web-03");
    await cluster.told(ALICE, /web-03 is in no maintenance/);
    await cluster.type(ALICE, "cancel web-01");
    await cluster.told(ALICE, /are being given back/);
    await maintenance.root(/Cancelled/);
  });

  test("machines that are Down stay so through it, and are brought up", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 2 machines/);
    const { id } = cluster.master.state();
    cluster.master.failOver();
    await cluster.until("another leader", async () => cluster.master.state().id !== id);
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await maintenance.root(/Back in service/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});
