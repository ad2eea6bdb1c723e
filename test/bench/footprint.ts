import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../src/rehearsal/free-port.js";
import { besideTheOther } from "./against.js";
import { startChild } from "./child.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { benchRedis } from "./machine.js";
import { memoryOf } from "./memory.js";
import { middle, ratio, rounded } from "./numbers.js";
import { startMeasured } from "./program.js";
import { type SlackSide, startSlackSide } from "./slack-side.js";
import { undoing } from "./undoing.js";

/** Bot and worker together: both roles, idle, on Redis. */
const AIM = { rssMiB: 130, readyMs: 1_000 };

/** Idle begins here: start-up is over and its garbage could have been collected. */
const SETTLED_MS = 4_000;

/**
 * A start, and the memory of the idle process after it. `rssMiB` counts Node's own code in full for each process;
 * `pssMiB` divides what several processes share among them, so only these can be added up.
 */
interface Start {
  readonly readyMs: number;
  readonly rssMiB: number;
  readonly pssMiB: number;
}

/** Memory when idle and time from the start of the process to `ready`, for each way to run the program. */
export function measureFootprint(effort: Effort): Promise<Figures> {
  return besideTheOther(effort, (main) => footprints(effort, main));
}

function footprints(effort: Effort, main?: string) {
  return undoing(async (undo) => {
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const slack = await startSlackSide();
    undo(() => slack.stop());
    const folder = await mkdtemp(join(tmpdir(), "mmb-bench-"));
    undo(() => rm(folder, { recursive: true, force: true }));
    const onRedis = { REDIS_URL: redis.url };
    const bare: Start[] = [];
    const together: Start[] = [];
    const apart: Start[][] = [];
    const embedded: Start[] = [];
    for (let round = 1; round <= effort.starts; round++) {
      progress(`footprint: round ${round} of ${effort.starts}`);
      bare.push(await bareProcess());
      together.push(...(await idle(slack, onRedis, ["all"], main)));
      apart.push(await idle(slack, onRedis, ["worker", "bot"], main));
      embedded.push(...(await idle(slack, { DATA_DIR: join(folder, "data") }, ["all"], main)));
    }
    const both = figures(together);
    const process = figures(bare);
    const sum = (pair: readonly Start[], of: "rssMiB" | "pssMiB") =>
      pair.reduce((all, one) => all + one[of], 0);
    return {
      together: both,
      apart: {
        worker: figures(apart.flatMap((pair) => pair.slice(0, 1))),
        bot: figures(apart.flatMap((pair) => pair.slice(1))),
        sumRssMiB: middle(apart, (pair) => sum(pair, "rssMiB")),
        sumPssMiB: middle(apart, (pair) => sum(pair, "pssMiB")),
      },
      // The first start builds the database; later ones open it.
      embedded: { firstReadyMs: rounded(embedded[0]?.readyMs ?? Number.NaN), ...figures(embedded.slice(-1)) },
      yardstick: process,
      rssRatio: ratio(both.rssMiB, process.rssMiB),
      readyRatio: ratio(both.readyMs, process.readyMs),
      aim: AIM,
      met: both.rssMiB < AIM.rssMiB && both.readyMs < AIM.readyMs,
    };
  });
}

/** Starts these roles one after another and looks at all of them when they have settled. */
function idle(
  slack: SlackSide,
  queue: Readonly<Record<string, string>>,
  roles: readonly string[],
  main: string | undefined,
): Promise<Start[]> {
  return undoing(async (undo) => {
    const programs = [];
    for (const role of roles) {
      const env = { ...slack.env(await freePort()), ...queue, MESOS_MASTERS: "http://127.0.0.1:5050" };
      const program = await startMeasured(env, role, main);
      undo(() => program.stop());
      programs.push(program);
    }
    await wait(SETTLED_MS);
    return programs.map(({ pid, readyMs }) => ({ readyMs, ...memoryOf(pid) }));
  });
}

async function bareProcess(): Promise<Start> {
  const startedAt = performance.now();
  const { child } = await startChild("bare-process");
  const readyMs = performance.now() - startedAt;
  await wait(SETTLED_MS);
  const start = { readyMs, ...memoryOf(child.pid) };
  await child.stop();
  return start;
}

function figures(starts: readonly Start[]) {
  return {
    readyMs: middle(starts, (one) => one.readyMs),
    rssMiB: middle(starts, (one) => one.rssMiB),
    pssMiB: middle(starts, (one) => one.pssMiB),
  };
}
