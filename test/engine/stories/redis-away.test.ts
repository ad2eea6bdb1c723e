import { afterAll, beforeAll, expect, test } from "vitest";
import { ANSWER_LIMIT_MS } from "../../../src/engine/store/store.js";
import { PATIENCE_MS } from "../../../src/slack/hear/answer.js";
import { ACK_DEADLINE_MS } from "../../../src/slack/wire/limits.js";
import { redisAvailable, startRedis, type TestRedis } from "../../support/redis.js";
import { suiteFor } from "../../support/require.js";
import { redisAt } from "../store/places.js";
import { type Engine, startEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

test("the bot says that the queue does not answer before Slack's 3 s are over (invariant 9)", () => {
  expect(ANSWER_LIMIT_MS).toBeLessThan(PATIENCE_MS);
  expect(PATIENCE_MS).toBeLessThan(ACK_DEADLINE_MS);
});

suiteFor(
  "Redis away",
  redisAvailable,
)(() => {
  let redis: TestRedis;
  let engine: Engine;
  beforeAll(async () => {
    redis = await startRedis();
    engine = await startEngine(redisAt(redis.url));
  });
  afterAll(async () => {
    await engine.close();
    await redis.dispose();
  });

  test("a person is told while Redis is away that nothing was queued, and open maintenances go on when it is back", async () => {
    const cluster = await engine.cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const { value } = await maintenance.button("approve");
    await redis.awayWhile(async () => {
      // The answers are read while Redis is still away: nobody waits for it to come back (invariant 9).
      const drained = await cluster.until("the answer that nothing was queued", async () => {
        // What was sent before the broken connection was noticed is not known to be queued or not.
        await cluster.type(ALICE, "drain web-02 2h");
        return cluster.toldTo(ALICE).find((text) => text.includes("Nothing was queued"));
      });
      expect(drained).toContain("Nothing was queued, so nothing will happen.");
      expect(drained).toContain("Next: Try again in a minute");
      void cluster.click(BOB, value);
      await cluster.told(BOB, /Nothing was queued/);
    });
    await cluster.until("a click that is taken", async () => {
      await cluster.click(BOB, value);
      return !cluster.toldTo(BOB).some((text) => text.includes("queue is away"));
    });
    await maintenance.thread(/Down: 1 machine,/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
    // What was not queued did not come to life either.
    expect(cluster.mode("web-02")).toBe("UP");
    expect((await cluster.records.open()).records).toHaveLength(1);
    await cluster.drain("web-02 2h");
  });

  test("a maintenance goes on by itself with what happened at the master while Redis was away", async () => {
    const cluster = await engine.cluster({
      master: {
        frameworks: [{ name: "marathon", habit: "silent", tasks: [{ name: "api", on: "web-01" }] }],
      },
    });
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.root(/marathon: silent 1/);
    await redis.awayWhile(() => {
      for (const task of cluster.master.state().tasks) cluster.master.killTask(task.id);
    });
    await maintenance.thread(/Empty/);
    await maintenance.question();
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  });

  test("a person is told while Redis hangs that it is not known what was queued, and then how it ended (invariant 9)", async () => {
    const cluster = await engine.cluster();
    await redis.frozenWhile(async () => {
      void cluster.type(ALICE, "drain web-01 2h");
      await cluster.told(ALICE, /It is not known whether this was queued|It may or may not have been queued/);
    });
    await cluster.told(ALICE, /went through after all|has begun|It is not known/);
  });
});
