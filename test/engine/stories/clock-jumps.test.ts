import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { BOB, CAROL } from "../support/people.js";

const HOUR = 3_600_000;

describe("a clock that jumps", () => {
  const engine = useEngine();

  test("back an hour: the master is looked at again within a minute, and the thread is told once (invariant 11)", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-01 6h --in 2h");
    await maintenance.thread(/Scheduled/);
    // No event of the master wakes it any more.
    await cluster.looks(20);
    await cluster.until("it waits for its next look", async () => {
      const job = await cluster.records.queue.getJob(maintenance.id);
      return (await job?.getState()) === "delayed";
    });
    const beforeMs = cluster.nowMs();
    cluster.setClockBy(-HOUR);
    await cluster.looks(3);
    expect(cluster.nowMs() - beforeMs).toBeLessThan(90_000);
    await maintenance.thread(/The clock of the worker .* was set back by 1 h/);
    await cluster.looks(5);
    expect(maintenance.texts().filter((text) => text.includes("was set back"))).toHaveLength(1);
  });

  test("ahead a day for five seconds: nothing is asked, overdue or expired, nor waits for a day (invariants 5 and 13)", async () => {
    const cluster = await engine().cluster({ policy: { approvalTtlMs: HOUR, unwatchedAfterMs: 300_000 } });
    const later = await cluster.drain("web-02 2h --in 12h");
    await later.thread(/Scheduled/);
    const asked = await cluster.drainToQuestion("web-01 6h");
    cluster.setClockBy(24 * HOUR);
    await cluster.runsDue();
    cluster.moveOn(4_000);
    await cluster.runsDue();
    cluster.setClockBy(-24 * HOUR);
    const beforeMs = cluster.nowMs();
    await cluster.looks(3);
    expect(cluster.nowMs() - beforeMs).toBeLessThan(90_000);
    const texts = [...later.texts(), ...asked.texts()].join("\n");
    expect(texts).not.toMatch(/expired|Overdue|was set|Nobody had looked after/);
    await asked.click(BOB, "approve");
    await asked.thread(/Down: 1 machine/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });

  test("because its machine stood still for hours: an approval that is clicked right then counts nothing (invariants 5 and 13)", async () => {
    const cluster = await engine().cluster({ policy: { unwatchedAfterMs: 300_000 } });
    const asked = await cluster.drainToQuestion("web-01 6h");
    cluster.setClockBy(3 * HOUR);
    await asked.click(BOB, "approve");
    await cluster.told(BOB, /Nothing was taken down/);
    await asked.thread(/Nobody had looked after this/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
  });

  test("while nobody knows what time it is: a hold counts at once, and not after what it was to stop", async () => {
    const cluster = await engine().cluster();
    const asked = await cluster.drainToQuestion("web-01 6h");
    cluster.setClockBy(-HOUR);
    await asked.click(CAROL, "hold");
    await cluster.runsDue();
    expect((await asked.record()).held).not.toBeNull();
  });

  test("ahead for good: what expired meanwhile is told so once the new time is believed", async () => {
    const cluster = await engine().cluster({ policy: { approvalTtlMs: HOUR } });
    const asked = await cluster.drainToQuestion("web-01 6h");
    cluster.setClockBy(3 * HOUR);
    await asked.thread(/nobody approved Down in time/);
    await asked.thread(/The clock of the worker .* was set ahead by 3 h/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
  });
});
