import fc from "fast-check";
import { expect, test } from "vitest";
import { openApproval } from "../../../src/maintenance/approval/question.js";
import type { Task } from "../../../src/maintenance/cluster/task.js";
import type { Agent, World } from "../../../src/maintenance/cluster/world.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { Effect } from "../../../src/maintenance/phases/step.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { runs } from "../../support/fast-check.js";
import { agent, framework, HOUR, MINUTE, NOW, task, windowOn, worldOf } from "../../support/world.js";
import { click, first, inPhase, OURS, tick } from "../support/flow.js";

const MACHINES = ["web-01", "web-02"] as const;

/** A master of two machines that does what it is asked, unless a call is lost, and then perhaps later. */
class Cluster {
  nowMs = NOW;
  record: Maintenance;
  agents: Agent[] = MACHINES.map((name) => agent(name));
  tasks: Task[] = [task("t1", "chronos", "web-01"), task("t2", "chronos", "web-02")];
  isOurs = false;
  isTheirs = false;
  isDown = false;
  late: Effect[] = [];
  #tasks = 2;

  constructor(isKill: boolean) {
    const wanted = { startMs: null, durationMs: 4 * HOUR, ...(isKill ? { kill: { graceMs: null } } : {}) };
    this.record = inPhase(isKill ? "kill_draining" : "scheduled", { drainingSinceMs: null }, { wanted });
  }

  world(): World {
    const windows = [
      windowOn(["web-03"], NOW + HOUR, null),
      ...(this.isOurs ? [OURS] : []),
      ...(this.isTheirs && !this.isOurs ? [windowOn(["web-02"], NOW + 2 * HOUR, HOUR)] : []),
    ];
    const { agents, tasks, isDown, nowMs } = this;
    return {
      ...worldOf({
        windows,
        agents: isDown ? [] : agents,
        tasks: isDown ? [] : tasks,
        frameworks: [framework("chronos")],
        down: isDown ? [...MACHINES] : [],
      }),
      observedAtMs: nowMs,
    };
  }

  /** One tick; what it asks for is checked against what was approved before it is carried out, or lost. */
  tick(calls: "kept" | "lost" | "late"): void {
    if (this.record.end !== null) return;
    const before = this.record;
    const step = tick(before, this.world(), this.nowMs);
    // The record is stored before anything is sent.
    this.record = decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(step.record))));
    for (const effect of step.effects) {
      this.check(effect);
      if (calls === "kept") this.carryOut(effect);
      if (calls === "late") this.late.push(effect);
    }
  }

  check(effect: Effect): void {
    const batch = first(this.record);
    const last = batch.approvals.at(-1);
    if (effect.kind === "drain_agent") {
      // Under an approval of its own that was granted on what is there, and written down.
      expect(last).toMatchObject({ about: "kill_drain", outcome: { kind: "granted" } });
      expect(batch.drained).toContainEqual(
        expect.objectContaining({ agentId: effect.agentId, approvalId: last?.id, sentAtMs: this.nowMs }),
      );
      const shown = new Set(last?.seen.tasks.map(({ id }) => id));
      expect(this.tasks.filter(({ id }) => !shown.has(id))).toEqual([]);
      expect(this.record.held).toBeNull();
      // A master refuses it for a machine that stands in its schedule.
      expect(this.isOurs || this.isTheirs).toBe(false);
    }
    if (effect.kind === "start_maintenance") {
      expect(last).toMatchObject({ about: "down", outcome: { kind: "granted" } });
      expect(this.record.held).toBeNull();
    }
  }

  carryOut(effect: Effect): void {
    if (effect.kind === "update_schedule") this.isOurs = effect.edit.kind !== "remove" && !this.isTheirs;
    if (effect.kind === "start_maintenance" && this.isOurs) this.isDown = true;
    if (effect.kind === "stop_maintenance" && this.isDown) {
      [this.isDown, this.isOurs, this.tasks] = [false, false, []];
      this.agents = MACHINES.map((name) => agent(name));
    }
    if (effect.kind === "drain_agent" && !this.isOurs) this.drain(effect.agentId, "draining");
    if (effect.kind === "reactivate_agent") this.drain(effect.agentId, null);
  }

  drain(id: string, drain: Agent["drain"]): void {
    this.agents = this.agents.map((one) =>
      one.id === id ? { ...one, drain, deactivated: drain !== null } : one,
    );
  }

  decide(kind: Decision["kind"], by: string): void {
    if (this.record.end !== null) return;
    const batch = first(this.record);
    const approval = openApproval(batch)?.id ?? batch.approvals.at(-1)?.id ?? "b1a1";
    const about = { batch: "b1", approval };
    const decisions: Partial<Record<Decision["kind"], Decision>> = {
      approve: { kind: "approve", ...about },
      deny: { kind: "deny", ...about, reason: null },
      ask_down: { kind: "ask_down", batch: "b1" },
      ask_kill_drain: { kind: "ask_kill_drain", batch: null, graceMs: null },
      hold: { kind: "hold", reason: null },
      release: { kind: "release" },
      cancel: { kind: "cancel" },
      up: { kind: "up" },
    };
    const decision = decisions[kind];
    if (decision === undefined) throw new Error(`Not decided here: ${kind}`);
    this.record = click(this.record, decision, { by, world: this.world(), nowMs: this.nowMs }).record;
  }

  launch(): void {
    const open = this.agents.filter(({ drain }) => drain === null);
    const on = open[this.#tasks % Math.max(1, open.length)];
    if (this.isDown || on === undefined) return;
    this.#tasks += 1;
    this.tasks = [...this.tasks, task(`t${this.#tasks}`, "chronos", on.machine.hostname)];
  }

  endDrains(): void {
    const draining = new Set(this.agents.filter(({ drain }) => drain === "draining").map(({ id }) => id));
    this.tasks = this.tasks.filter(({ agentId }) => !draining.has(agentId));
    for (const id of draining) this.drain(id, "drained");
  }

  arrive(): void {
    for (const effect of this.late.splice(0)) this.carryOut(effect);
  }
}

const decision = fc
  .tuple(
    fc.constantFrom<Decision["kind"]>(
      ...(["approve", "approve", "approve", "ask_kill_drain", "ask_down", "deny"] as const),
      ...(["hold", "release", "cancel", "up"] as const),
    ),
    fc.constantFrom("U0BOB", "U0CAROL"),
  )
  .map(
    ([kind, by]) =>
      (cluster: Cluster) =>
        cluster.decide(kind, by),
  );

const ticks = fc
  .constantFrom("kept" as const, "kept" as const, "kept" as const, "lost" as const, "late" as const)
  .map((calls) => (cluster: Cluster) => cluster.tick(calls));

const events = fc.constantFrom(
  (cluster: Cluster) => cluster.launch(),
  (cluster: Cluster) => cluster.endDrains(),
  (cluster: Cluster) => cluster.arrive(),
  (cluster: Cluster) => {
    cluster.isTheirs = !cluster.isTheirs && !cluster.isOurs && !cluster.isDown;
  },
  (cluster: Cluster) => {
    cluster.nowMs += 20_000;
  },
  (cluster: Cluster) => {
    cluster.nowMs += 31 * MINUTE;
  },
);

test("property: nothing is killed and nothing goes down without an approval of its own, on what is there (invariant 5)", () => {
  const drained = new Set<string>();
  const steps = fc.array(fc.oneof({ arbitrary: ticks, weight: 3 }, decision, events), { maxLength: 60 });
  fc.assert(
    fc.property(fc.boolean(), steps, (isKill, all) => {
      const cluster = new Cluster(isKill);
      for (const step of all) {
        step(cluster);
        for (const { drain } of cluster.agents) if (drain !== null) drained.add(drain);
      }
    }),
    { numRuns: runs(400) },
  );
  // The runs get as far as that.
  expect(drained).toEqual(new Set(["draining", "drained"]));
});

test("property: a cancel, whenever it comes, ends with every agent that was drained for it taking tasks again", () => {
  const steps = fc.array(fc.oneof({ arbitrary: ticks, weight: 3 }, decision, events), { maxLength: 40 });
  let cancelled = 0;
  fc.assert(
    fc.property(fc.boolean(), steps, (isKill, all) => {
      const cluster = new Cluster(isKill);
      for (const step of all) step(cluster);
      cluster.arrive();
      cluster.isTheirs = false;
      cluster.decide("cancel", "U0BOB");
      if (cluster.record.cancel === null) return;
      for (let at = 0; at < 12 && cluster.record.end === null; at += 1) {
        cluster.nowMs += MINUTE;
        cluster.endDrains();
        cluster.tick("kept");
      }
      // Down overtook it: those machines come back with Up.
      if (first(cluster.record).phase === "down" || cluster.record.end?.phase === "up") return;
      expect(cluster.record.end).toMatchObject({ phase: "cancelled" });
      cancelled += 1;
      expect(cluster.agents.map(({ drain }) => drain)).toEqual([null, null]);
    }),
    { numRuns: runs(300) },
  );
  expect(cancelled).toBeGreaterThan(30);
});
