import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "undici";
import { freePort } from "../../src/rehearsal/free-port.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { besideTheOther } from "./against.js";
import { type CountingWay, countingWayTo } from "./counting-way.js";
import { clustersFile, drillCluster } from "./drill-cluster.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { benchRedis } from "./machine.js";
import { median, ratio, rounded } from "./numbers.js";
import { startMeasured } from "./program.js";
import { connectionsTo, type SlackSide, send, startSlackSide } from "./slack-side.js";
import { undoing } from "./undoing.js";

/** Looks a minute against those with one maintenance, within 10 % either way; time of 20 drains against that of one. */
const AIM = { looksFrom: 0.9, looksTo: 1.1, drainsRatio: 2.5 };

const OPEN = [1, 10, 100] as const;

const DRAINS = 20;

/** What one look takes the master: a large cluster, or a busy one. */
const LOOK_MS = 250;

const POLL_MS = 5_000;

/** A task that starts on a draining machine this often keeps the bot looking. */
const EVENT_EVERY_MS = 100;

interface Side {
  readonly master: RehearsalMaster;
  readonly way: CountingWay;
  readonly slack: SlackSide;
  readonly pool: Pool;
}

/**
 * How often a slow master is read with 1, 10 and 100 open maintenances, while nothing happens and under steady events;
 * and how long 20 drains that are asked for at once take to stand. The yardsticks are one maintenance and one drain.
 */
export function measureMasterLoad(effort: Effort): Promise<Figures> {
  return besideTheOther(effort, (main) => figuresOf(effort, main));
}

async function figuresOf(effort: Effort, main?: string): Promise<Figures> {
  const looks: Record<string, Awaited<ReturnType<typeof looksWith>>> = {};
  for (const open of OPEN) {
    progress(`masterload: ${open} open`);
    looks[String(open)] = await onSlowMaster((side) => looksWith(open, side, effort), main);
  }
  progress(`masterload: ${DRAINS} drains at once`);
  const drains = await onSlowMaster((side) => standing(side, effort), main);
  const one = looks["1"];
  const ratios = OPEN.slice(1).flatMap((open) => {
    const { quiet = Number.NaN, busy = Number.NaN } = looks[String(open)] ?? {};
    return [ratio(quiet, one?.quiet ?? Number.NaN), ratio(busy, one?.busy ?? Number.NaN)];
  });
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return {
    perMinute: looks,
    leastRatio: least,
    mostRatio: most,
    drains,
    aim: AIM,
    met: least >= AIM.looksFrom && most <= AIM.looksTo && drains.ratio <= AIM.drainsRatio,
  };
}

/** Runs with a fresh program on an empty Redis. */
function onSlowMaster<T>(run: (side: Side) => Promise<T>, main?: string): Promise<T> {
  return undoing(async (undo) => {
    const master = await startRehearsalMaster(drillCluster());
    undo(() => master.close());
    master.fault("GET_MAINTENANCE_STATUS", { kind: "delay", ms: LOOK_MS, times: Number.POSITIVE_INFINITY });
    const way = await countingWayTo(master.url);
    undo(() => way.close());
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const slack = await startSlackSide();
    undo(() => slack.stop());
    const clusters = await clustersFile({ master: way.url, pollMs: POLL_MS });
    undo(() => clusters.dispose());
    const port = await freePort();
    const env = { ...slack.env(port), REDIS_URL: redis.url, CLUSTERS_FILE: clusters.path };
    const program = await startMeasured(env, "all", main);
    undo(() => program.stop());
    const pool = connectionsTo(port);
    undo(() => pool.close());
    return await run({ master, way, slack, pool });
  });
}

const hostname = (n: number): string => `web-${String(n).padStart(3, "0")}`;

/** Asks for drains of one machine each, all at once, and resolves when the master shows them all. */
async function drain({ master, slack, pool }: Side, from: number, count: number): Promise<number> {
  const hosts = Array.from({ length: count }, (_, n) => hostname(from + n));
  const startedAt = performance.now();
  await Promise.all(hosts.map((host) => send(pool, slack.command(`drain ${host} 4h`))));
  const end = startedAt + 120_000;
  for (;;) {
    const { windows } = master.state().schedule;
    const standing = new Set(windows.flatMap(({ machines }) => machines.map((machine) => machine.hostname)));
    if (hosts.every((host) => standing.has(host))) return performance.now() - startedAt;
    if (performance.now() > end) throw new Error(`${count} drains do not all stand after 120 s.`);
    await wait(5);
  }
}

async function looksWith(open: number, side: Side, effort: Effort) {
  const { master } = side;
  await drain(side, 0, open);
  // Until each has had its looks after the post and falls in with the others' polls.
  await wait(3 * POLL_MS);
  const quiet = await perMinute(side, effort);
  const events = setInterval(() => {
    const task = master.launchTask("batch", hostname(0), "event");
    master.killTask(task);
  }, EVENT_EVERY_MS);
  try {
    await wait(POLL_MS);
    const busy = await perMinute(side, effort);
    return {
      quiet: quiet.looks,
      busy: busy.looks,
      busyShare: rounded((busy.looks * LOOK_MS) / 60_000),
      quietKiB: quiet.kiB,
      busyKiB: busy.kiB,
    };
  } finally {
    clearInterval(events);
  }
}

async function perMinute({ master, way }: Side, { masterSeconds }: Effort) {
  master.clearCalls();
  const before = way.sentBytes();
  await wait(masterSeconds * 1_000);
  const looks = master.calls().filter(({ type }) => type === "GET_MAINTENANCE_STATUS");
  const [first, last] = [looks[0]?.at ?? Number.NaN, looks.at(-1)?.at ?? Number.NaN];
  return {
    // From look to look: a count over so short a time would be off by one look.
    looks: rounded(((looks.length - 1) * 60_000) / (last - first)),
    kiB: rounded((way.sentBytes() - before) / 1024 / (masterSeconds / 60)),
  };
}

/** One drain and many take turns, each of machines of its own. */
async function standing(side: Side, { masterRounds }: Effort) {
  const one: number[] = [];
  const many: number[] = [];
  for (let round = 0, from = 0; round < masterRounds; round++, from += 1 + DRAINS) {
    if (round > 0) await wait(3 * POLL_MS);
    one.push(await drain(side, from, 1));
    // What follows a post is over, and only polls are left.
    await wait(3 * POLL_MS);
    many.push(await drain(side, from + 1, DRAINS));
  }
  const [oneMs, manyMs] = [rounded(median(one)), rounded(median(many))];
  return { count: DRAINS, ms: manyMs, yardstick: { oneMs }, ratio: ratio(manyMs, oneMs) };
}
