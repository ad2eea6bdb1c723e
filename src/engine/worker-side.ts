import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { z } from "zod";
import type { Logger } from "../base/logger.js";
import type { Secret } from "../base/secret.js";
import type { ClusterConfig } from "../config/config.js";
import { phaseOf } from "../maintenance/record/batch.js";
import type { Maintenance } from "../maintenance/record/record.js";
import type { Kept } from "../maintenance/show/history.js";
import { createMaster, type MasterOptions } from "../mesos/master.js";
import { type Clock, SYSTEM_CLOCK } from "./clock.js";
import type { OtherClock } from "./clock-differences.js";
import { createCluster } from "./cluster/cluster.js";
import { selfTest } from "./cluster/self-test.js";
import { createWatch } from "./cluster/watch.js";
import { controlProcessor } from "./control/control.js";
import { lookForUnclaimed } from "./control/tell-unclaimed.js";
import { createHabits } from "./lanes/habits.js";
import { threadJobId } from "./lanes/ids.js";
import { controlQueueName, QUERY_QUEUE, replyTarget, runsQueueName } from "./lanes/jobs.js";
import { wakeLateJobs } from "./lanes/late-jobs.js";
import { createNotifier } from "./lanes/notifier.js";
import { openRecords } from "./lanes/records.js";
import { whyNotServed } from "./lanes/served.js";
import { replyFrom } from "./lanes/troubles.js";
import { queryProcessor } from "./query/queries.js";
import type { StartProgram } from "./runs/ports.js";
import { runProcessor } from "./runs/runs.js";
import { logJumps, steadyClock } from "./steady-clock.js";
import { CONTROL_WORKER_OPTIONS, QUERY_WORKER_OPTIONS, RUNS_WORKER_OPTIONS } from "./store/lane-options.js";
import { askAtStart, runWorker, type Store } from "./store/store.js";

/** What the worker counts; `ops/metrics.ts` fits. */
export interface WorkerMeters {
  tick(cluster: string, outcome: "ok" | "trouble" | "ended", seconds: number): void;
  /** The windows of a drain were read back, so long after it was asked for. */
  placed(cluster: string, seconds: number): void;
  masterCall(cluster: string, call: string, outcome: string, seconds: number, bytes: number): void;
  /** A whole reading showed so many tasks and agents otherwise than the event stream had. */
  differed(cluster: string, count: number): void;
  /** The phases of all open maintenances of a cluster, whichever worker runs them; `unreadable` for a newer version's. */
  open(cluster: string, phases: readonly string[]): void;
  /** What is kept of the past of a cluster. */
  kept(kept: Kept): void;
}

export interface WorkerOptions {
  readonly store: Store;
  readonly clusters: readonly ClusterConfig[];
  /** @see ControlPorts.historyMs */
  readonly historyMs: number;
  /** All of this installation, of whatever cluster: masked in what runbooks print. */
  readonly secrets: readonly Secret[];
  readonly logger: Logger;
  readonly meters: WorkerMeters;
  /** Starts the program of a runbook. */
  readonly startProgram: StartProgram;
  /** Queues that serve other masters serve ours from now on. @defaultValue false */
  readonly takeOver?: boolean;
  /** @defaultValue SYSTEM_CLOCK */
  readonly clock?: Clock;
  /** Time limits of calls to masters. */
  readonly timeouts?: MasterOptions["timeouts"];
}

export interface WorkerSide {
  /** Starts the lanes and takes up every open maintenance again, whatever it was doing (invariant 11). */
  start(): Promise<void>;
  /** Lets running jobs finish, then lets go of the masters. The queue keeps everything else. */
  stop(): Promise<void>;
  /** `true`, or a sentence why this side cannot work. */
  ready(): true | string;
  /** Of the masters that answered last. */
  readonly clocks: readonly OtherClock[];
}

/** How old the numbers of open and of kept maintenances in the metrics may be. */
const COUNT_EVERY_MS = 15_000;

/** The only side that talks to masters: control lanes and the query lane. */
export function createWorkerSide(options: WorkerOptions): WorkerSide {
  const { store, logger, meters } = options;
  const clock = steadyClock(options.clock ?? SYSTEM_CLOCK, logJumps(logger));
  const { now, elapsed } = clock;
  const notifier = createNotifier(store, logger, clock);
  let running = false;
  const stopping = new AbortController();
  const secrets = options.secrets.map((secret) => secret.reveal());
  const worker = `${hostname()}:${process.pid}`;
  /** As no other worker is called, and none before it. */
  const self = randomUUID();

  const lanes = options.clusters.map((config) => {
    const master = createMaster({
      cluster: config.name,
      masters: config.masters,
      zooKeeper: config.zooKeeper,
      onZooKeeperAway: (why) => {
        if (why === null) logger.info({ cluster: config.name }, "ZooKeeper is back");
        else logger.warn({ cluster: config.name, why }, "ZooKeeper is away; the last leader it named counts");
      },
      credentials: config.credentials,
      ca: config.ca,
      now,
      wall: clock.wall,
      limit: clock.limit,
      onCall: (...call) => meters.masterCall(config.name, ...call),
      onDifference: (count) => {
        meters.differed(config.name, count);
        logger.warn(
          { cluster: config.name, count },
          "tasks or agents were not as the event stream had told; what was read counts",
        );
      },
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
    });
    const cluster = createCluster(config, master, clock);
    const records = openRecords(store, config.name, logger);
    const wake = async () => {
      watch.keep((await records.open()).records.map((record) => record.id));
      await records.wakeAll();
    };
    const watch = createWatch(cluster, wake, logger, clock);
    const runs = store.queue(runsQueueName(config.name));
    const changed = async (record: Maintenance) => {
      try {
        await notifier.wake(record);
      } catch (error) {
        // It is stored; the thread's heartbeat shows it when the store answers again.
        logger.warn({ err: error, maintenance: record.id }, "the thread could not be woken");
      }
    };
    const control = controlProcessor({
      cluster,
      records,
      historyMs: options.historyMs,
      runs,
      logger,
      takeTurn: async () =>
        (await store.takeTurn(controlQueueName(config.name), self)) === self ? "ours" : "others",
      worker,
      now,
      elapsed,
      wall: clock.wall,
      after: clock.after,
      isUnsureOfTime: clock.isUnsure,
      lastJump: clock.lastJump,
      changed,
      reply: notifier.reply,
      async tellUnclaimed(groups, digest) {
        const { name, channel } = config;
        // A cluster without a channel has its log alone.
        if (channel !== null)
          await notifier.tellUnclaimed({ cluster: name, channel, digest, groups: [...groups] });
      },
      isTaken: async (id) => (await notifier.queue.getJob(threadJobId(id))) !== undefined,
      placed: (ms) => meters.placed(config.name, ms / 1000),
      ticked(record, outcome, ms) {
        watch.follow(record);
        meters.tick(config.name, outcome, ms / 1000);
      },
    });
    const run = runProcessor({
      records,
      runbooks: config.runbooks,
      start: options.startProgram,
      secrets,
      worker,
      lockMs: RUNS_WORKER_OPTIONS.lockDuration,
      unwatchedAfterMs: cluster.policy.unwatchedAfterMs,
      stopping: stopping.signal,
      changed,
      logger,
      clock,
    });
    const lanesOf = [
      store.worker(controlQueueName(config.name), control, CONTROL_WORKER_OPTIONS),
      store.worker(runsQueueName(config.name), run, RUNS_WORKER_OPTIONS),
    ];
    return { config, cluster, records, runs, habits: createHabits(records), watch, workers: lanesOf };
  });
  const clusters = new Map(lanes.map((lane) => [lane.config.name, lane]));
  /** Lanes that are not started, because their queue is another installation's, by cluster. */
  const refused = new Map<string, string>();
  const answer = queryProcessor({ clusters, refused, reply: notifier.reply, now });
  const queries = store.worker(QUERY_QUEUE, answer, QUERY_WORKER_OPTIONS);
  const workers = [...lanes.flatMap((lane) => lane.workers), queries];
  for (const worker of workers) {
    worker.on("failed", (job, error) => {
      logger.error({ err: error, job: job?.id, kind: job?.name }, "a job failed");
      // Set only when it is not tried again, for whatever reason.
      if (job?.finishedOn === undefined) return;
      // Given up: the one who clicked or asked must hear of it (invariant 10).
      const asked = z.object({ replyTo: replyTarget }).safeParse(job.data);
      if (!asked.success) return;
      const reply = replyFrom(error, "Nothing was done about it.", "try again");
      notifier
        .reply(asked.data.replyTo, reply)
        .catch((cause) => logger.error({ err: cause, job: job.id }, "the person could not be told either"));
    });
  }

  let counting: NodeJS.Timeout | undefined;
  let late: { close(): void } | undefined;
  /** From the queue, not from this process's ticks: another worker may have run the last one. */
  async function countRecords(): Promise<void> {
    for (const { config, records } of lanes) {
      try {
        const open = await records.open();
        meters.open(config.name, [...open.records.map(phaseOf), ...open.unreadable.map(() => "unreadable")]);
        meters.kept(await records.kept());
      } catch (error) {
        logger.debug(
          { err: error, cluster: config.name },
          "the maintenances in the queue could not be counted",
        );
      }
    }
  }

  return {
    async start() {
      for (const { config } of lanes) {
        const why = await askAtStart(() => whyNotServed(store, config, options.takeOver));
        if (why === null) continue;
        refused.set(config.name, why);
        logger.error({ cluster: config.name, why }, "a lane is not started");
      }
      const ours = lanes.filter(({ config }) => !refused.has(config.name));
      for (const { records } of ours) await askAtStart(() => records.queue.setGlobalConcurrency(1));
      // Questions of others are not answered either, where nothing is ours.
      const started = ours.length === 0 ? [] : [...ours.flatMap((lane) => lane.workers), queries];
      for (const worker of started) runWorker(worker, logger);
      for (const lane of ours) {
        await askAtStart(lane.records.wakeAll);
        await askAtStart(() => lookForUnclaimed(lane.records));
      }
      running = true;
      counting = setInterval(() => void countRecords(), COUNT_EVERY_MS);
      counting.unref();
      const queues = ours.flatMap(({ records, runs }) => [records.queue, runs]);
      late = wakeLateJobs([...queues, store.queue(QUERY_QUEUE)], clock, logger);
      // Not awaited: a master that is away is no reason not to start.
      for (const lane of ours) void selfTest(lane.cluster, logger);
    },
    async stop() {
      running = false;
      clearInterval(counting);
      late?.close();
      // Runbooks are ended, with all that they have started; the others finish.
      stopping.abort();
      await Promise.all(workers.map((worker) => worker.close()));
      notifier.close();
      for (const lane of lanes) {
        await lane.watch.close();
        await Promise.all([lane.cluster.master.close(), lane.cluster.marathons.close()]);
      }
    },
    clocks: lanes.map(({ config, cluster }) => ({
      name: `the master of ${config.name}`,
      aheadMs: cluster.master.clockAheadMs,
    })),
    ready() {
      if (!running) return "the worker's lanes are not running";
      const [why] = refused.values();
      return why ?? true;
    },
  };
}
