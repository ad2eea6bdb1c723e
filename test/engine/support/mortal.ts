import { DelayedError } from "bullmq";
import { LockLostError, updateOwned, writesOwned } from "../../../src/engine/store/owned.js";
import type { Store, StoreJob, StoreQueue } from "../../../src/engine/store/store.js";
import type { Messenger } from "../../../src/slack/say/messenger.js";

/** What changes a job that is stored. */
const WRITES = [
  "updateData",
  "moveToDelayed",
  "changePriority",
  "promote",
  "retry",
  "remove",
  "extendLock",
] as const;

/** A moment between two things that a process does, such as the second time before `say post`. */
export interface Point {
  readonly when: "before" | "after";
  /** What it does to the store (`<lane> <call>`) or in Slack (`say <call>`). */
  readonly what: string;
  /** Counted from 1. */
  readonly time: number;
  /**
   * The same for all moments between which nothing was begun or ended: a process that dies at any of them leaves the same behind,
   * because what it only knows dies with it.
   */
  readonly gap: string;
}

const nameOf = ({ when, what, time }: Omit<Point, "gap">) => `${when} ${what} ${time}`;

/** One moment of each gap. */
export function gapsOf(points: readonly Point[]): readonly Point[] {
  const first = new Map<string, Point>();
  for (const point of points) if (!first.has(point.gap)) first.set(point.gap, point);
  return [...first.values()];
}

/**
 * A process that may die between any two things that it does to the store and in Slack. When it is dead nothing of it happens any
 * more: what it calls never returns.
 */
export class Mortal {
  /** Resolves when it dies. */
  readonly dead: Promise<void>;
  /** All points that it has passed. */
  readonly passed: Point[] = [];
  readonly #times = new Map<string, number>();
  readonly #workers: { close(force?: boolean): Promise<void> }[] = [];
  #end: (() => void) | null;
  #isLast: (point: Point) => boolean = () => false;
  /** What it has begun and ended that outlives it. */
  #deeds = 0;

  /** @param around what others have done and what time it is, as text that differs when that does */
  constructor(private readonly around: () => string) {
    let end = () => {};
    this.dead = new Promise((resolve) => {
      end = resolve;
    });
    this.#end = end;
  }

  get isDead(): boolean {
    return this.#end === null;
  }

  diesAt(point: Point): void {
    this.#isLast = (passed) => nameOf(passed) === nameOf(point);
  }

  /** Where the order of what happens is not the same in each life: at the n-th of all points, counted from 1, whichever it is. */
  diesAtMoment(n: number): void {
    this.#isLast = () => this.passed.length === n;
  }

  /** `kill -9`. */
  die(): void {
    const end = this.#end;
    if (end === null) return;
    this.#end = null;
    for (const worker of this.#workers) worker.close(true).catch(() => {});
    end();
  }

  /** Something began or ended that outlives the process. */
  deed(): void {
    this.#deeds += 1;
  }

  /** It is closed in order: nobody hears any more what was still under way. */
  end(): void {
    this.#end = null;
  }

  store(store: Store): Store {
    return {
      ...bound(store),
      queue: (name, options) => this.#queue(name, store.queue(name, options)),
      worker: (name, processor, options) => {
        const worker = store.worker<never>(
          name,
          async (job, token, signal) => {
            if (this.isDead) throw new DelayedError();
            this.deed();
            const run = async () => {
              const outcome = await processor(
                this.#owned(name, job as StoreJob, token) as never,
                token,
                signal,
              );
              await this.#pass({ when: "before", what: `${laneOf(name)} complete` });
              return outcome;
            };
            // What the lane notes of how it went is a deed as well.
            const ran = run().finally(() => this.deed());
            // Its lock runs out; nobody hears how it went.
            return await Promise.race([ran, this.dead.then(() => Promise.reject(new DelayedError()))]);
          },
          options,
        );
        this.#workers.push(worker);
        return worker as never;
      },
      claim: (name, forMs) => this.#does("claim", () => store.claim(name, forMs)),
      // Whoever comes next has another name, and has read nothing yet.
      takeTurn: (name, who) => this.#alive(() => store.takeTurn(name, who)),
      tryWrite: () => this.#does("try", () => store.tryWrite()),
    };
  }

  messenger(messenger: Messenger): Messenger {
    const calls = Object.entries(messenger).map(([name, call]) => [
      name,
      typeof call === "function"
        ? (...args: unknown[]) =>
            this.#does(`say ${name}`, () => (call as (...args: unknown[]) => Promise<unknown>)(...args))
        : call,
    ]);
    return Object.fromEntries(calls) as Messenger;
  }

  #queue<D, R>(name: string, queue: StoreQueue<D, R>): StoreQueue<D, R> {
    const lane = laneOf(name);
    return {
      add: async (...args) =>
        this.#job(name, await this.#does(`${lane} add`, () => queue.add(...args))) as never,
      getJob: async (id) => {
        const job = await this.#alive(() => queue.getJob(id));
        return job === undefined ? job : (this.#job(name, job as StoreJob) as never);
      },
      getJobs: async (...args) =>
        (await this.#alive(() => queue.getJobs(...args))).map((job) =>
          this.#job(name, job as StoreJob),
        ) as never,
      getJobCounts: (...args) => this.#alive(() => queue.getJobCounts(...args)),
      setGlobalConcurrency: (most) => this.#does(`${lane} limit`, () => queue.setGlobalConcurrency(most)),
      rateLimit: (ms) => this.#does(`${lane} pause`, () => queue.rateLimit(ms)),
    };
  }

  /** A job whose writes this process may die at. */
  #job<J extends object>(name: string, job: J): J {
    const own = Object.create(job) as Record<string, unknown>;
    const real = job as Record<string, (...args: unknown[]) => Promise<unknown>>;
    for (const call of WRITES)
      own[call] = (...args: unknown[]) =>
        this.#does(`${laneOf(name)} ${call}`, async () => await real[call]?.apply(job, args));
    for (const call of ["getState", "isActive", "isDelayed", "isCompleted"])
      own[call] = (...args: unknown[]) => this.#alive(async () => await real[call]?.apply(job, args));
    return own as J;
  }

  /** The same of one that this process runs. */
  #owned(name: string, job: StoreJob, token: string): StoreJob {
    const own = this.#job(name, job);
    writesOwned(own, ({ target, lockMs, data }) =>
      this.#does(`${laneOf(name)} write`, async () => {
        try {
          await updateOwned(job, token, JSON.parse(data), { id: target } as StoreJob, lockMs);
          return "written";
        } catch (error) {
          if (error instanceof LockLostError) return "lost";
          if (error instanceof Error && error.message.includes("was removed from the queue")) return "gone";
          throw error;
        }
      }),
    );
    return own;
  }

  async #does<T>(what: string, act: () => Promise<T>): Promise<T> {
    await this.#pass({ when: "before", what });
    this.deed();
    const done = await this.#alive(act).finally(() => this.deed());
    await this.#pass({ when: "after", what });
    return done;
  }

  async #alive<T>(act: () => Promise<T>): Promise<T> {
    if (this.isDead) return await NEVER;
    try {
      return await act();
    } finally {
      // Nobody hears how it went.
      if (this.isDead) await NEVER;
    }
  }

  async #pass({ when, what }: Pick<Point, "when" | "what">): Promise<void> {
    if (this.isDead) return await NEVER;
    const times = (this.#times.get(`${when} ${what}`) ?? 0) + 1;
    this.#times.set(`${when} ${what}`, times);
    const point = { when, what, time: times, gap: `${this.#deeds} ${this.around()}` };
    this.passed.push(point);
    if (!this.#isLast(point)) return;
    this.die();
    return await NEVER;
  }
}

const NEVER = new Promise<never>(() => {});

/** `control-c1` is the lane control. */
function laneOf(queue: string): string {
  return queue.replace(/-c\d+$/, "");
}

function bound(store: Store): Store {
  return {
    kind: store.kind,
    queue: store.queue.bind(store),
    worker: store.worker.bind(store),
    tryWrite: store.tryWrite.bind(store),
    claim: store.claim.bind(store),
    takeTurn: store.takeTurn.bind(store),
    clockAheadMs: store.clockAheadMs.bind(store),
    writesAnew: store.writesAnew.bind(store),
    lanes: store.lanes.bind(store),
    close: store.close.bind(store),
  } as Store;
}
