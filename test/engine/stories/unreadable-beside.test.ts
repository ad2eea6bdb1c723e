import { describe, expect, test } from "vitest";
import { MAINTENANCE_JOB } from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";
import type { TestCluster } from "../support/test-cluster.js";

const engine = useEngine();

/** A record that is on the queue and that nobody can read. */
async function placeUnreadable(cluster: TestCluster, data: unknown = { version: 2, id: "m-newer" }) {
  const options = { ...MAINTENANCE_JOB_OPTIONS, jobId: "m-newer" };
  await cluster.records.queue.add(MAINTENANCE_JOB, data, options);
  return {
    async mended() {
      const job = await cluster.records.queue.getJob("m-newer");
      await job?.remove();
    },
  };
}

const WHICH = /1 record cannot be read: m-newer \(not understood by this version/;

describe("a record that cannot be read is not left out of what is shown", () => {
  test.for(["status", "status web-01", "hosts web-01", "schedule", "history"])(
    "%s names it, why, what is not done and what to do",
    async (line) => {
      const cluster = await engine().cluster();
      await placeUnreadable(cluster);
      await cluster.type(ALICE, line);
      const told = await cluster.told(ALICE, WHICH);
      expect(told).toMatch(/Nothing is done for what cannot be read/);
      expect(told).toMatch(/Run the newer version of the bot again\./);
    },
  );

  test("clusters names it beside how many are open", async () => {
    const cluster = await engine().cluster();
    await placeUnreadable(cluster);
    await cluster.type(ALICE, "clusters");
    await cluster.told(ALICE, /0 open maintenances; 1 record cannot be read: m-newer/);
  });
});

describe("a record that cannot be read may hold any machine (invariant 13)", () => {
  test("a drain waits and posts nothing, says why, and goes on by itself when it can be read", async () => {
    const cluster = await engine().cluster();
    const { mended } = await placeUnreadable(cluster);
    const maintenance = await cluster.drain("web-01 1h");
    const told = await maintenance.thread(/⚠️/);
    expect(told).toMatch(WHICH);
    expect(told).toMatch(/Not done: .* no window was posted yet\./);
    expect(told).toMatch(/Next: Run the newer version .* It goes on by itself when it can be read\./s);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);
    await mended();
    await maintenance.thread(/Scheduled/);
  });

  test("a dry run plans nothing", async () => {
    const cluster = await engine().cluster();
    await placeUnreadable(cluster, "nothing of ours");
    await cluster.type(ALICE, "drain web-01 1h --dry-run");
    await cluster.told(
      ALICE,
      /m-newer \(nothing that a bot has written\).*It is not known which machines are held there/s,
    );
  });

  test.for(["up web-01", "cancel web-01", "down web-01"])(
    "%s is not told that the machine is in no maintenance",
    async (line) => {
      const cluster = await engine().cluster();
      await placeUnreadable(cluster);
      await cluster.type(ALICE, line);
      const told = await cluster.told(ALICE, /Whether web-01 is in a maintenance is not known/);
      expect(told).toMatch(WHICH);
      expect(told).not.toMatch(/Nothing: it is up/);
    },
  );

  test("Down waits where a budget counts what others hold, and Up does not", async () => {
    const cluster = await engine().cluster({
      policy: { budgets: [{ kind: "machines", most: { kind: "count", count: 5 }, hours: [] }] },
    });
    const maintenance = await cluster.drain("web-01 1h");
    await maintenance.question();
    const { mended } = await placeUnreadable(cluster);
    await maintenance.click(BOB, "approve");
    await cluster.told(BOB, /m-newer|budget/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    await mended();
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine,/);
    await placeUnreadable(cluster);
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await maintenance.thread(/Up: the master lets the agents/);
  });
});
