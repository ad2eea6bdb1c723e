import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

describe("a window of ours that is written back after its maintenance has ended", () => {
  const engine = useEngine();

  test("cancel takes it out and leaves the windows of others (invariants 1, 12)", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.thread(/Scheduled/);
    const saved = cluster.master.state().schedule;
    await maintenance.click(ALICE, "cancel");
    await maintenance.thread(/Cancelled/);
    const theirs = { machines: [{ hostname: "web-06", ip: "10.0.0.6" }], start: 7n, duration: null };
    cluster.master.postSchedule({ windows: [...saved.windows, theirs] });

    await cluster.type(BOB, "cancel web-01");
    await cluster.told(BOB, /Taken out of the windows of maintenances of ours that have ended: web-01/);
    expect(cluster.master.state().schedule.windows).toMatchObject([theirs]);
  });
});
