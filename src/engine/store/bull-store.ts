import { type IQueueBackend, Job, type JobProgress, type JobsOptions, Queue, Worker } from "bullmq";
import { inWords } from "../../base/in-words.js";
import { scrub } from "../../base/scrub.js";
import { settled, withAnswerLimit } from "./answer-limit.js";
import { dataIn, jsonThatFits } from "./bound.js";
import type { Driver, WriteOwned } from "./driver.js";
import { RunningLane } from "./lane.js";
import { LockWatch } from "./lock-watch.js";
import { writesOwned } from "./owned.js";
import type {
  Store,
  StoreProcessor,
  StoreQueue,
  StoreQueueOptions,
  StoreWorker,
  StoreWorkerOptions,
} from "./store.js";
import { StoreError } from "./store-error.js";
import type { TroubleLog } from "./trouble-log.js";

/** BullMQ's own default, needed here to know when a lock has run out. */
const DEFAULT_LOCK_MS = 30_000;

/** Nobody reads BullMQ's event stream; it helps people who look into a queue. */
const EVENTS_KEPT = 1_000;

/** Connecting takes longer than an answer. */
const ANEW_LIMIT_MS = 10_000;

interface Closable {
  close(force?: boolean): Promise<void>;
}

/** BullMQ's job, whose data may be what is no JSON: BullMQ itself would throw, and with it all that reads several jobs. */
class ReadJob<
  D = unknown,
  R = unknown,
  N extends string = string,
  P extends JobProgress = JobProgress,
> extends Job<D, R, N, P> {
  static override fromJSON<D, R, N extends string>(
    ...[queue, { data, ...json }, id]: Parameters<typeof Job.fromJSON>
  ): Job<D, R, N> {
    const job = Job.fromJSON<D, R, N>(queue, { ...json, data: "{}" }, id);
    job.data = dataIn(data || "{}") as D;
    return job;
  }
}

class AnyQueue<D, R> extends Queue<D, R, string, D, R, string, IQueueBackend, unknown> {
  protected override get Job(): typeof Job {
    return ReadJob;
  }

  /** @throws TooLargeError */
  override async add(name: string, data: D, options?: JobsOptions) {
    jsonThatFits(options?.jobId ?? name, data);
    return await super.add(name, data, options);
  }
}

class AnyWorker<D, R> extends Worker<D, R, string, IQueueBackend, JobProgress, unknown> {
  protected override get Job(): typeof Job {
    return ReadJob;
  }
}

/**
 * BullMQ keeps the limit beside the jobs, in the queue's meta data, and a Redis that was emptied has lost both. Where
 * the limit comes before each job, there is no job without it (invariant 8).
 */
class OneAtATimeQueue<D, R> extends AnyQueue<D, R> {
  override async add(name: string, data: D, options?: JobsOptions) {
    await this.setGlobalConcurrency(1);
    return await super.add(name, data, options);
  }
}

/** The queues and workers of one opened store, whichever it is. */
export function bullStore(driver: Driver, trouble: TroubleLog, answerLimitMs: number): Store {
  const queues = new Set<Closable>();
  const workers = new Set<Closable>();
  const oneAtATimeQueues = new Set<string>();
  const lanes: { readonly lane: RunningLane; readonly isOpen: () => boolean }[] = [];
  const prefix = driver.prefix === undefined ? {} : { prefix: driver.prefix };
  let closing: Promise<void> | null = null;
  const writeOwned: WriteOwned = async (write) => {
    try {
      return await driver.writeOwned(write);
    } catch (error) {
      throw driver.explain(error);
    }
  };
  const producer: Driver["producer"] = (...asked) =>
    withAnswerLimit(driver.producer(...asked), answerLimitMs, driver.explain);

  function assertOpen(): void {
    if (!closing) return;
    throw new StoreError("closed", {
      what: "The queue's store is closed.",
      notDone: "No queue or worker was opened.",
      next: "This is a fault of the program: it asked for one while shutting down.",
    });
  }

  function open<D, R>(name: string, Kind: typeof AnyQueue<D, R>): AnyQueue<D, R> {
    const queue = new Kind(
      name,
      { connection: {}, streams: { events: { maxLen: EVENTS_KEPT } }, ...prefix },
      producer,
    );
    queue.on("error", (error) => trouble.failed(`queue ${name}`, driver.explain(error)));
    queues.add(queue);
    return queue;
  }

  async function closeAll(force: boolean): Promise<void> {
    await Promise.allSettled([...workers].map((worker) => worker.close(force)));
    await Promise.allSettled([...queues].map((queue) => queue.close()));
    await driver.close(force);
  }

  return {
    kind: driver.kind,
    queue<D, R = unknown>(name: string, { oneAtATime = false }: StoreQueueOptions = {}): StoreQueue<D, R> {
      assertOpen();
      if (oneAtATime) oneAtATimeQueues.add(name);
      return open<D, R>(name, oneAtATime ? OneAtATimeQueue<D, R> : AnyQueue<D, R>);
    },
    worker<D, R = unknown>(
      name: string,
      processor: StoreProcessor<D, R>,
      options: StoreWorkerOptions = {},
    ): StoreWorker<D, R> {
      assertOpen();
      const lane = new RunningLane(name, open<D, R>(name, AnyQueue<D, R>), options, () =>
        oneAtATimeQueues.has(name),
      );
      const watch = new LockWatch(options.lockDuration ?? DEFAULT_LOCK_MS);
      const worker: StoreWorker<D, R> = new AnyWorker<D, R>(
        name,
        (job, token = "", cancelled = new AbortController().signal) => {
          writesOwned(job, writeOwned);
          return lane
            .during(() =>
              watch.during(job.id ?? "", (lost) => processor(job, token, AbortSignal.any([lost, cancelled]))),
            )
            .catch(rethrowScrubbed);
        },
        { ...options, connection: {}, ...prefix, autorun: false },
        driver.consumer,
      );
      watch.attach(worker);
      worker.on("error", (error) => trouble.failed(`worker ${name}`, driver.explain(error)));
      workers.add(worker);
      let hasRun = false;
      lanes.push({
        lane,
        isOpen: () => {
          // A lane whose loop has ended by itself stands still as well.
          hasRun ||= worker.isRunning();
          return hasRun && worker.closing === undefined;
        },
      });
      return worker;
    },
    async tryWrite() {
      if (closing) return "The queue's store is closed.";
      try {
        await settled(driver.write(), answerLimitMs, driver.explain);
        trouble.recovered();
        return true;
      } catch (error) {
        trouble.failed("store", error);
        if (error instanceof StoreError) return error.message;
        return `The queue's store could not be written: ${inWords(error)}. Look there; it is tried again by itself.`;
      }
    },
    async claim(name, forMs) {
      assertOpen();
      return await settled(driver.claim(name, forMs), answerLimitMs, driver.explain);
    },
    async takeTurn(name, who) {
      assertOpen();
      try {
        return await driver.takeTurn(name, who);
      } catch (error) {
        throw driver.explain(error);
      }
    },
    async writesAnew() {
      try {
        await settled(driver.writeAnew(), ANEW_LIMIT_MS, driver.explain);
        return true;
      } catch {
        return false;
      }
    },
    async clockAheadMs() {
      if (driver.time === undefined) return null;
      const beforeMs = Date.now();
      const atMs = await settled(driver.time(), answerLimitMs, driver.explain);
      return Math.round(atMs - (beforeMs + Date.now()) / 2);
    },
    lanes: () => lanes.filter(({ isOpen }) => isOpen()).map(({ lane }) => lane),
    async close(force = false) {
      // A second, forced close while the first waits for a processor goes past it.
      if (!closing || force) closing = closeAll(force);
      await closing;
    },
  };
}

/** BullMQ stores what a job failed with, words and stack, and others read it there. */
function rethrowScrubbed(error: unknown): never {
  if (error instanceof Error) {
    error.message = scrub(error.message);
    if (error.stack !== undefined) error.stack = scrub(error.stack);
  }
  throw error;
}
