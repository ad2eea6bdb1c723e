import { EventEmitter } from "node:events";
import { DelayedError, ErrorCode, type JobsOptions, RateLimitError, UnrecoverableError } from "bullmq";
import { runsQueueName } from "../../../src/engine/lanes/jobs.js";
import type { OwnedWrite } from "../../../src/engine/store/driver.js";
import { writesOwned } from "../../../src/engine/store/owned.js";
import type {
  Store,
  StoreJob,
  StoreProcessor,
  StoreQueue,
  StoreQueueOptions,
  StoreWorker,
  StoreWorkerOptions,
} from "../../../src/engine/store/store.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";

type State = "waiting" | "prioritized" | "delayed" | "active" | "completed" | "failed";

/** A job as it is stored. */
interface Stored {
  readonly id: string;
  readonly name: string;
  readonly options: JobsOptions;
  readonly timestamp: number;
  /** JSON. */
  data: string;
  priority: number;
  state: State;
  /** Which of those that wait is next: jobs without a priority, then by priority, then in the order they came. */
  turn: number;
  dueMs: number;
  /** For how long it was to wait when it was left for later. */
  delay: number;
  /** Of the worker that runs it. */
  token: string | null;
  attemptsStarted: number;
  attemptsMade: number;
  finishedOn: number | undefined;
}

type AnyProcessor = StoreProcessor<unknown, unknown>;

/**
 * The store without a database, for tests in which time passes when the test says so: jobs run when `startDue` is called,
 * and not before their time by the clock that it is given. What it means by a job, a delay, a priority, a failed attempt
 * and a rate limit is what BullMQ means by them; `memory-store.test.ts` holds it against the real stores.
 */
export class MemoryStore implements Store {
  readonly kind = "embedded";
  readonly #lanes = new Map<string, Lane>();
  readonly #claimed = new Map<string, number>();
  readonly #turns = new Map<string, string>();

  constructor(private readonly now: () => number) {}

  queue<D, R = unknown>(name: string, options: StoreQueueOptions = {}): StoreQueue<D, R> {
    const lane = this.#lane(name);
    if (options.oneAtATime) lane.most = 1;
    return lane as unknown as StoreQueue<D, R>;
  }

  worker<D, R = unknown>(
    name: string,
    processor: StoreProcessor<D, R>,
    { concurrency = 1 }: StoreWorkerOptions = {},
  ): StoreWorker<D, R> {
    const worker = new LaneWorker(this.#lane(name), processor as AnyProcessor, concurrency);
    return worker as unknown as StoreWorker<D, R>;
  }

  async tryWrite(): Promise<true> {
    return true;
  }

  async claim(name: string, forMs: number): Promise<boolean> {
    if ((this.#claimed.get(name) ?? 0) > this.now()) return false;
    this.#claimed.set(name, this.now() + forMs);
    return true;
  }

  async takeTurn(name: string, who: string): Promise<string | null> {
    const before = this.#turns.get(name) ?? null;
    this.#turns.set(name, who);
    return before;
  }

  async clockAheadMs(): Promise<null> {
    return null;
  }

  async writesAnew(): Promise<boolean> {
    return true;
  }

  lanes(): readonly [] {
    return [];
  }

  async close(): Promise<void> {}

  /** Starts every job that is due and has a free worker. Resolves when it is started, not when it is done. */
  startDue(): void {
    for (const lane of this.#lanes.values()) lane.startDue();
  }

  /**
   * The jobs that run. Each resolves when its job is done, delayed or failed. Not those of runbooks: they last as long as the
   * test wants, and the rest goes on beside them.
   */
  running(): readonly Promise<void>[] {
    const lanes = [...this.#lanes.values()].filter(({ name }) => !name.startsWith(runsQueueName("")));
    return lanes.flatMap((lane) => [...lane.runs.values()]);
  }

  /**
   * The next proof that a lock is held is given at once, and its answer arrives when `until` resolves: that of its own, or of the write
   * of what is about to be done.
   */
  delayNextProof(until: Promise<void>, asked: () => void): void {
    for (const lane of this.#lanes.values()) lane.nextProof = { until, asked };
  }

  /** Every job that runs is free for another worker, as after a pause that was longer than its lock lasts. */
  locksRunOut(): void {
    for (const lane of this.#lanes.values()) lane.locksRunOut();
  }

  /** When the next job is due that a worker would run; `null` when there is none. */
  nextMs(): number | null {
    const all = [...this.#lanes.values()].flatMap((lane) => lane.dueTimes());
    return all.length === 0 ? null : Math.min(...all);
  }

  #lane(name: string): Lane {
    const lane = this.#lanes.get(name) ?? new Lane(name, this.now);
    this.#lanes.set(name, lane);
    return lane;
  }
}

class Lane {
  readonly jobs = new Map<string, Stored>();
  readonly workers = new Set<LaneWorker>();
  readonly runs = new Map<Stored, Promise<void>>();
  /** The limit for all workers together. */
  most = Number.POSITIVE_INFINITY;
  /** How the answer to the next proof of a lock travels; `null` for not at all. */
  nextProof: { readonly until: Promise<void>; asked(): void } | null = null;
  #limitedUntilMs = 0;
  #made = 0;

  constructor(
    readonly name: string,
    readonly now: () => number,
  ) {}

  async setGlobalConcurrency(most: number): Promise<void> {
    this.most = most;
  }

  async rateLimit(ms: number): Promise<void> {
    this.#limitedUntilMs = this.now() + ms;
  }

  async add(name: string, data: unknown, options: JobsOptions = {}): Promise<StoreJob> {
    this.#made += 1;
    const id = options.jobId ?? String(this.#made);
    let stored = this.jobs.get(id);
    if (stored === undefined) {
      stored = {
        id,
        name,
        options,
        timestamp: this.now(),
        data: JSON.stringify(data),
        priority: options.priority ?? 0,
        state: "waiting",
        turn: 0,
        dueMs: this.now() + (options.delay ?? 0),
        delay: options.delay ?? 0,
        token: null,
        attemptsStarted: 0,
        attemptsMade: 0,
        finishedOn: undefined,
      };
      this.jobs.set(id, stored);
      if (options.delay === undefined) this.wait(stored);
      else stored.state = "delayed";
    }
    return this.handle(stored);
  }

  async getJob(id: string): Promise<StoreJob | undefined> {
    const stored = this.jobs.get(id);
    return stored === undefined ? undefined : this.handle(stored);
  }

  async getJobs(states: readonly State[], start = 0, end = -1, ascending = false): Promise<StoreJob[]> {
    const found = [...this.jobs.values()].filter(({ state }) => states.includes(state));
    if (states[0] === "completed") found.sort((a, b) => (a.finishedOn ?? 0) - (b.finishedOn ?? 0));
    if (!ascending) found.reverse();
    return found.slice(start, end === -1 ? undefined : end + 1).map((stored) => this.handle(stored));
  }

  async getJobCounts(): Promise<Record<string, number>> {
    const counts: Record<string, number> = { waiting: 0, prioritized: 0, delayed: 0, active: 0 };
    for (const { state } of this.jobs.values()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  handle(stored: Stored): StoreJob {
    return new MemoryJob(this, stored) as unknown as StoreJob;
  }

  wait(stored: Stored): void {
    this.#made += 1;
    stored.turn = this.#made;
    stored.token = null;
    stored.state = stored.priority === 0 ? "waiting" : "prioritized";
  }

  locksRunOut(): void {
    for (const stored of this.runs.keys()) this.wait(stored);
    this.runs.clear();
  }

  dueTimes(): readonly number[] {
    if (![...this.workers].some(({ isFree }) => isFree)) return [];
    return [...this.jobs.values()]
      .filter(({ state }) => ["waiting", "prioritized", "delayed"].includes(state))
      .map(({ state, dueMs }) => Math.max(this.#limitedUntilMs, state === "delayed" ? dueMs : 0));
  }

  startDue(): void {
    for (const stored of this.jobs.values()) {
      if (stored.state === "delayed" && stored.dueMs <= this.now() && !this.runs.has(stored))
        this.wait(stored);
    }
    while (this.now() >= this.#limitedUntilMs && this.runs.size < this.most) {
      const worker = [...this.workers].find(({ isFree }) => isFree);
      const [next] = [...this.jobs.values()]
        .filter((one) => (one.state === "waiting" || one.state === "prioritized") && !this.runs.has(one))
        .sort((a, b) => a.priority - b.priority || a.turn - b.turn);
      if (worker === undefined || next === undefined) return;
      this.runs.set(next, worker.run(next));
      // Several have their jobs in turn.
      this.workers.delete(worker);
      this.workers.add(worker);
    }
  }

  readonly writeOwned = async ({ owner, token, target, data }: OwnedWrite) => {
    if (this.jobs.get(owner)?.token !== token) return "lost" as const;
    const stored = this.jobs.get(target);
    if (stored === undefined) return "gone" as const;
    stored.data = data;
    if (owner === target && isToBeDone(data)) await this.proofTravels();
    return "written" as const;
  };

  async proofTravels(): Promise<void> {
    const travels = this.nextProof;
    this.nextProof = null;
    travels?.asked();
    await travels?.until;
  }
}

/** Whether a record tells of a call that is about to be made, and may be cut off. */
function isToBeDone(data: string): boolean {
  const { unsettledUntilMs = null, batches = [] } = JSON.parse(data) as Partial<Maintenance>;
  return unsettledUntilMs !== null || batches.some((batch) => "intent" in batch && batch.intent !== null);
}

/** A job as it stood when it was asked for, with what can be done to it. */
class MemoryJob {
  readonly id: string;
  readonly name: string;
  readonly queueName: string;
  readonly timestamp: number;
  readonly attemptsStarted: number;
  readonly attemptsMade: number;
  readonly finishedOn: number | undefined;
  readonly delay: number;
  readonly opts: JobsOptions;
  priority: number;
  data: unknown;

  constructor(
    private readonly lane: Lane,
    private readonly stored: Stored,
  ) {
    this.id = stored.id;
    this.name = stored.name;
    this.queueName = lane.name;
    this.timestamp = stored.timestamp;
    this.attemptsStarted = stored.attemptsStarted;
    this.attemptsMade = stored.attemptsMade;
    this.finishedOn = stored.finishedOn;
    this.delay = stored.delay;
    this.opts = { ...stored.options };
    this.priority = stored.priority;
    this.data = JSON.parse(stored.data);
  }

  async getState(): Promise<State | "unknown"> {
    return this.lane.jobs.has(this.id) ? this.stored.state : "unknown";
  }

  isActive = async () => (await this.getState()) === "active";

  isDelayed = async () => (await this.getState()) === "delayed";

  isCompleted = async () => (await this.getState()) === "completed";

  async remove(): Promise<void> {
    if (this.stored.token !== null) throw new Error(`Job ${this.id} is locked.`);
    this.lane.jobs.delete(this.id);
  }

  async updateData(data: unknown): Promise<void> {
    this.stored.data = JSON.stringify(data);
    this.data = data;
  }

  async extendLock(token: string): Promise<number> {
    const held = this.stored.token === token ? 1 : 0;
    await this.lane.proofTravels();
    return held;
  }

  async moveToDelayed(dueMs: number, token: string): Promise<void> {
    if (this.stored.token !== token) throw new Error(`The lock of job ${this.id} is not held.`);
    this.stored.token = null;
    this.stored.state = "delayed";
    this.stored.dueMs = dueMs;
    this.stored.delay = Math.max(0, dueMs - this.lane.now());
  }

  async changePriority({ priority = 0 }: { readonly priority?: number }): Promise<void> {
    this.stored.priority = priority;
    this.priority = priority;
  }

  async promote(): Promise<void> {
    this.#expect("delayed");
    this.lane.wait(this.stored);
  }

  async retry(): Promise<void> {
    this.#expect("failed");
    this.stored.finishedOn = undefined;
    this.lane.wait(this.stored);
  }

  #expect(state: State): void {
    if (this.stored.state === state) return;
    throw Object.assign(new Error(`Job ${this.id} is not ${state}.`), { code: ErrorCode.JobNotInState });
  }
}

class LaneWorker extends EventEmitter {
  readonly #running = new Set<Promise<void>>();
  #isOn = false;
  #runs = 0;

  constructor(
    private readonly lane: Lane,
    private readonly processor: AnyProcessor,
    private readonly concurrency: number,
  ) {
    super();
  }

  get isFree(): boolean {
    return this.#isOn && this.#running.size < this.concurrency;
  }

  async start(): Promise<void> {
    this.#isOn = true;
    this.lane.workers.add(this);
  }

  /** Lets running jobs finish. */
  async close(): Promise<void> {
    this.#isOn = false;
    this.lane.workers.delete(this);
    await Promise.all(this.#running);
  }

  /** BullMQ's `run` of a worker; with a job, the run of that job. */
  run(stored?: Stored): Promise<void> {
    if (stored === undefined) return this.start();
    const run = this.#process(stored).finally(() => {
      this.#running.delete(run);
      if (this.lane.runs.get(stored) === run) this.lane.runs.delete(stored);
    });
    this.#running.add(run);
    return run;
  }

  async #process(stored: Stored): Promise<void> {
    this.#runs += 1;
    const token = `${this.lane.name}/${this.#runs}/${stored.id}`;
    stored.state = "active";
    stored.token = token;
    stored.attemptsStarted += 1;
    const job = this.lane.handle(stored);
    writesOwned(job, this.lane.writeOwned);
    try {
      await this.processor(job, token, new AbortController().signal);
    } catch (error) {
      // After a lost lock the job is another worker's.
      if (stored.token === token || error instanceof DelayedError) this.#failed(stored, error);
      return;
    }
    if (stored.token !== token) return;
    stored.state = "completed";
    const kept = job.opts.removeOnComplete;
    this.#finished(stored, kept === true);
    const age = typeof kept === "object" && "age" in kept ? kept.age : Number.POSITIVE_INFINITY;
    for (const { id, state, finishedOn = 0 } of this.lane.jobs.values()) {
      if (state === "completed" && finishedOn <= this.lane.now() - age * 1_000) this.lane.jobs.delete(id);
    }
  }

  #failed(stored: Stored, error: unknown): void {
    if (error instanceof DelayedError) return;
    if (error instanceof RateLimitError) {
      const { turn } = stored;
      this.lane.wait(stored);
      stored.turn = turn;
      return;
    }
    stored.attemptsMade += 1;
    const { attempts = 1, backoff, removeOnFail } = stored.options;
    if (error instanceof UnrecoverableError || stored.attemptsMade >= attempts) {
      stored.state = "failed";
      this.#finished(stored, removeOnFail === true);
    } else {
      const { type = "fixed", delay = 0 } = typeof backoff === "object" ? backoff : { delay: backoff ?? 0 };
      stored.token = null;
      stored.state = "delayed";
      stored.delay = delay * (type === "exponential" ? 2 ** (stored.attemptsMade - 1) : 1);
      stored.dueMs = this.lane.now() + stored.delay;
    }
    this.emit("failed", this.lane.handle(stored), error);
  }

  #finished(stored: Stored, isRemoved: boolean): void {
    stored.token = null;
    stored.finishedOn = this.lane.now();
    if (isRemoved) this.lane.jobs.delete(stored.id);
  }
}
