import { expect } from "vitest";
import { grantedApproval } from "../../../src/maintenance/approval/question.js";
import { type Machine, type MachineId, machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule, Unavailability } from "../../../src/maintenance/cluster/schedule.js";
import type { Task } from "../../../src/maintenance/cluster/task.js";
import { isOpen } from "../../../src/maintenance/policy/calendar.js";
import type { Policy } from "../../../src/maintenance/policy/policy.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { sameSchedule, sameTime, windowOf } from "../../../src/maintenance/window/edit.js";
import { mesosError, refusal } from "../../../src/mesos/errors/errors.js";
import type { Master } from "../../../src/mesos/master.js";
import { first, stored } from "../../maintenance/support/flow.js";
import type { TinyMaster } from "./tiny-master.js";

const LATE_MS = 9_000;

/** How the calls of one tick go. */
export type Weather =
  | { readonly calls: "answered" }
  /** No answer. `lost` calls are never carried out, `late` ones some seconds afterwards. */
  | { readonly calls: "lost" | "late" }
  /**
   * The process dies at the n-th point between two things it does, counted from 0. A write that is cut off in the
   * middle is carried out `late` if that is said.
   */
  | { readonly calls: "crash"; readonly at: number; readonly late: boolean };

/** What a write is held against: the record as it is stored at that moment, the rules and the clock. */
export interface Watched {
  readonly master: TinyMaster;
  readonly policy: Policy;
  readonly record: Maintenance;
  readonly nowMs: number;
}

interface LateCall {
  readonly atMs: number;
  readonly isPost: boolean;
  run(): void;
}

interface WatchedCall {
  readonly isPost: boolean;
  check(): void;
  run(): boolean;
  /** What the master says if it does not take the call. */
  readonly refusal: string;
}

/** The way to a `TinyMaster`: calls get lost, come late or are cut off, and none may break an invariant. */
export class WatchedMaster {
  private readonly downs = new Map<string, number>();
  private late: LateCall[] = [];
  private wrong: unknown = null;

  constructor(private readonly bot: Watched) {}

  get isPostUnderWay(): boolean {
    return this.late.some((call) => call.isPost);
  }

  landWhatIsDue(): void {
    const due = this.late.filter((call) => call.atMs <= this.bot.nowMs);
    this.late = this.late.filter((call) => call.atMs > this.bot.nowMs);
    for (const call of due) call.run();
  }

  /** Throws what was found wrong: the engine tells errors in the thread, where no test would see them. */
  insist(): void {
    if (this.wrong !== null) throw this.wrong;
  }

  /** What went wrong where the engine would tell it in the thread. */
  note(error: unknown): void {
    this.wrong ??= error;
  }

  /** `connects` is when the connection of a write stands. */
  client(weather: Weather, pass: () => void, between: () => void, connects: () => Promise<void>): Master {
    const { master } = this.bot;
    const unused = () => {
      throw new Error("A tick has no use for this call.");
    };
    const send = async (maySend: (() => boolean) | undefined, call: WatchedCall) => {
      await connects();
      if (maySend?.() === false) throw mesosError("withdrawn", { cluster: "prod" }, { sent: "no" });
      await this.send(weather, pass, call);
    };
    return {
      snapshot: unused,
      look: unused,
      version: unused,
      subscribe: unused,
      close: unused,
      drivers: unused,
      // No maintenance of the model is asked to kill anything.
      drainAgent: unused,
      reactivateAgent: unused,
      clockAheadMs: () => null,
      leader: () => master.leader,
      scheduleOf: async (leaderId) => {
        pass();
        between();
        return leaderId === master.leaderId ? master.schedule : null;
      },
      updateSchedule: (next, maySend) =>
        send(maySend, {
          isPost: true,
          check: () => this.checkPost(next),
          run: () => master.post(next),
          refusal: "Machine 'web-01' is deactivated and cannot be removed from the schedule",
        }),
      startMaintenance: (machines, maySend) =>
        send(maySend, {
          isPost: false,
          check: () => this.checkStart(machines),
          run: () => this.start(machines),
          refusal: "Machine 'web-01' is not in DRAINING mode and cannot be brought down",
        }),
      stopMaintenance: (machines, maySend) =>
        send(maySend, {
          isPost: false,
          // Invariant 12.
          check: () => expect(first(this.bot.record).machines).toEqual(expect.arrayContaining([...machines])),
          run: () => master.stop(machines),
          refusal: "Machine 'web-01' is not in DOWN mode and cannot be brought up",
        }),
    };
  }

  /** Machines of ours in our window; while that is extended, in the one from before as well. */
  oursIn(schedule: Schedule): MachineId[] {
    return schedule.windows.flatMap((w) => w.machines.filter((m) => this.isOurs(m, w)));
  }

  private async send(weather: Weather, pass: () => void, call: WatchedCall): Promise<void> {
    pass();
    try {
      // Invariant 7: no call while an earlier one without an answer may still take effect.
      expect(this.late).toEqual([]);
      call.check();
    } catch (error) {
      this.note(error);
      throw error;
    }
    const isLate = weather.calls === "late" || (weather.calls === "crash" && weather.late);
    const runLater = () =>
      this.late.push({ atMs: this.bot.nowMs + LATE_MS, isPost: call.isPost, run: () => void call.run() });
    if (isLate && weather.calls === "crash") {
      try {
        pass();
      } catch (crash) {
        runLater();
        throw crash;
      }
    }
    if (weather.calls === "lost" || weather.calls === "late") {
      if (isLate) runLater();
      throw mesosError("connection_lost", { cluster: "prod" }, { sent: "maybe" });
    }
    const isAccepted = call.run();
    pass();
    if (!isAccepted) throw refusal(400, call.refusal, { cluster: "prod", master: this.bot.master.leader });
  }

  /** Invariants 1, 3 and 12: a post changes something, and whatever is not ours stays bit for bit, in order. */
  private checkPost(next: Schedule): void {
    const before = this.bot.master.schedule;
    expect(sameSchedule(before, next)).toBe(false);
    expect(this.othersIn(next)).toEqual(this.othersIn(before));
  }

  private othersIn(schedule: Schedule): unknown[] {
    return schedule.windows.flatMap((w) =>
      w.machines.filter((m) => !this.isOurs(m, w)).map((m) => [w.start, w.duration, m]),
    );
  }

  private isOurs(m: MachineId, time: Unavailability): boolean {
    const { machines, window, movingFrom } = first(this.bot.record);
    const atOurTime = sameTime(time, window) || (movingFrom !== null && sameTime(time, movingFrom));
    return atOurTime && machines.some((ours) => machineKey(ours) === machineKey(m));
  }

  private start(machines: readonly Machine[]): boolean {
    const approval = stored(this.bot.record).intent?.approvalId ?? "";
    if (!this.bot.master.start(machines)) return false;
    const times = (this.downs.get(approval) ?? 0) + 1;
    this.downs.set(approval, times);
    // Invariant 5: once per approval.
    if (times > 1) this.note(new Error(`Down took effect ${times} times for the approval ${approval}.`));
    return true;
  }

  private checkStart(machines: readonly Machine[]): void {
    const { record, policy, nowMs, master } = this.bot;
    const batch = first(record);
    const approval = grantedApproval(batch, "down");
    // Invariant 5: under a granted approval that was written down before the call, and on no more than was shown.
    if (approval === null || approval.outcome?.kind !== "granted")
      throw new Error("Down without an approval.");
    expect(stored(record).intent?.approvalId).toBe(approval.id);
    // Invariant 6: as many different people as the policy wants, and never the requester.
    const voters = new Set(approval.votes.map((vote) => vote.by));
    expect(voters.size).toBeGreaterThanOrEqual(policy.votes);
    expect(voters).not.toContain(record.requester);
    expect(voters).toContain(approval.outcome.by);
    expect(record.held).toBeNull();
    const inHours = isOpen(policy.calendar, nowMs);
    expect(inHours || record.overrides.some(({ by }) => by !== record.requester)).toBe(true);
    expect(batch.movingFrom).toBeNull();
    expect(nowMs).toBeLessThan(approval.expiresAtMs);
    const shown = new Set(
      approval.seen.tasks.map((t) => `${t.framework} ${t.id} ${t.machine.split("|")[0]}`),
    );
    const lastShown = approval.seen.blast?.lastCopies.map((copy) => `${copy.framework} ${copy.app}`);
    for (const m of machines) {
      const state = master.stateOf(m.hostname);
      expect(state).not.toBe("recovering");
      if (state !== "registered") {
        // Invariant 13: nobody approved that this machine is unknown unless that was shown.
        expect(approval.seen.away ?? []).toContain(machineKey(m));
        continue;
      }
      for (const t of master.tasksOn(m.hostname)) {
        expect(shown).toContain(`${t.frameworkId} ${t.id} ${m.hostname}`);
        if (!this.hasCopyElsewhere(t)) expect(lastShown).toContain(`${t.frameworkId} ${t.app}`);
        const now = master.answers.get(machineKey(m))?.get(t.frameworkId)?.answer;
        const was = approval.seen.verdicts.find(
          (v) => v.machine === machineKey(m) && v.frameworkId === t.frameworkId,
        );
        if (was?.verdict === "promised") expect(now).toBe("accept");
        if (was?.verdict === "silent") expect(now).not.toBe("decline");
      }
    }
  }

  /** A running copy on a machine that is not ours, is known and stays. */
  private hasCopyElsewhere({ app, frameworkId }: Task): boolean {
    const { master, record } = this.bot;
    const ours = new Set(first(record).machines.map((m) => m.hostname));
    return master.hosts.some(
      (host) =>
        !ours.has(host.hostname) &&
        master.stateOf(host.hostname) === "registered" &&
        windowOf(master.schedule, host) === null &&
        master.tasksOn(host.hostname).some((t) => t.app === app && t.frameworkId === frameworkId),
    );
  }
}
