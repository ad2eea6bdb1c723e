import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "undici";
import type { Schedule } from "../../src/maintenance/cluster/schedule.js";
import { until } from "../../src/rehearsal/demo/until.js";
import { freePort } from "../../src/rehearsal/free-port.js";
import type { ReceivedCall } from "../../src/rehearsal/master/call-log.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { besideTheOther } from "./against.js";
import { startChild } from "./child.js";
import { callOf, clustersFile, drillCluster } from "./drill-cluster.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { benchRedis } from "./machine.js";
import { median, middle, quantile, ratio, rounded } from "./numbers.js";
import { startMeasured } from "./program.js";
import { connectionsTo, type SlackSide, send, startSlackSide } from "./slack-side.js";
import { undoing } from "./undoing.js";

const AIM = { ratio: 1.6 };

const HOSTS = "web-00*";

/** Short, so that a cancelled maintenance soon ends. */
const POLL_MS = 1_000;

interface Drain {
  /** From the acknowledgement. */
  readonly ms: number;
  readonly fromCommandMs: number;
  /** From the acknowledgement to the first call at the master: the way through the queue. */
  readonly queueMs: number;
  readonly calls: readonly ReceivedCall[];
  /** What stood then. */
  readonly schedule: Schedule;
}

/**
 * From the acknowledgement of a drain command to its windows posted and read back at a master. The yardstick is the
 * same HTTP calls with the same bodies to the same master, one after another, from a process that does nothing else.
 */
export function measureDrain(effort: Effort): Promise<Figures> {
  return besideTheOther(effort, async (main) => {
    const together = await drains(effort, ["all"], main);
    const apart = await drains(effort, ["worker", "bot"], main);
    return { ...together, apart, aim: AIM, met: together.ratio <= AIM.ratio };
  });
}

async function drains(effort: Effort, roles: readonly string[], main?: string) {
  progress(`drain: ${effort.drains} drains, ${roles.join(" and ")}`);
  return await undoing(async (undo) => {
    const { child } = await startChild("drain-yardstick");
    undo(() => child.stop());
    return await onDrillCluster(
      roles,
      async (side) => {
        const ours: Drain[] = [];
        const bare: number[] = [];
        for (let run = -WARM_UP; run < effort.drains; run++) {
          const drain = await drained(side, HOSTS);
          const calls = drain.calls.map(({ type }) =>
            Buffer.from(callOf(type, drain.schedule).bytes).toString("base64"),
          );
          const { ms } = (await child.ask({ url: side.master.url, calls })) as { ms: number };
          side.master.postSchedule({ windows: [] });
          if (run < 0) continue;
          ours.push(drain);
          bare.push(ms);
        }
        return figures(ours, bare);
      },
      main,
    );
  });
}

/** The first few of anything warm it up. */
export const WARM_UP = 3;

export interface DrillSide {
  readonly master: RehearsalMaster;
  readonly slack: SlackSide;
  readonly pool: Pool;
  /** Milliseconds since the epoch, as the master's log has them. */
  readonly clock: () => number;
}

/** Runs with the program in these roles beside a rehearsal master. */
export function onDrillCluster<T>(
  roles: readonly string[],
  run: (side: DrillSide) => Promise<T>,
  main?: string,
): Promise<T> {
  return undoing(async (undo) => {
    const clock = () => performance.timeOrigin + performance.now();
    const master = await startRehearsalMaster({ ...drillCluster(), clock });
    undo(() => master.close());
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const slack = await startSlackSide();
    undo(() => slack.stop());
    const port = await freePort();
    const clusters = await clustersFile({ master: master.url, pollMs: POLL_MS });
    undo(() => clusters.dispose());
    const env = { ...slack.env(port), REDIS_URL: redis.url, CLUSTERS_FILE: clusters.path };
    for (const role of roles) {
      const program = await startMeasured(env, role, main);
      undo(() => program.stop());
    }
    const pool = connectionsTo(port);
    undo(() => pool.close());
    return await run({ master, slack, pool, clock });
  });
}

/** Asks for one drain, waits until its windows are read back, and has it cancelled and ended. */
export async function drained({ master, slack, pool, clock }: DrillSide, hosts: string): Promise<Drain> {
  master.clearCalls();
  const typedAt = clock();
  await send(pool, slack.command(`drain ${hosts} 4h`));
  const drain = await readBack(master, { typedAt, acknowledgedAt: clock() });
  const { schedule } = master.state();
  await send(pool, slack.command(`cancel ${hosts}`));
  await ended(master);
  return { ...drain, schedule };
}

/** Waits until the windows are gone and nothing is looked at any more: the next drain is the only maintenance again. */
async function ended(master: RehearsalMaster): Promise<void> {
  await until("that the windows are gone", async () => master.state().schedule.windows.length === 0);
  await until("that the maintenance has ended", async () => {
    master.clearCalls();
    await wait(1.5 * POLL_MS);
    return master.calls().every(({ type }) => type !== "GET_AGENTS");
  });
}

/** Waits until the windows are posted and the schedule was read after that; times are those of the master's log. */
async function readBack(
  master: RehearsalMaster,
  { typedAt, acknowledgedAt }: { readonly typedAt: number; readonly acknowledgedAt: number },
): Promise<Omit<Drain, "schedule">> {
  return await until("the windows posted and read back", async () => {
    const calls = master.calls().filter((call) => call.outcome === "accepted" && call.type !== "SUBSCRIBE");
    const posted = calls.findIndex((call) => call.type === "UPDATE_MAINTENANCE_SCHEDULE");
    if (posted < 0) return null;
    const seen = calls.findIndex((call, at) => at > posted && call.type === "GET_MAINTENANCE_SCHEDULE");
    const [first, last] = [calls[0], calls[seen]];
    if (first === undefined || last === undefined) return null;
    return {
      ms: last.at - acknowledgedAt,
      fromCommandMs: last.at - typedAt,
      queueMs: first.at - acknowledgedAt,
      calls: calls.slice(0, seen + 1),
    };
  });
}

function figures(ours: readonly Drain[], bare: readonly number[]) {
  const times = ours.map((drain) => drain.ms);
  const yardstick = { medianMs: rounded(median(bare)), p90Ms: rounded(quantile(bare, 0.9)) };
  const medianMs = rounded(median(times));
  return {
    medianMs,
    p90Ms: rounded(quantile(times, 0.9)),
    queueMs: middle(ours, (drain) => drain.queueMs),
    callsToMaster: median(ours.map((drain) => drain.calls.length)),
    drains: ours.length,
    yardstick,
    ratio: ratio(medianMs, yardstick.medianMs),
  };
}
