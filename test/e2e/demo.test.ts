import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Redis } from "ioredis";
import { it, type TestContext } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { redisAvailable, startRedis } from "../support/redis.js";
import { suiteFor } from "../support/require.js";

const DEMO = resolve("dist/rehearsal/demo.js");

/** Plays the demo in a temporary folder of its own and returns what it printed and what it left behind. */
async function play({ onTestFinished }: TestContext, ...args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), "mmb-demo-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // A process group of its own, so that whatever outlived it could be found by its number.
  const child = spawn(process.execPath, [DEMO, ...args], {
    cwd: folder,
    detached: true,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
  });
  let out = "";
  const keep = (chunk: Buffer) => {
    out += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, files: await readdir(folder), processes: aliveIn(child.pid ?? 0) };
}

/** Whether any process of a group is left. */
function aliveIn(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
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
  it.concurrent("plays the whole maintenance, exits 0 and leaves no process and no file behind", {
    timeout: 90_000,
  }, async (test) => {
    expectPlayed(await play(test, "--exit"), test);
  });

  it.concurrent("does the same on Redis with --redis, and leaves no key behind", {
    timeout: 90_000,
  }, async (test) => {
    const redis = await startRedis();
    test.onTestFinished(() => redis.dispose());
    expectPlayed(await play(test, "--exit", "--redis", redis.url), test);
    const client = new Redis(redis.url);
    test.onTestFinished(() => client.disconnect());
    test.expect(await client.keys("*")).toEqual([]);
  });
});

function expectPlayed(played: Awaited<ReturnType<typeof play>>, { expect }: TestContext): void {
  const { code, out, files, processes } = played;
  expect(code, out).toBe(0);
  for (const step of STEPS) expect(out).toMatch(step);
  expect(files).toEqual([]);
  expect(processes).toBe(false);
}
