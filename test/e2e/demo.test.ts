import { Redis } from "ioredis";
import { type TestContext, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { startDemo } from "../support/demo.js";
import { redisAvailable, startRedis } from "../support/redis.js";
import { suiteFor } from "../support/require.js";

/** Plays the demo to its end and returns what it printed and what it left behind. */
async function play(test: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const demo = await startDemo(test, args, { env });
  return { ...(await demo.ended()), out: demo.out(), err: demo.err() };
}

const STEPS = [
  /drain web-0\[1-3\]/,
  /Scheduled/,
  /Take 3 machines down\?/,
  /Down: 3 machines/,
  /Every step was seen in Slack and at the master/,
];

suiteFor(
  "npm run demo -- --exit",
  redisAvailable === true ? localSlackAvailable() : redisAvailable,
)(() => {
  test.concurrent("the demo plays the whole maintenance, exits 0 and leaves no process and no file behind", async (test) => {
    const played = await play(test, ["--exit"]);
    expectPlayed(played, test);
    test.expect(played.err).toBe("");
  });

  test.concurrent("the demo plays a drain in three batches with --rolling", async (test) => {
    const { code, out, err, files, processes } = await play(test, ["--rolling", "--exit"]);
    test.expect(code, `${out}\n${err}`).toBe(0);
    for (const number of [1, 2, 3]) {
      test.expect(out).toContain(`batch ${number} of 3: 4 machines are Down, the others are not`);
    }
    test.expect(out).toContain("Every step was seen in Slack and at the master");
    test.expect({ files, processes }).toEqual({ files: [], processes: [] });
  });

  test.concurrent("the demo does the same on Redis with --redis, leaves no key behind, and shows the log on stderr with LOG_LEVEL", async (test) => {
    const redis = await startRedis();
    test.onTestFinished(() => redis.dispose());
    const played = await play(test, ["--exit", "--redis", redis.url], { LOG_LEVEL: "debug" });
    expectPlayed(played, test);
    for (const role of ["worker", "bot"]) test.expect(played.err).toContain(`"role":"${role}"`);
    test.expect(played.out).not.toContain('"level"');
    const client = new Redis(redis.url);
    test.onTestFinished(() => client.disconnect());
    test.expect(await client.keys("*")).toEqual([]);
  });
});

function expectPlayed(played: Awaited<ReturnType<typeof play>>, { expect }: TestContext): void {
  const { code, out, err, files, processes } = played;
  expect(code, `${out}\n${err}`).toBe(0);
  for (const step of STEPS) expect(out).toMatch(step);
  expect(files).toEqual([]);
  expect(processes).toEqual([]);
}
