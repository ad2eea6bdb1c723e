import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startRedis } from "../support/redis.js";
import { startChild } from "./child.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { memoryOf } from "./memory.js";
import { median, ratio, rounded } from "./numbers.js";
import { freePort } from "./ports.js";
import { type MeasuredProgram, startProgram } from "./program.js";
import { type SlackSide, startSlackSide } from "./slack-side.js";

/** Bot and worker together: both roles, idle, on Redis. */
const AIM = { rssMiB: 160, readyMs: 2_000 };

/** Idle begins here: start-up is over and its garbage could have been collected. */
const SETTLED_MS = 4_000;

interface Start {
  readonly readyMs: number;
  readonly rssMiB: number;
  readonly pssMiB: number;
}

/** Memory when idle and time from the start of the process to `ready`, for each way to run the program. */
export async function measureFootprint(effort: Effort): Promise<Figures> {
  const redis = await startRedis("--appendfsync", "everysec");
  const slack = await startSlackSide();
  const folder = await mkdtemp(join(tmpdir(), "mmb-bench-"));
  const onRedis = { REDIS_URL: redis.url };
  try {
    const bare: Start[] = [];
    const together: Start[] = [];
    const apart: Start[][] = [];
    const embedded: Start[] = [];
    for (let round = 1; round <= effort.starts; round++) {
      progress(`footprint: round ${round} of ${effort.starts}`);
      bare.push(await bareProcess());
      together.push(...(await idle(slack, onRedis, ["all"])));
      apart.push(await idle(slack, onRedis, ["worker", "bot"]));
      embedded.push(...(await idle(slack, { DATA_DIR: join(folder, "data") }, ["all"])));
    }
    const both = figures(together);
    const process = figures(bare);
    return {
      together: both,
      apart: {
        worker: figures(apart.flatMap((pair) => pair.slice(0, 1))),
        bot: figures(apart.flatMap((pair) => pair.slice(1))),
        sumRssMiB: rounded(median(apart.map((pair) => pair.reduce((sum, one) => sum + one.rssMiB, 0)))),
        sumPssMiB: rounded(median(apart.map((pair) => pair.reduce((sum, one) => sum + one.pssMiB, 0)))),
      },
      // The first start builds the database; later ones open it.
      embedded: { firstReadyMs: rounded(embedded[0]?.readyMs ?? Number.NaN), ...figures(embedded.slice(-1)) },
      yardstick: process,
      rssRatio: ratio(both.rssMiB, process.rssMiB),
      readyRatio: ratio(both.readyMs, process.readyMs),
      aim: AIM,
      met: both.rssMiB < AIM.rssMiB && both.readyMs < AIM.readyMs,
    };
  } finally {
    await slack.stop();
    await redis.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts these roles one after another and looks at all of them when they have settled. */
async function idle(
  slack: SlackSide,
  queue: Readonly<Record<string, string>>,
  roles: readonly string[],
): Promise<Start[]> {
  const programs: MeasuredProgram[] = [];
  try {
    for (const role of roles) {
      const env = { ...slack.env(await freePort()), ...queue, MESOS_MASTERS: "http://127.0.0.1:5050" };
      programs.push(await startProgram(env, role));
    }
    await wait(SETTLED_MS);
    return programs.map(({ pid, readyMs }) => ({ readyMs, ...memory(pid) }));
  } finally {
    for (const program of programs) await program.stop();
  }
}

async function bareProcess(): Promise<Start> {
  const startedAt = performance.now();
  const { child } = await startChild("bare-process");
  const readyMs = performance.now() - startedAt;
  await wait(SETTLED_MS);
  const start = { readyMs, ...memory(child.pid) };
  await child.stop();
  return start;
}

function memory(pid: number) {
  return memoryOf(pid) ?? { rssMiB: Number.NaN, pssMiB: Number.NaN };
}

function figures(starts: readonly Start[]) {
  return {
    readyMs: rounded(median(starts.map((one) => one.readyMs))),
    rssMiB: rounded(median(starts.map((one) => one.rssMiB))),
    pssMiB: rounded(median(starts.map((one) => one.pssMiB))),
  };
}
