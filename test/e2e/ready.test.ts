import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { type Installation, install } from "../support/installation.js";
import { redisAvailable } from "../support/redis.js";
import { suiteFor } from "../support/require.js";
import { ALICE } from "../support/surroundings.js";
import { until } from "../support/until.js";

/** Longer than a lane may stand still before its process ends. */
const PATIENT_MS = 400_000;

suiteFor(
  "ready means that work gets done",
  redisAvailable === true ? localSlackAvailable() : redisAvailable,
)(() => {
  let bot: Installation | null = null;
  let admin: Redis | null = null;
  afterEach(async () => {
    await admin?.quit();
    await bot?.dispose();
    [bot, admin] = [null, null];
  });

  async function start(): Promise<{ readonly running: Installation; readonly redis: Redis }> {
    bot = await install({ store: "redis" });
    await bot.start();
    admin = new Redis(bot.redis?.port ?? 0);
    return { running: bot, redis: admin };
  }

  const programOf = (running: Installation) => {
    const [program] = running.programs();
    if (program === undefined) throw new Error("The program is not running.");
    return program;
  };

  async function page(running: Installation, path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${programOf(running).opsPort}${path}`);
    return { status: response.status, text: await response.text() };
  }

  test("/readyz is 503 with what to do while Redis is full, and 200 when it is mended (invariant 13)", async () => {
    const { running, redis } = await start();
    expect(await page(running, "/readyz")).toMatchObject({ status: 200 });
    await redis.config("SET", "maxmemory", "1");
    const { status, text } = await page(running, "/readyz");
    expect(status).toBe(503);
    expect(text).toContain("refuses: OOM");
    expect(text).toContain("Give Redis more memory (maxmemory)");
    expect(programOf(running).log()).not.toContain("the queue's store is back");
    await redis.config("SET", "maxmemory", "0");
    expect(await page(running, "/readyz")).toMatchObject({ status: 200 });
    await running.type(ALICE, "drain web-01 2h");
    await running.thread(/Scheduled/);
    await until("the line that it is back", async () =>
      programOf(running).log().includes("the queue's store is back"),
    );
  });

  test("a lane that takes none of the jobs that wait is named by /readyz and the metrics, then its process ends, and a new one goes on", async () => {
    const { running, redis } = await start();
    const program = programOf(running);
    // No worker may take a job of this queue, though Redis is well.
    await redis.hset("{mesos}:query:meta", "concurrency", "0");
    void running.type(ALICE, "status");
    await until("the lane in /readyz", async () => {
      const { status, text } = await page(running, "/readyz");
      return status === 503 && text.includes("the lane query has taken none of the jobs that wait for");
    });
    expect((await page(running, "/metrics")).text).toMatch(
      /mesos_bot_lane_still_seconds\{lane="query"\} [3-9]\d/,
    );
    await until("the end of the process", async () => !program.isRunning(), PATIENT_MS);
    expect(program.log()).toContain("ending so that a clean process can go on");
    // The process may be gone before all that it wrote is read.
    await until("its last line", async () => program.log().includes('"msg":"shut down"'));
    await redis.hdel("{mesos}:query:meta", "concurrency");
    await running.start();
    await running.told(ALICE, /open/i);
    expect(await page(running, "/readyz")).toMatchObject({ status: 200 });
  });
});
