import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../src/rehearsal/free-port.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { EmptyJobs } from "./burst-yardstick.js";
import { startChild } from "./child.js";
import { clustersFile, drillCluster } from "./drill-cluster.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { benchRedis } from "./machine.js";
import { median, quantile, ratio, rounded } from "./numbers.js";
import { startMeasured } from "./program.js";
import { connectionsTo, send, startSlackSide } from "./slack-side.js";
import { undoing } from "./undoing.js";

/** Of the rate of empty jobs. */
const AIM = { rateShare: 0.5 };

const CLUSTERS = 10;

/** Of each cluster, each of a machine of its own. */
const DRAINS = 100;

const PATIENCE_MS = 300_000;

/**
 * A thousand drains that are asked for at once, over ten clusters, until every machine has its window at its master. The yardstick
 * is as many BullMQ jobs that do nothing, added and carried out on a Redis of the same kind.
 */
export async function measureBurst(effort: Effort): Promise<Figures> {
  const ours: Standing[] = [];
  const bare: number[] = [];
  for (let round = 1; round <= effort.bursts; round += 1) {
    progress(`burst: round ${round} of ${effort.bursts}`);
    ours.push(await drainsAtOnce());
    bare.push(await emptyJobs());
  }
  const all = CLUSTERS * DRAINS;
  const perSecond = rounded((all * 1_000) / median(ours.map(({ ms }) => ms)));
  const jobsPerSecond = rounded((all * 1_000) / median(bare));
  const rateShare = ratio(perSecond, jobsPerSecond);
  return {
    drains: all,
    clusters: CLUSTERS,
    perSecond,
    ms: rounded(median(ours.map(({ ms }) => ms))),
    acknowledgedMs: rounded(median(ours.map(({ acknowledgedMs }) => acknowledgedMs))),
    halfMs: rounded(median(ours.map(({ halfMs }) => halfMs))),
    posts: median(ours.map(({ posts }) => posts)),
    yardstick: { ms: rounded(median(bare)), perSecond: jobsPerSecond },
    rateShare,
    aim: AIM,
    met: rateShare >= AIM.rateShare,
  };
}

interface Standing {
  readonly ms: number;
  /** Until the last command had its answer. */
  readonly acknowledgedMs: number;
  /** Until half of the drains stood. */
  readonly halfMs: number;
  readonly posts: number;
}

function drainsAtOnce(): Promise<Standing> {
  return undoing(async (undo) => {
    const masters: RehearsalMaster[] = [];
    for (let n = 0; n < CLUSTERS; n += 1) {
      const master = await startRehearsalMaster(drillCluster());
      undo(() => master.close());
      masters.push(master);
    }
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const slack = await startSlackSide();
    undo(() => slack.stop());
    const clusters = await clustersFile(
      masters.map((master, n) => ({ name: nameOf(n), master: master.url, pollMs: 10_000 })),
    );
    undo(() => clusters.dispose());
    const port = await freePort();
    const env = { ...slack.env(port), REDIS_URL: redis.url, CLUSTERS_FILE: clusters.path };
    const program = await startMeasured(env, "all");
    undo(() => program.stop());
    const pool = connectionsTo(port);
    undo(() => pool.close());
    // What a start does is over.
    await wait(5_000);
    for (const master of masters) master.clearCalls();

    const start = performance.now();
    const typed = Array.from({ length: CLUSTERS * DRAINS }, (_, n) => {
      const host = `web-${String(Math.floor(n / CLUSTERS)).padStart(3, "0")}`;
      return send(pool, slack.command(`drain ${host} 4h --cluster ${nameOf(n % CLUSTERS)}`));
    });
    let acknowledgedMs = Number.NaN;
    const acknowledged = Promise.all(typed).then(() => {
      acknowledgedMs = performance.now() - start;
    });
    const standing: number[] = [];
    while (standing.length < CLUSTERS * DRAINS) {
      const now = performance.now() - start;
      const count = masters.reduce((sum, master) => sum + machinesIn(master), 0);
      while (standing.length < count) standing.push(now);
      if (now > PATIENCE_MS)
        throw new Error(`Of ${CLUSTERS * DRAINS} drains only ${count} stand after ${PATIENCE_MS / 1_000} s.`);
      await wait(100);
    }
    await acknowledged;
    const posts = masters.flatMap((master) => master.calls()).filter(isPost).length;
    return {
      ms: standing.at(-1) ?? Number.NaN,
      acknowledgedMs,
      halfMs: quantile(standing, 0.5),
      posts,
    };
  });
}

const nameOf = (n: number): string => `drill${n}`;

const isPost = ({ type, outcome }: { type: string | null; outcome: string }) =>
  type === "UPDATE_MAINTENANCE_SCHEDULE" && outcome === "accepted";

function machinesIn(master: RehearsalMaster): number {
  return master.state().schedule.windows.reduce((sum, { machines }) => sum + machines.length, 0);
}

function emptyJobs(): Promise<number> {
  return undoing(async (undo) => {
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const { child } = await startChild("burst-yardstick", [redis.url]);
    undo(() => child.stop());
    const question: EmptyJobs = { queues: CLUSTERS, each: DRAINS };
    // The first round warms it up, as the program is by its start.
    await child.ask(question);
    return ((await child.ask(question)) as { ms: number }).ms;
  });
}
