import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { redisAvailable, startWatchedRedis } from "../../../support/redis.js";
import { suiteFor } from "../../../support/require.js";
import { startEngine } from "../../support/engine.js";
import { ALICE, BOB } from "../../support/people.js";
import { sentinelAt } from "../places.js";

/** By the clock on the wall, and longer than it takes until it is stored again that a record is looked after. */
const UNWATCHED_AFTER_MS = 70_000;

suiteFor(
  "a fail-over that loses writes",
  redisAvailable,
)(() => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  test("a question that was denied, and is open again at the new master behind Sentinel, takes nothing down until a person says Go on (invariants 5 and 13)", async () => {
    const { master, replica, sentinel, dispose } = await startWatchedRedis();
    undo.push(dispose);
    const engine = await startEngine(sentinelAt(sentinel));
    undo.push(() => engine.close());
    const cluster = await engine.cluster({ policy: { unwatchedAfterMs: UNWATCHED_AFTER_MS } });
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const { value } = await maintenance.button("approve");
    await replica.frozenWhile(async () => {
      // What the replica has not read yet is gone with the connection.
      const admin = new Redis(master.port);
      await admin.call("CLIENT", "KILL", "TYPE", "replica");
      await admin.quit();
      const cutMs = Date.now();
      await maintenance.click(BOB, "deny");
      await maintenance.thread(/denied Down/);
      while (Date.now() - cutMs < UNWATCHED_AFTER_MS) await cluster.looks(10);
      expect(maintenance.texts().join("\n")).not.toContain("Nobody had looked after this");
      await master.kill();
    });
    await maintenance.thread(/Nobody had looked after this since .* nothing more is taken out of service/s);
    const told = await cluster.until("the refusal", async () => {
      // The bot may find the new master a moment later than the worker.
      await cluster.click(BOB, value);
      return cluster.toldTo(BOB).find((text) => text.includes("nobody had looked after it from"));
    });
    expect(told).toContain("Nothing was taken down");
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    await cluster.type(ALICE, `go-on ${maintenance.id}`);
    await maintenance.thread(/goes on from what the master shows now/);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});
