import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

describe("two workers of one cluster", () => {
  const engine = useEngine();

  test("neither takes what it read before the other one wrote for what the master shows now (invariants 2 and 13)", async () => {
    const cluster = await engine().cluster();
    await cluster.addWorker();
    for (let time = 1; time <= 3; time += 1) {
      const maintenance = await cluster.drainToQuestion("web-0[1-2] 2h");
      await maintenance.click(BOB, "approve");
      await maintenance.thread(/Down: 2 machines/);
      await cluster.type(ALICE, `up ${maintenance.id}`);
      await maintenance.root(/Back in service/);
      expect(maintenance.texts().join("\n")).not.toMatch(/Somebody else changed/);
      expect(cluster.calls("START_MAINTENANCE", "accepted")).toBe(time);
      expect(cluster.calls("STOP_MAINTENANCE", "accepted")).toBe(time);
    }
  });
});
