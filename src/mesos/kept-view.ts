// What stays true of agents and tasks between two whole readings?

import { inTurns } from "../base/in-turns.js";
import type { Task } from "../maintenance/cluster/task.js";
import { withTasksOn } from "../maintenance/cluster/tasks.js";
import { ENDED_WITHIN_MS, type TaskEnd, type World } from "../maintenance/cluster/world.js";
import type { MasterEvent, TaskUpdated } from "./stream/events.js";

/** So long a view is kept before everything is read again, which proves it: what no event tells is that old at most. */
export const KEPT_MS = 600_000;

/** More events than this between two looks cost more than reading everything. */
const MOST_EVENTS = 50_000;

/** The part of a world that is most of what a master has to send. */
export type Kept = Pick<
  World,
  "agents" | "allocated" | "recoveredAgents" | "tasks" | "goneAgents" | "ended" | "wholeAtMs"
>;

type TaskEvent = Extract<MasterEvent, { kind: "task_added" }> | TaskUpdated;

/** The events since a whole reading began; `isBroken` once one of them, or a gap, says what only another reading shows. */
class EventLog {
  readonly master: string;
  /** Those that are not applied yet. */
  events: TaskEvent[] = [];
  /** Agents that any of them told of. */
  readonly touched = new Set<string>();
  isBroken = false;

  constructor(master: string) {
    this.master = master;
  }

  add(event: TaskEvent): void {
    const agentId = agentOf(event);
    if (agentId === null || this.events.length >= MOST_EVENTS || !isTold(event)) this.isBroken = true;
    if (this.isBroken || agentId === null) return;
    this.events.push(event);
    this.touched.add(agentId);
  }
}

function agentOf(event: TaskEvent): string | null {
  return event.kind === "task_added" ? event.task.agentId : event.agentId;
}

function isTold(event: TaskEvent): boolean {
  return event.kind === "task_added" || event.to.kind !== "of_agent";
}

/** A whole reading under way, from its beginning on. */
export interface Reading {
  /** @param world what was read. It is kept if the event stream of the same master was there all the while. */
  keep(world: World): void;
  /** Also where nothing was read. */
  end(): void;
}

/**
 * The agents and tasks of the last whole reading, kept true by the event stream. Only for looks, never for what is decided: that
 * is always read (invariants 2 and 5). The stream tells of every task; what it tells of agents and of frameworks that left
 * makes the next look a whole one.
 */
export class KeptView {
  /** The master whose stream has been unbroken since it began; `null` without one. */
  #followed: string | null = null;
  readonly #logs = new Set<EventLog>();
  #kept: { readonly world: World; readonly log: EventLog } | null = null;
  /** What was kept when the last whole reading began, to be compared with what it read. */
  #unproven: { readonly kept: World; readonly read: World; readonly log: EventLog } | null = null;

  /** What the event stream tells, in its order. */
  onEvent(event: MasterEvent): void {
    switch (event.kind) {
      case "subscribed":
        this.#breakAll();
        this.#followed = event.master;
        return;
      case "lost":
        this.#breakAll();
        this.#followed = null;
        return;
      case "task_added":
      case "task_updated":
        for (const log of this.#logs) log.add(event);
        return;
      case "agent_added":
      case "agent_removed":
      case "framework_removed":
        this.#breakAll();
        return;
      case "framework":
        return;
    }
  }

  /** The stream was closed. */
  close(): void {
    this.#breakAll();
    this.#followed = null;
  }

  /** A whole reading begins now. */
  begin(): Reading {
    if (this.#followed === null) return { keep() {}, end() {} };
    const log = new EventLog(this.#followed);
    this.#logs.add(log);
    const before = this.#now();
    return {
      keep: (world) => {
        this.#drop();
        // Who comes back, or is given up, after a fail-over is seen agent by agent.
        const isRecovering = world.recoveredAgents.length > 0;
        if (log.master !== world.leader || log.isBroken || isRecovering) return;
        this.#kept = { world, log };
        if (before?.leaderId === world.leaderId) this.#unproven = { kept: before, read: world, log };
      },
      end: () => {
        if (this.#kept?.log !== log) this.#logs.delete(log);
      },
    };
  }

  /**
   * Compares the last whole reading with what was kept until then, once: how many tasks and agents differ that no event told of.
   * `null` where there is nothing to compare. To be called when events on their way have had time to arrive.
   */
  async prove(): Promise<number | null> {
    const unproven = this.#unproven;
    this.#unproven = null;
    if (unproven === null || unproven.log.isBroken) return null;
    const { kept, read, log } = unproven;
    return await inTurns(differences(kept, read, log.touched));
  }

  /** What is kept of this leader, as of now; `null` where only a whole reading shows it. */
  of(leaderId: string, nowMs: number): Kept | null {
    const now = this.#now();
    if (now === null) return null;
    if (now.leaderId !== leaderId || nowMs - now.wholeAtMs >= KEPT_MS || nowMs < now.wholeAtMs) {
      this.#drop();
      return null;
    }
    const endedSinceMs = nowMs - ENDED_WITHIN_MS;
    const { agents, allocated, recoveredAgents, tasks, goneAgents, wholeAtMs } = now;
    const ended = now.ended.filter(({ atMs }) => atMs >= endedSinceMs);
    return { agents, allocated, recoveredAgents, tasks, goneAgents, ended, wholeAtMs };
  }

  /** What is kept with all events applied. */
  #now(): World | null {
    if (this.#kept === null) return null;
    const { world, log } = this.#kept;
    const now = log.isBroken ? null : withEvents(world, log.events);
    if (now === null) {
      this.#drop();
      return null;
    }
    log.events = [];
    this.#kept = { world: now, log };
    return now;
  }

  #drop(): void {
    if (this.#kept !== null) this.#logs.delete(this.#kept.log);
    this.#kept = null;
  }

  #breakAll(): void {
    for (const log of this.#logs) log.isBroken = true;
  }
}

/** The world after these events; `null` where they contradict it. */
function withEvents(world: World, events: readonly TaskEvent[]): World | null {
  if (events.length === 0) return world;
  // Of each agent that is told of, its tasks by both ids: a task's own is its framework's.
  const changing = new Map<string, Map<string, Task>>();
  const tasksOn = (agentId: string) => {
    const known =
      changing.get(agentId) ??
      new Map(world.tasks.on(agentId).map((task) => [keyOf(task.frameworkId, task.id), task]));
    changing.set(agentId, known);
    return known;
  };
  // Told of while the tasks were read, and over by then: the event that says so is still to come.
  const unknown = new Set<string>();
  const ended: TaskEnd[] = [];
  for (const event of events) {
    const tasks = tasksOn(agentOf(event) ?? "");
    if (event.kind === "task_added") {
      tasks.set(keyOf(event.task.frameworkId, event.task.id), event.task);
      continue;
    }
    const key = keyOf(event.frameworkId, event.taskId);
    const task = tasks.get(key);
    if (event.to.kind === "going_on") {
      if (task === undefined) unknown.add(key);
      else tasks.set(key, { ...task, state: event.to.state });
      continue;
    }
    unknown.delete(key);
    if (task === undefined) continue;
    tasks.delete(key);
    const { agentId, frameworkId, app } = task;
    if (event.to.kind === "failed")
      ended.push({ how: "failed", atMs: event.to.atMs, agentId, frameworkId, app });
  }
  if (unknown.size > 0) return null;
  const now = new Map([...changing].map(([agentId, tasks]) => [agentId, [...tasks.values()]]));
  return { ...world, tasks: withTasksOn(world.tasks, now), ended: [...world.ended, ...ended] };
}

function* differences(kept: World, read: World, touched: ReadonlySet<string>): Generator<void, number, void> {
  const isUntouched = ({ agentId }: Task) => !touched.has(agentId);
  const tasks = yield* differing(
    kept.tasks,
    read.tasks,
    (task) => keyOf(task.frameworkId, task.id),
    ({ state }) => state,
    isUntouched,
  );
  const agents =
    kept.agents === read.agents
      ? 0
      : yield* differing(
          kept.agents,
          read.agents,
          ({ id }) => id,
          () => "",
        );
  return tasks + agents;
}

/** So many things are compared in a piece. */
const PIECE = 200;

/**
 * How many things are in one list alone or have another state in the other. A master tells of them in much the same order each time:
 * both lists are gone through side by side, and only what was not met yet is remembered.
 */
function* differing<T>(
  kept: Iterable<T>,
  read: Iterable<T>,
  key: (one: T) => string,
  state: (one: T) => string,
  counts: (one: T) => boolean = () => true,
): Generator<void, number, void> {
  /** The next of one list, if it is not over; whether the other list has told of it with another state. */
  const differs = (side: Side<T>, other: Side<T>) => {
    const next = side.isOver ? null : side.rest.next();
    if (next?.done) side.isOver = true;
    if (next === null || next.done || !counts(next.value)) return false;
    const [its, theirs] = [state(next.value), other.unmet.get(key(next.value))];
    if (theirs === undefined) side.unmet.set(key(next.value), its);
    else other.unmet.delete(key(next.value));
    return theirs !== undefined && theirs !== its;
  };
  const [one, other] = [sideOf(kept), sideOf(read)];
  let otherState = 0;
  for (let steps = 1; !one.isOver || !other.isOver; steps += 1) {
    if (differs(one, other)) otherState += 1;
    if (differs(other, one)) otherState += 1;
    if (steps % PIECE === 0) yield;
  }
  return otherState + one.unmet.size + other.unmet.size;
}

/** One of two lists that are compared. */
interface Side<T> {
  readonly rest: Iterator<T>;
  /** What the other list has not told of yet, with its state. */
  readonly unmet: Map<string, string>;
  isOver: boolean;
}

function sideOf<T>(list: Iterable<T>): Side<T> {
  return { rest: list[Symbol.iterator](), unmet: new Map(), isOver: false };
}

function keyOf(frameworkId: string, taskId: string): string {
  return `${frameworkId}\n${taskId}`;
}
