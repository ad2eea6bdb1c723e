import { expect } from "vitest";
import { advance } from "../../src/maintenance/advance.js";
import { grantedApproval } from "../../src/maintenance/approval.js";
import { isOpen } from "../../src/maintenance/calendar.js";
import { decide } from "../../src/maintenance/decide.js";
import type { Decision } from "../../src/maintenance/decision.js";
import { withBatch, withTrouble } from "../../src/maintenance/log.js";
import { type MachineId, machineKey } from "../../src/maintenance/machine.js";
import { withAcceptedPost } from "../../src/maintenance/own-post.js";
import type { Effect } from "../../src/maintenance/phases.js";
import type { Policy } from "../../src/maintenance/policy.js";
import { decodeMaintenance, encodeMaintenance, type Maintenance } from "../../src/maintenance/record.js";
import type { Schedule, Unavailability } from "../../src/maintenance/schedule.js";
import { applyEdit, sameSchedule, sameTime, windowOf } from "../../src/maintenance/schedule-edit.js";
import { CANCEL_UNSEEN, withAcceptedRemoval, withConfirmedUp } from "../../src/maintenance/unseen-window.js";
import type { Task } from "../../src/maintenance/world.js";
import { HOUR, machine, NOW, policyOf } from "../support/world.js";
import { first, inPhase, lastEvent } from "./flow.js";
import { TinyMaster } from "./tiny-master.js";

/** How a call to the master goes. `late`: no answer, and it takes effect some seconds afterwards. */
export type Outcome = "answered" | "lost" | "late" | "crash_before" | "crash_after";

export const HOSTS = [machine("web-01"), machine("web-02"), machine("db-01", "10.0.1.1")] as const;
const LATE_MS = 9_000;
const REFUSED = { code: "refused", what: "400", said: null, notDone: "It was not done.", next: "Ask again." };

/**
 * A maintenance of web-01 and web-02 carried out against a `TinyMaster` the way a worker does it: the record goes
 * through JSON before each effect, and an effect may be answered, lost, late, or cut by a crash. Every write is held
 * against the safety invariants where it happens.
 */
export class RehearsedBot {
  readonly master = new TinyMaster(HOSTS);
  readonly policy: Policy;
  nowMs = NOW;
  record: Maintenance;
  wakeAtMs: number | null = NOW;
  private readonly downs = new Map<string, number>();
  private late: { readonly atMs: number; readonly write: boolean; run(): void }[] = [];

  constructor(policy: Partial<Policy> = {}, deadline: Maintenance["deadline"] = null) {
    this.policy = policyOf(policy);
    this.record = inPhase("scheduled", { drainingSinceMs: null }, { deadline });
  }

  /** A late schedule post holds a list from before: nobody can edit the schedule safely meanwhile, so nobody does. */
  get isPostUnderWay(): boolean {
    return this.late.some((call) => call.write);
  }

  sleep(ms: number): void {
    this.nowMs += ms;
    const due = this.late.filter((call) => call.atMs <= this.nowMs);
    this.late = this.late.filter((call) => call.atMs > this.nowMs);
    for (const call of due) call.run();
  }

  tick(outcome: Outcome, between: () => void = () => {}): void {
    const world = this.master.world(this.nowMs);
    const step = advance(this.reload(), { world, policy: this.policy, nowMs: this.nowMs });
    this.record = step.record;
    this.wakeAtMs = step.wakeAtMs;
    // Invariant 11: it ends or wakes.
    if (this.record.end === null) expect(this.wakeAtMs).toBeGreaterThan(this.nowMs);
    else expect(this.wakeAtMs).toBeNull();
    for (const effect of step.effects) this.act(effect, outcome, between);
    this.reload();
    if (this.record.end !== null) this.checkEnd();
  }

  decide(decision: Decision, by: string): void {
    const world = this.master.world(this.nowMs);
    const person = { user: by, groups: [], lookupFailed: false };
    const { record } = decide(this.reload(), decision, {
      person,
      world,
      policy: this.policy,
      nowMs: this.nowMs,
    });
    this.record = record;
    const once = this.reload();
    // A second click at the same moment changes nothing but, at most, that a refusal is logged.
    const twice = decide(once, decision, { person, world, policy: this.policy, nowMs: this.nowMs });
    if (twice.record === once) return;
    expect(lastEvent(twice.record, "refused").by).toBe(by);
    expect({ ...twice.record, events: once.events, seq: once.seq }).toEqual(once);
  }

  private reload(): Maintenance {
    const stored = JSON.parse(JSON.stringify(encodeMaintenance(this.record)));
    const reloaded = decodeMaintenance(stored);
    expect(reloaded).toEqual(this.record);
    this.record = reloaded;
    return reloaded;
  }

  private act(effect: Effect, outcome: Outcome, between: () => void): void {
    // Invariant 7: no call while an earlier one without an answer may still take effect.
    expect(this.late).toEqual([]);
    if (outcome === "crash_before") return;
    const isPost = effect.kind === "update_schedule";
    if (isPost) between();
    const call = isPost
      ? this.edit(effect)
      : effect.kind === "start_maintenance"
        ? this.start(effect)
        : this.stop(effect);
    if (call === null) return;
    if (outcome === "lost" || outcome === "late") {
      if (outcome === "late")
        this.late.push({ atMs: this.nowMs + LATE_MS, write: isPost, run: () => void call() });
      const told = withTrouble(this.record, { ...REFUSED, code: "timeout" }, this.nowMs);
      const unsettled =
        effect.kind === "start_maintenance" ? {} : { unsettledUntilMs: this.nowMs + this.policy.settleMs };
      this.record = { ...told, ...unsettled };
      return;
    }
    const ok = call();
    if (outcome === "crash_after") return;
    // Of a single machine "not Down" is an answer too.
    const told = ok || (effect.kind === "stop_maintenance" && effect.machines.length === 1);
    if (told) {
      this.record = this.acknowledged(effect);
      return;
    }
    this.record = withTrouble(this.record, REFUSED, this.nowMs);
    if (effect.kind !== "start_maintenance") return;
    this.record = withBatch(this.record, {
      ...first(this.record),
      intent: null,
      phase: "draining",
      askedByItself: true,
    });
  }

  private acknowledged(effect: Effect): Maintenance {
    if (effect.kind === "start_maintenance") return this.record;
    if (effect.kind === "stop_maintenance") return withConfirmedUp(this.record, effect.machines);
    const { kind, machines } = effect.edit;
    if (kind === "move") return this.record;
    return (kind === "place" ? withAcceptedPost : withAcceptedRemoval)(this.record, machines, this.nowMs);
  }

  private edit({ edit }: Extract<Effect, { kind: "update_schedule" }>): (() => boolean) | null {
    const before = this.master.schedule;
    const next = applyEdit(before, edit, [...this.master.down.values()]);
    if (sameSchedule(before, next)) return null;
    // Invariants 1 and 12: whatever is not ours, or does not stand at our time, stays bit for bit, in order.
    expect(this.othersIn(next)).toEqual(this.othersIn(before));
    return () => this.master.post(next);
  }

  private othersIn(schedule: Schedule): unknown[] {
    return schedule.windows.flatMap((w) =>
      w.machines.filter((m) => !this.isOurs(m, w)).map((m) => [w.start, w.duration, m]),
    );
  }

  /** Whether it is a machine of ours in our window; while that is extended, in the one from before as well. */
  private isOurs(m: MachineId, time: Unavailability): boolean {
    const { machines, window, movingFrom } = first(this.record);
    const atOurTime = sameTime(time, window) || (movingFrom !== null && sameTime(time, movingFrom));
    return atOurTime && machines.some((ours) => machineKey(ours) === machineKey(m));
  }

  /** A running copy on a machine that is not ours, is known and stays. */
  private hasCopyElsewhere({ app, frameworkId }: Task): boolean {
    const ours = new Set(first(this.record).machines.map((m) => m.hostname));
    return this.master.hosts.some(
      (host) =>
        !ours.has(host.hostname) &&
        this.master.registered.has(host.hostname) &&
        !this.master.recovering.has(host.hostname) &&
        windowOf(this.master.schedule, host) === null &&
        this.master.tasks.some(
          (t) => t.agentId === `${host.hostname}-S0` && t.app === app && t.frameworkId === frameworkId,
        ),
    );
  }

  private start({ machines }: Extract<Effect, { kind: "start_maintenance" }>): () => boolean {
    const batch = first(this.record);
    const approval = grantedApproval(batch);
    // Invariant 5: under a granted approval that was written down before the call, and on no more than was shown.
    if (approval === null || approval.outcome?.kind !== "granted")
      throw new Error("Down without an approval.");
    expect(batch.intent?.approvalId).toBe(approval.id);
    // Invariant 6: as many different people as the policy wants, and never the requester.
    const voters = new Set(approval.votes.map((vote) => vote.by));
    expect(voters.size).toBeGreaterThanOrEqual(this.policy.votes);
    expect(voters).not.toContain(this.record.requester);
    expect(voters).toContain(approval.outcome.by);
    expect(this.record.held).toBeNull();
    const { overrides, requester } = this.record;
    const inHours = isOpen(this.policy.calendar, this.nowMs);
    expect(inHours || overrides.some(({ by }) => by !== requester)).toBe(true);
    expect(first(this.record).movingFrom).toBeNull();
    expect(this.nowMs).toBeLessThan(approval.expiresAtMs);
    const shown = new Set(
      approval.seen.tasks.map((t) => `${t.framework} ${t.id} ${t.machine.split("|")[0]}-S0`),
    );
    const lastShown = approval.seen.blast?.lastCopies.map((copy) => `${copy.framework} ${copy.app}`);
    for (const m of machines) {
      expect(this.master.recovering.has(m.hostname)).toBe(false);
      for (const t of this.master.tasks.filter((t) => t.agentId === `${m.hostname}-S0`)) {
        expect(shown).toContain(`${t.frameworkId} ${t.id} ${t.agentId}`);
        if (!this.hasCopyElsewhere(t)) expect(lastShown).toContain(`${t.frameworkId} ${t.app}`);
        const now = this.master.answers.get(machineKey(m))?.get(t.frameworkId)?.answer;
        const was = approval.seen.verdicts.find(
          (v) => v.machine === machineKey(m) && v.frameworkId === t.frameworkId,
        );
        if (was?.verdict === "promised") expect(now).toBe("accept");
        if (was?.verdict === "silent") expect(now).not.toBe("decline");
      }
    }
    return () => {
      const done = this.master.start(machines);
      if (!done) return false;
      const times = (this.downs.get(approval.id) ?? 0) + 1;
      this.downs.set(approval.id, times);
      // Invariant 5: once per approval.
      expect(times).toBe(1);
      return true;
    };
  }

  private stop({ machines }: Extract<Effect, { kind: "stop_maintenance" }>): () => boolean {
    // Invariant 12.
    for (const m of machines) expect(first(this.record).machines).toContainEqual(m);
    return () => this.master.stop(machines);
  }

  /** Nothing of ours is left behind at the master. */
  private checkEnd(): void {
    const { machines } = first(this.record);
    const left = this.master.schedule.windows.flatMap((w) => w.machines.filter((m) => this.isOurs(m, w)));
    expect(left).toEqual([]);
    if (this.record.end?.phase === "up") {
      for (const m of machines) expect(this.master.down.has(machineKey(m))).toBe(false);
    }
  }

  /** Some people who want it over, and a cluster that behaves: however it stands, there is a way to the end. */
  driveToEnd(): void {
    for (let round = 0; round < 60 && this.record.end === null; round++) {
      const { phase, approvals } = first(this.record);
      const approval = approvals.at(-1)?.id ?? "";
      if (this.record.held !== null) this.decide({ kind: "release" }, this.record.held.by);
      if (this.record.trouble?.code === CANCEL_UNSEEN) this.decide({ kind: "cancel" }, "U0ALICE");
      if (phase === "awaiting_approval" || phase === "taking_down")
        this.decide({ kind: "override", rule: "calendar", reason: "it has to end" }, "U0BOB");
      if (phase === "awaiting_approval")
        for (const by of ["U0BOB", "U0CAROL"]) this.decide({ kind: "approve", batch: "b1", approval }, by);
      else if (phase === "down" || phase === "up")
        this.decide({ kind: phase === "down" ? "up" : "cancel" }, "U0ALICE");
      else if (phase === "draining" && round % 2 === 0)
        this.decide({ kind: "ask_down", batch: "b1" }, "U0ALICE");
      else if (phase === "draining" || phase === "scheduled") this.decide({ kind: "cancel" }, "U0ALICE");
      this.master.register();
      this.tick("answered");
      this.sleep(Math.max(1_000, Math.min((this.wakeAtMs ?? this.nowMs) - this.nowMs, HOUR)));
    }
    expect(this.record.end).not.toBeNull();
  }
}
