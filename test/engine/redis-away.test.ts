import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../src/rehearsal/demo/until.js";
import { redisAvailable, startRedis, type TestRedis } from "../support/redis.js";
import { suiteFor } from "../support/require.js";
import { redisAt } from "./store/places.js";
import { type Engine, startEngine } from "./support/engine.js";
import { ALICE, BOB } from "./support/people.js";

/** What Slack allows from a command or click to an answer (invariant 9). */
const SLACK_MS = 3_000;

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

  test("tells the person within 3 s that nothing was queued, and goes on with open maintenances when it is back", async () => {
    const cluster = await engine.cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const { value } = await maintenance.button("approve");
    await redis.kill();

    void cluster.type(ALICE, "drain web-02 2h");
    const drained = await cluster.told(ALICE, /queue is away/, SLACK_MS);
    expect(drained).toContain("Nothing was queued, so nothing will happen.");
    expect(drained).toContain("Next: Try again in a minute");
    void cluster.click(BOB, value);
    await cluster.told(BOB, /Nothing was queued/, SLACK_MS);

    await redis.start();
    await until("a click that is taken", async () => {
      await cluster.click(BOB, value);
      return !cluster.toldTo(BOB).some((text) => text.includes("queue is away"));
    });
    await maintenance.thread(/Down: 1 machine,/, 20_000);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
    // What was not queued did not come to life either.
    expect(cluster.mode("web-02")).toBe("UP");
    expect(await cluster.records.open()).toHaveLength(1);
    await cluster.drain("web-02 2h");
  }, 60_000);

  test("goes on by itself with what happened at the master meanwhile", async () => {
    const cluster = await engine.cluster({
      master: {
        frameworks: [{ name: "marathon", habit: "silent", tasks: [{ name: "api", on: "web-01" }] }],
      },
    });
    const maintenance = await cluster.drain("web-01 2h");
    await maintenance.root(/marathon: silent 1/);
    await redis.kill();
    for (const task of cluster.master.state().tasks) cluster.master.killTask(task.id);
    await redis.start();
    await maintenance.thread(/Empty/, 20_000);
    await maintenance.question();
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
  }, 60_000);

  test("does not claim to know when Redis hangs: the person hears that within 3 s, and then how it ended", async () => {
    const cluster = await engine.cluster();
    redis.freeze();
    try {
      void cluster.type(ALICE, "drain web-01 2h");
      await cluster.told(
        ALICE,
        /It is not known whether this was queued|It may or may not have been queued/,
        SLACK_MS,
      );
    } finally {
      redis.thaw();
    }
    await cluster.told(ALICE, /is queued|It is not known|not confirmed/);
  }, 60_000);
});
