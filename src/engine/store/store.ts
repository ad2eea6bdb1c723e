// Where does the queue live?

import type { IQueueBackend, Job, JobProgress, Queue, Worker, WorkerOptions } from "bullmq";

/** Text that only comes out on request: a URL may carry a password. */
export interface Hidden {
  reveal(): string;
}

export interface RedisSettings {
  readonly kind: "redis";
  /** `redis://` or `rediss://`. With Sentinel only its user, password, database and TLS count. */
  readonly url: Hidden;
  readonly sentinel?: {
    /** Name of the group of masters and replicas that the sentinels watch. */
    readonly name: string;
    readonly addresses: readonly { readonly host: string; readonly port: number }[];
    readonly password: Hidden | null;
  } | null;
  /** The URL is a node of a Redis Cluster. */
  readonly cluster?: boolean;
  /** Keeps several installations on one Redis apart. Default `mesos`; kept in braces so that a Cluster has it on one node. */
  readonly prefix?: string;
}

export interface EmbeddedSettings {
  readonly kind: "embedded";
  /** Made with mode 0700 if missing. A local disk: locks and PostgreSQL's files do not survive network shares. */
  readonly dataDir: string;
}

export type StoreSettings = RedisSettings | EmbeddedSettings;

/** What the store tells the log; a pino logger fits. */
export interface StoreLogger {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

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
  readonly kind: StoreSettings["kind"];
  /** The producer's side of a queue; it closes with the store. */
  queue<D, R = unknown>(name: string, options?: StoreQueueOptions): StoreQueue<D, R>;
  /** A worker that stands still until `run()`. It waits for a Redis that is away and goes on when it is back. */
  worker<D, R = unknown>(
    name: string,
    processor: StoreProcessor<D, R>,
    options?: StoreWorkerOptions,
  ): StoreWorker<D, R>;
  /** `true`, or in one sentence what is wrong. Never throws and never takes longer than {@link ANSWER_LIMIT_MS}. */
  ping(): Promise<true | string>;
  /**
   * Lets running processors finish, then closes workers, queues and the connection. With Redis away a processor may
   * wait for it for ever: then bound this by time and call `close(true)`, which waits for nobody.
   */
  close(force?: boolean): Promise<void>;
}

/** How long a producer may wait for the store: Slack wants its answer in 3 s (invariant 9). */
export const ANSWER_LIMIT_MS = 2_000;
