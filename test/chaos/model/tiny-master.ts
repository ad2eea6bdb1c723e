import { type Machine, type MachineId, machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule } from "../../../src/maintenance/cluster/schedule.js";
import type { Answer, Task, World } from "../../../src/maintenance/cluster/world.js";
import { windowOf } from "../../../src/maintenance/window/edit.js";
import { agent, answer, framework, worldOf } from "../../support/world.js";

/**
 * As much of a Mesos master as the domain can see, without a wire: modes, the one schedule, answers that every accepted
 * post erases, agents that leave on Down, and fail-overs after which agents and their tasks are not seen for a while.
 */
export class TinyMaster {
  schedule: Schedule = { windows: [] };
  readonly down = new Map<string, MachineId>();
  readonly registered = new Set<string>();
  /** Known from before a fail-over, not back yet: their tasks run but are not shown. */
  readonly recovering = new Set<string>();
  tasks: Task[] = [];
  answers = new Map<string, Map<string, Answer>>();
  term = 1;

  constructor(readonly hosts: readonly Machine[]) {
    for (const host of hosts) this.registered.add(host.hostname);
  }

  get leader(): string {
    return `10.0.0.${100 + this.term}:5050`;
  }

  get leaderId(): string {
    return `leader-${this.term}`;
  }

  world(nowMs: number): World {
    const shown = (hostname: string) => this.registered.has(hostname) && !this.recovering.has(hostname);
    const agents = this.hosts.filter((m) => shown(m.hostname)).map((m) => agent(m.hostname, { machine: m }));
    const scheduled = this.schedule.windows.flatMap((window) => window.machines);
    return {
      ...worldOf(),
      leader: this.leader,
      leaderId: this.leaderId,
      observedAtMs: nowMs,
      agents,
      recoveredAgents: [...this.recovering].map((hostname) => agent(hostname)),
      schedule: this.schedule,
      status: {
        draining: scheduled
          .filter((m) => !this.down.has(machineKey(m)))
          .map((m) => ({ machine: m, answers: [...(this.answers.get(machineKey(m))?.values() ?? [])] })),
        down: [...this.down.values()],
      },
      frameworks: [framework("marathon"), framework("kafka")],
      tasks: this.tasks.filter((t) => agents.some((a) => a.id === t.agentId)),
    };
  }

  /** `false` is a 400: a Down machine cannot be left out. */
  post(schedule: Schedule): boolean {
    if ([...this.down.values()].some((m) => windowOf(schedule, m) === null)) return false;
    this.schedule = schedule;
    this.answers.clear();
    return true;
  }

  /** START_MAINTENANCE: all or nothing, and only for draining machines. */
  start(machines: readonly Machine[]): boolean {
    const draining = machines.every(
      (m) => windowOf(this.schedule, m) !== null && !this.down.has(machineKey(m)),
    );
    if (!draining || machines.length === 0) return false;
    for (const m of machines) {
      this.down.set(machineKey(m), m);
      this.registered.delete(m.hostname);
      this.recovering.delete(m.hostname);
      this.answers.delete(machineKey(m));
      this.tasks = this.tasks.filter((t) => t.agentId !== `${m.hostname}-S0`);
    }
    return true;
  }

  /** STOP_MAINTENANCE: all or nothing; takes the machines out of the schedule too. */
  stop(machines: readonly MachineId[]): boolean {
    if (machines.length === 0 || !machines.every((m) => this.down.has(machineKey(m)))) return false;
    const keys = new Set(machines.map(machineKey));
    for (const key of keys) this.down.delete(key);
    const windows = this.schedule.windows
      .map((w) => ({ ...w, machines: w.machines.filter((m) => !keys.has(machineKey(m))) }))
      .filter((w) => w.machines.length > 0);
    this.schedule = { windows };
    return true;
  }

  answer(host: Machine, frameworkId: string, says: Answer["answer"], nowMs: number): void {
    const key = machineKey(host);
    if (windowOf(this.schedule, host) === null || this.down.has(key)) return;
    const of = this.answers.get(key) ?? new Map<string, Answer>();
    this.answers.set(key, of.set(frameworkId, answer(frameworkId, says, nowMs)));
  }

  endTasks(): void {
    this.tasks = [];
  }

  /** A new leader: schedule and modes stay, answers are gone, and agents have to register again. */
  failOver(): void {
    this.term += 1;
    this.answers.clear();
    for (const hostname of this.registered) this.recovering.add(hostname);
  }

  /** The agents of machines that are not Down register again. */
  register(): void {
    this.recovering.clear();
    for (const host of this.hosts) if (!this.down.has(machineKey(host))) this.registered.add(host.hostname);
  }
}
