import { groupBy } from "../group-by.js";
import type { Task } from "./task.js";

/** The only state in which a copy does its work for certain. */
export const RUNNING = "TASK_RUNNING";

/**
 * The tasks of a world that are not over. There may be a million of them, and most are never looked at one by one: what is asked of
 * all of them is answered here, and objects are made of those on one agent.
 */
export interface Tasks extends Iterable<Task> {
  readonly length: number;
  /** Sorts them by agent, with pauses, for whom `on` finds them so. */
  sortByAgent(): Generator<void, void, void>;
  /** Those on an agent, in the master's order. */
  on(agentId: string): readonly Task[];
  /** Those with these ids, of whichever frameworks. */
  withIds(ids: ReadonlySet<string>): readonly Task[];
  /** How many run on agents that count; with pauses. */
  running(counts: (agentId: string) => boolean): Generator<void, Copies, void>;
  /** How many there are, by framework. */
  byFramework(): ReadonlyMap<string, number>;
}

/** How many copies there are, by framework and app (`Task.app`). */
export type Copies = ReadonlyMap<string, ReadonlyMap<string, number>>;

export function copiesOf(copies: Copies, frameworkId: string, app: string): number {
  return copies.get(frameworkId)?.get(app) ?? 0;
}

/** Counts by two names. Nested, because joining two names a hundred thousand times costs more than the counting. */
export class Tally {
  readonly counts = new Map<string, Map<string, number>>();

  add(first: string, second: string, count = 1): void {
    let inner = this.counts.get(first);
    if (inner === undefined) {
      inner = new Map();
      this.counts.set(first, inner);
    }
    inner.set(second, (inner.get(second) ?? 0) + count);
  }

  of(first: string, second: string): number {
    return copiesOf(this.counts, first, second);
  }
}

/** So many tasks take a few milliseconds at most. */
export const TASKS_AT_ONCE = 10_000;

/** Tasks that are there as objects. */
export function listed(tasks: readonly Task[]): Tasks {
  return new ListedTasks(tasks);
}

class ListedTasks implements Tasks {
  readonly #tasks: readonly Task[];
  #byAgent: ReadonlyMap<string, readonly Task[]> | null = null;

  constructor(tasks: readonly Task[]) {
    this.#tasks = tasks;
  }

  get length(): number {
    return this.#tasks.length;
  }

  [Symbol.iterator](): Iterator<Task> {
    return this.#tasks[Symbol.iterator]();
  }

  *sortByAgent(): Generator<void, void, void> {
    this.#byAgent ??= groupBy(this.#tasks, (task) => task.agentId);
  }

  on(agentId: string): readonly Task[] {
    this.#byAgent ??= groupBy(this.#tasks, (task) => task.agentId);
    return this.#byAgent.get(agentId) ?? [];
  }

  withIds(ids: ReadonlySet<string>): readonly Task[] {
    return this.#tasks.filter(({ id }) => ids.has(id));
  }

  *running(counts: (agentId: string) => boolean): Generator<void, Copies, void> {
    const tally = new Tally();
    for (const [at, { state, agentId, frameworkId, app }] of this.#tasks.entries()) {
      if (at % TASKS_AT_ONCE === 0) yield;
      if (state === RUNNING && counts(agentId)) tally.add(frameworkId, app);
    }
    return tally.counts;
  }

  byFramework(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { frameworkId } of this.#tasks) counts.set(frameworkId, (counts.get(frameworkId) ?? 0) + 1);
    return counts;
  }
}

/** The same tasks, but those on these agents are others now. */
export function withTasksOn(tasks: Tasks, agents: ReadonlyMap<string, readonly Task[]>): Tasks {
  const changed = tasks instanceof ChangedTasks ? tasks : new ChangedTasks(tasks, new Map(), tasks.length);
  return changed.with(agents);
}

class ChangedTasks implements Tasks {
  readonly #before: Tasks;
  /** All tasks on agents where something changed. */
  readonly #now: ReadonlyMap<string, readonly Task[]>;
  readonly length: number;

  constructor(before: Tasks, now: ReadonlyMap<string, readonly Task[]>, length: number) {
    this.#before = before;
    this.#now = now;
    this.length = length;
  }

  with(agents: ReadonlyMap<string, readonly Task[]>): Tasks {
    let { length } = this;
    for (const [agentId, tasks] of agents) length += tasks.length - this.on(agentId).length;
    return new ChangedTasks(this.#before, new Map([...this.#now, ...agents]), length);
  }

  *[Symbol.iterator](): Iterator<Task> {
    for (const task of this.#before) if (!this.#now.has(task.agentId)) yield task;
    for (const tasks of this.#now.values()) yield* tasks;
  }

  sortByAgent(): Generator<void, void, void> {
    return this.#before.sortByAgent();
  }

  on(agentId: string): readonly Task[] {
    return this.#now.get(agentId) ?? this.#before.on(agentId);
  }

  withIds(ids: ReadonlySet<string>): readonly Task[] {
    const before = this.#before.withIds(ids).filter(({ agentId }) => !this.#now.has(agentId));
    return [...before, ...[...this.#now.values()].flat().filter(({ id }) => ids.has(id))];
  }

  *running(counts: (agentId: string) => boolean): Generator<void, Copies, void> {
    const tally = new Tally();
    const add = (copies: Copies) => {
      for (const [frameworkId, apps] of copies)
        for (const [app, count] of apps) tally.add(frameworkId, app, count);
    };
    add(yield* this.#before.running((agentId) => !this.#now.has(agentId) && counts(agentId)));
    add(yield* listed([...this.#now.values()].flat()).running(counts));
    return tally.counts;
  }

  byFramework(): ReadonlyMap<string, number> {
    const counts = new Map(this.#before.byFramework());
    const add = ({ frameworkId }: Task, by: number) =>
      counts.set(frameworkId, (counts.get(frameworkId) ?? 0) + by);
    for (const [agentId, tasks] of this.#now) {
      for (const task of this.#before.on(agentId)) add(task, -1);
      for (const task of tasks) add(task, 1);
    }
    return counts;
  }
}
