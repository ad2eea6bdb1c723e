import { expect } from "vitest";
import type { Cluster } from "../../../src/engine/cluster/cluster.js";
import { tick } from "../../../src/engine/control/tick.js";
import { decide } from "../../../src/maintenance/decide.js";
import type { Decided } from "../../../src/maintenance/decisions/decided.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { Policy } from "../../../src/maintenance/policy/policy.js";
import {
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
} from "../../../src/maintenance/record/record.js";
import { first, inPhase, lastEvent } from "../../maintenance/support/flow.js";
import { HOUR, machine, NOW, policyOf } from "../../support/world.js";
import { TinyMaster } from "./tiny-master.js";
import { WatchedMaster, type Weather } from "./watched-master.js";

export const HOSTS = [machine("web-01"), machine("web-02"), machine("db-01", "10.0.1.1")] as const;

export const ANSWERED: Weather = { calls: "answered" };

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
  async tick(weather: Weather, between: () => void = () => {}): Promise<void> {
    let points = 0;
    const pass = () => {
      if (weather.calls === "crash" && points++ >= weather.at) throw new Crash();
    };
    try {
      const { wakeAtMs } = await tick(this.record, {
        cluster: this.cluster(weather, pass, between),
        save: async (record) => {
          pass();
          this.store(record);
          pass();
        },
        fence: async () => {
          pass();
          return { holds: () => true };
        },
        others: async () => [],
        waiting: async () => [],
        finished: async () => [],
        now: () => this.nowMs,
      });
      this.wakeAtMs = wakeAtMs;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      // The queue gives a job whose worker died to another one.
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
      person: { user: by, groups: [], lookupFailed: false },
      world: this.master.world(this.nowMs),
      policy: this.policy,
      nowMs: this.nowMs,
      askedAtMs: this.nowMs,
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

  private cluster(weather: Weather, pass: () => void, between: () => void): Cluster {
    const world = async () => {
      pass();
      return this.master.world(this.nowMs);
    };
    return {
      name: "prod",
      policy: this.policy,
      master: this.watched.client(weather, pass, between),
      world,
      worldFor: world,
      changed() {},
      isCurrent: () => true,
      ageMs: ({ observedAtMs }) => this.nowMs - observedAtMs,
      pauseMs: () => 0,
      forget() {},
      resolve: async () => {
        throw new Error("The machines are known from the start.");
      },
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
