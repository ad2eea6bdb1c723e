// Where does the queue live?

import {
  DelayedError,
  ErrorCode,
  type IQueueBackend,
  type Job,
  type JobProgress,
  type Queue,
  type Worker,
  type WorkerOptions,
} from "bullmq";
import type { Logger } from "../../base/logger.js";
import type { StoreConfig } from "../../config/config.js";
import type { Lane } from "./lane.js";

import { StoreError } from "./store-error.js";

/** A job as workers and `getJob` give it: BullMQ's own, the same on both stores. */
export type StoreJob<D = unknown, R = unknown> = Job<D, R, string>;

/** What a processor gets. `signal` aborts when the lock of the job was lost: somebody else may be running it. */
export type StoreProcessor<D, R> = (job: StoreJob<D, R>, token: string, signal: AbortSignal) => Promise<R>;

type AnyQueue<D, R> = Queue<D, R, string, D, R, string, IQueueBackend, unknown>;

/**
 * The producer's side of a queue: those calls of BullMQ's `Queue` that were proven to mean the same on both stores.
 * Each settles within {@link ANSWER_LIMIT_MS}, and so does every call on a job that `getJob` gave; what cannot be done
 * rejects with a `StoreError`.
 */
export type StoreQueue<D = unknown, R = unknown> = Pick<
  AnyQueue<D, R>,
  "add" | "getJob" | "getJobs" | "getJobCounts" | "setGlobalConcurrency" | "rateLimit"
>;

export interface StoreQueueOptions {
  /** One job at a time for the whole installation: the limit is set again before each job that is added. */
  readonly oneAtATime?: boolean;
}

/** BullMQ's worker on either store. */
export type StoreWorker<D = unknown, R = unknown> = Worker<D, R, string, IQueueBackend, JobProgress, unknown>;

/** BullMQ's options of a worker, without what the store decides. See `lane-options.ts` for the lanes' own. */
export type StoreWorkerOptions = Omit<WorkerOptions, "connection" | "prefix" | "autorun">;

/** The only store there is: everything the bot knows is a job in it. */
export interface Store {
  readonly kind: StoreConfig["kind"];
  /** The producer's side of a queue; it closes with the store. */
  queue<D, R = unknown>(name: string, options?: StoreQueueOptions): StoreQueue<D, R>;
  /** A worker that stands still until `run()`. It waits for a Redis that is away and goes on when it is back. */
  worker<D, R = unknown>(
    name: string,
    processor: StoreProcessor<D, R>,
    options?: StoreWorkerOptions,
  ): StoreWorker<D, R>;
  /**
   * Stores a little something of our own, in place of the last one. A store that answers may still refuse what work needs,
   * so nothing less shows that it works (invariant 13). Never throws and never takes longer than {@link ANSWER_LIMIT_MS}.
   *
   * @returns `true`, or in sentences what is wrong and what to do.
   */
  tryWrite(): Promise<true | string>;
  /**
   * Takes a name for so many milliseconds: `true` for the first that asks, in whichever process, and `false` for all others
   * until the time is over, also after a restart.
   *
   * @throws StoreError when it is not known.
   */
  claim(name: string, forMs: number): Promise<boolean>;
  /**
   * Writes down who has the turn at a name from now on, and tells who had it before; `null` where nobody is known. Waits for a store
   * that is away.
   *
   * @throws StoreError
   */
  takeTurn(name: string, who: string): Promise<string | null>;
  /**
   * How far the clock of the store is ahead of ours, in ms; `null` where it has none of its own.
   *
   * @throws StoreError
   */
  clockAheadMs(): Promise<number | null>;
  /** Whether a process that starts now could write: asked through a connection of its own. Never throws. */
  writesAnew(): Promise<boolean>;
  /** The lanes that this process runs, from `run()` of the worker until it is closed. */
  lanes(): readonly Lane[];
  /**
   * Lets running processors finish, then closes workers, queues and the connection. With Redis away a processor may
   * wait for it for ever: then bound this by time and call `close(true)`, which waits for nobody.
   */
  close(force?: boolean): Promise<void>;
}

/** How long a producer may wait for the store: Slack wants its answer in 3 s (invariant 9). */
export const ANSWER_LIMIT_MS = 2_000;

/** So often is a store asked at the start that answers too late. */
const START_TRIES = 5;

/**
 * Asks a store that a process needs to start. One that is slow for a moment, because its machine has just started, is asked
 * again: what is asked may be done twice.
 *
 * @throws StoreError
 */
export async function askAtStart<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "no_answer" || tries === START_TRIES) throw error;
    }
  }
}

/** Starts a worker. Its loop ends when it is closed; anything else is told. */
export function runWorker(worker: { run(): Promise<void> }, logger: Logger): void {
  worker.run().catch((error) => logger.error({ err: error }, "a lane stopped"));
}

/**
 * Leaves a running job for later: it comes again after so many milliseconds. BullMQ wants a time on the clock on the wall, in
 * whole milliseconds: PostgreSQL refuses a fraction and fails the job, Redis takes it without a word.
 *
 * @param wall that clock, also right after it jumped.
 * @throws DelayedError always: it is how BullMQ is told.
 */
export async function delayFor<D, R>(
  job: StoreJob<D, R>,
  ms: number,
  token: string,
  wall: () => number,
): Promise<never> {
  await job.moveToDelayed(Math.ceil(wall() + Math.max(0, ms)), token);
  throw new DelayedError();
}

/**
 * What is kept of a running job once it is completed: nothing, or the job for a time (ms). BullMQ asks the job that completes,
 * not what was stored when it was added, and applies its time to all completed jobs of the queue. A number of jobs to keep
 * would let any job push out the others, so there is none.
 */
export function keepWhenDone<D, R>(job: StoreJob<D, R>, kept: "nothing" | { readonly forMs: number }): void {
  job.opts.removeOnComplete = kept === "nothing" ? true : { age: Math.ceil(kept.forMs / 1_000) };
}

/**
 * Makes a delayed job run as soon as its turn comes, keeping its priority. `false` when it was not delayed: it waits
 * already, runs or has ended, and BullMQ's error for that is no failure.
 */
export async function wake<D, R>(job: StoreJob<D, R>): Promise<boolean> {
  try {
    await job.promote();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === ErrorCode.JobNotInState) return false;
    throw error;
  }
}
