import type { Queue, WorkerOptions } from "bullmq";

/** A lane as this process runs it: one worker on one queue. */
export interface Lane {
  readonly name: string;
  /** How many jobs it has taken so far. */
  taken(): number;
  /** How many jobs it runs. */
  running(): number;
  /**
   * How many jobs it could take now and has not: none while all of its places are taken, while a rate limit holds them
   * back, and while any process runs one of a queue that has one at a time.
   *
   * @throws StoreError when that cannot be known.
   */
  waiting(): Promise<number>;
}

/** BullMQ's own default. */
const DEFAULT_CONCURRENCY = 1;

type Options = Pick<WorkerOptions, "concurrency" | "limiter">;

/** What the queue of a lane is asked, as BullMQ's `Queue` answers it. */
type Counted = Pick<Queue, "getJobCounts" | "getDelayedCount" | "getRateLimitTtl">;

export class RunningLane implements Lane {
  readonly name: string;
  readonly #queue: Counted;
  readonly #options: Options;
  readonly #isOneAtATime: () => boolean;
  #taken = 0;
  #running = 0;

  /** @param isOneAtATime whether the whole queue has one job at a time. */
  constructor(name: string, queue: Counted, options: Options, isOneAtATime: () => boolean) {
    this.name = name;
    this.#queue = queue;
    this.#options = options;
    this.#isOneAtATime = isOneAtATime;
  }

  taken(): number {
    return this.#taken;
  }

  running(): number {
    return this.#running;
  }

  async waiting(): Promise<number> {
    const { concurrency = DEFAULT_CONCURRENCY, limiter } = this.#options;
    if (this.#running >= concurrency) return 0;
    const {
      waiting = 0,
      prioritized = 0,
      active = 0,
    } = await this.#queue.getJobCounts("waiting", "prioritized", "active");
    if (active > 0 && this.#isOneAtATime()) return 0;
    // Only a worker makes a delayed job whose time has come a waiting one.
    const due = waiting + prioritized + (await this.#queue.getDelayedCount(Date.now()));
    if (due === 0 || limiter === undefined) return due;
    return (await this.#queue.getRateLimitTtl(limiter.max)) > 0 ? 0 : due;
  }

  /** Counts a job from when it was taken until it has been run. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#taken += 1;
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
