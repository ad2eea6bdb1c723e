import { expect } from "vitest";
import type { Cluster } from "../../../src/engine/cluster/cluster.js";
import { tick } from "../../../src/engine/control/tick.js";
import { LockLostError, proveOwned } from "../../../src/engine/store/owned.js";
import type { StoreJob } from "../../../src/engine/store/store.js";
import { type Machine, machineKey } from "../../../src/maintenance/cluster/machine.js";
import { decide } from "../../../src/maintenance/decide.js";
import type { Decided } from "../../../src/maintenance/decisions/decided.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { Policy } from "../../../src/maintenance/policy/policy.js";
import {
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
} from "../../../src/maintenance/record/record.js";
import { NONE_STORED } from "../../../src/maintenance/record/unreadable.js";
import { first, inPhase, lastEvent, stored } from "../../maintenance/support/flow.js";
import { NO_MARATHONS } from "../../support/marathon.js";
import { HOUR, machine, NOW, policyOf } from "../../support/world.js";
import { TinyMaster } from "./tiny-master.js";
import { WatchedMaster, type Weather } from "./watched-master.js";

export const HOSTS = [machine("web-01"), machine("web-02"), machine("db-01", "10.0.1.1")] as const;

export const ANSWERED: Weather = { calls: "answered" };

export type Step = (bot: RehearsedBot) => void | Promise<void>;

/** A worker whose first proof of its lock, or whose first connection, takes so long that another one goes on. */
interface Late {
  readonly of: "proof" | "connection";
  readonly run: readonly Step[];
}

const LATE_MS = 20_000;

/** The process died here: nothing after it happens. */
class Crash extends Error {}

/**
 * A maintenance of web-01 and web-02 that the engine's own tick carries out against a `TinyMaster`. Calls may be
 * answered, lost or late, and the process may die between any two things it does; the next tick starts from what was
 * stored last, through JSON. Every write is held against the safety invariants where it happens.
 */
export class RehearsedBot {
  readonly master = new TinyMaster(HOSTS);
  readonly policy: Policy;
  nowMs = NOW;
  wakeAtMs: number | null = NOW;
  /** Counts the workers that have had the lock. */
  private turn = 0;
  /** Hosts of ours that were not Down when the tick last looked, and whose agent was not registered. */
  private unknown: readonly string[] = [];
  /** Tasks that a Down would have ended when the last intent was written down. */
  private reached = 0;
  /** As the queue holds it: the JSON of the record. */
  private stored: string;
  private readonly watched: WatchedMaster;

  constructor(policy: Partial<Policy> = {}, deadline: Maintenance["deadline"] = null) {
    this.policy = policyOf(policy);
    this.stored = jsonOf(inPhase("scheduled", { drainingSinceMs: null }, { deadline }));
    this.watched = new WatchedMaster(this);
  }

  get record(): Maintenance {
    return decodeMaintenance(JSON.parse(this.stored));
  }

  /** A late schedule post holds a list from before: nobody can edit the schedule safely meanwhile, so nobody does. */
  get isPostUnderWay(): boolean {
    return this.watched.isPostUnderWay;
  }

  sleep(ms: number): void {
    this.nowMs += ms;
    this.watched.landWhatIsDue();
  }

  /** One job of the control lane; `between` happens right before the schedule is read again for a post. */
  async tick(weather: Weather, between: () => void = () => {}, late: Late | null = null): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    const isLost = () => turn !== this.turn;
    let meanwhile = late;
    const takesLong = async (of: Late["of"]) => {
      if (meanwhile?.of !== of) return;
      const { run } = meanwhile;
      meanwhile = null;
      this.turn += 1;
      this.sleep(LATE_MS);
      try {
        for (const step of run) if (this.record.end === null) await step(this);
      } catch (error) {
        this.watched.note(error);
      }
    };
    let points = 0;
    const pass = () => {
      if (weather.calls === "crash" && points++ >= weather.at) throw new Crash();
    };
    const save = async (record: Maintenance) => {
      pass();
      if (isLost()) throw new LockLostError(record.id);
      this.checkNews(record);
      this.store(record);
      pass();
    };
    try {
      const { wakeAtMs } = await tick(this.record, {
        cluster: this.cluster(weather, pass, between, () => takesLong("connection")),
        save,
        fence: async (record) => {
          await save(record);
          const job = {
            id: this.record.id,
            extendLock: async () => {
              const held = isLost() ? 0 : 1;
              await takesLong("proof");
              return held;
            },
          } as unknown as StoreJob;
          return proveOwned(job, "token", new AbortController().signal, () => this.nowMs);
        },
        others: async () => NONE_STORED,
        waiting: async () => [],
        finished: async () => [],
        now: () => this.nowMs,
      });
      this.wakeAtMs = wakeAtMs;
    } catch (error) {
      if (!(error instanceof Crash || error instanceof LockLostError)) throw error;
      // The queue gives a job whose worker died, or lost its lock, to another one.
      this.wakeAtMs = this.nowMs + 1_000;
    }
    this.watched.insist();
    const { end } = this.record;
    if (end === null) {
      // Invariant 11: it ends or wakes.
      expect(this.wakeAtMs).toBeGreaterThan(this.nowMs);
      return;
    }
    this.checkEnd();
  }

  /** What a decision would come to; nothing is stored. */
  decided(decision: Decision, by: string, record = this.record): Decided {
    return decide(record, decision, {
      person: { user: by, standing: "member" as const, groups: [], lookupFailed: false },
      world: this.master.world(this.nowMs),
      policy: this.policy,
      nowMs: this.nowMs,
      askedAtMs: this.nowMs,
      others: NONE_STORED,
      freeId: "m-other",
    });
  }

  decide(decision: Decision, by: string): void {
    this.store(this.decided(decision, by).record);
    const once = this.record;
    // A second click at the same moment changes nothing but, at most, that a refusal is logged.
    const twice = this.decided(decision, by, once);
    if (twice.record === once) return;
    expect(lastEvent(twice.record, "refused").by).toBe(by);
    expect({ ...twice.record, events: once.events, seq: once.seq }).toEqual(once);
  }

  /** Some people who want it over, and a cluster that behaves: however it stands, there is a way to the end. */
  async driveToEnd(): Promise<void> {
    for (let round = 0; round < 60 && this.record.end === null; round++) {
      const { held, trouble } = this.record;
      const { phase, approvals } = first(this.record);
      const approval = approvals.at(-1)?.id ?? "";
      if (held !== null) this.decide({ kind: "release" }, held.by);
      if (trouble?.code === "cancel_unseen") this.decide({ kind: "cancel" }, "U0ALICE");
      if (phase === "awaiting_approval" || phase === "taking_down")
        this.decide({ kind: "override", reason: "it has to end" }, "U0BOB");
      if (phase === "awaiting_approval")
        for (const by of ["U0BOB", "U0CAROL", "U0DAVE"])
          this.decide({ kind: "approve", batch: "b1", approval }, by);
      else if (phase === "down" || phase === "up")
        this.decide({ kind: phase === "down" ? "up" : "cancel" }, "U0ALICE");
      else if (phase === "draining" && round % 2 === 0)
        this.decide({ kind: "ask_down", batch: "b1" }, "U0ALICE");
      else if (phase === "draining" || phase === "scheduled") this.decide({ kind: "cancel" }, "U0ALICE");
      this.master.register();
      await this.tick(ANSWERED);
      this.sleep(Math.max(1_000, Math.min((this.wakeAtMs ?? this.nowMs) - this.nowMs, HOUR)));
    }
    expect(this.record.end).not.toBeNull();
  }

  private store(record: Maintenance): void {
    this.stored = jsonOf(record);
    expect(this.record).toEqual(record);
  }

  /** Held against what the tick was shown: what is missing is unknown (invariant 13). */
  private checkNews(record: Maintenance): void {
    const before = this.record;
    const news = record.events.filter(({ seq }) => seq > before.seq);
    const intent = stored(record).intent;
    if (intent !== null && intent.sentAtMs !== stored(before).intent?.sentAtMs)
      this.reached = first(record).machines.reduce((sum, m) => sum + this.tasksShownOn(m), 0);
    const firstQuestionAtMs = Math.min(
      NOW + this.policy.askAfterMs,
      record.deadline?.atMs ?? Number.POSITIVE_INFINITY,
    );
    const isMetByItself = record.deadline?.met && !before.deadline?.met;
    if (isMetByItself && !news.some(({ kind }) => kind === "deadline")) expect(this.unknown).toEqual([]);
    for (const event of news) {
      if (event.kind === "empty") expect(this.unknown).toEqual([]);
      // Later ones may be asked anew because it got worse.
      const isFirst = event.kind === "approval_asked" && event.by === null && event.approval === "b1a1";
      if (isFirst && this.nowMs < firstQuestionAtMs) expect(this.unknown).toEqual([]);
      if (event.kind === "down") expect(event.tasksLost).toBeLessThanOrEqual(this.reached);
    }
  }

  private tasksShownOn({ hostname }: Machine): number {
    return this.master.stateOf(hostname) === "registered" ? this.master.tasksOn(hostname).length : 0;
  }

  private cluster(
    weather: Weather,
    pass: () => void,
    between: () => void,
    connects: () => Promise<void>,
  ): Cluster {
    const world = async () => {
      pass();
      this.unknown = first(this.record)
        .machines.filter((m) => !this.master.down.has(machineKey(m)))
        .filter(({ hostname }) => this.master.stateOf(hostname) !== "registered")
        .map(({ hostname }) => hostname);
      return this.master.world(this.nowMs);
    };
    return {
      name: "prod",
      policy: this.policy,
      marathons: NO_MARATHONS,
      master: this.watched.client(weather, pass, between, connects),
      world,
      worldFor: world,
      changed() {},
      isCurrent: () => true,
      ageMs: ({ observedAtMs }) => this.nowMs - observedAtMs,
      withDrivers: async (world) => world,
      pauseMs: () => 0,
      forget() {},
      resolve: async () => ({
        machines: first(this.record).machines,
        literals: [],
        matchedNothing: [],
        unknown: [],
      }),
    };
  }

  /** Nothing of ours is left behind at the master, so none of our machines is Down but in a window of others. */
  private checkEnd(): void {
    expect(this.watched.oursIn(this.master.schedule)).toEqual([]);
  }
}

function jsonOf(record: Maintenance): string {
  return JSON.stringify(encodeMaintenance(record));
}
