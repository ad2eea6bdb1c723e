import { type Machine, type MachineId, machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule } from "../../../src/maintenance/cluster/schedule.js";
import type { Task } from "../../../src/maintenance/cluster/task.js";
import { listed } from "../../../src/maintenance/cluster/tasks.js";
import type { Answer, World } from "../../../src/maintenance/cluster/world.js";
import { windowOf } from "../../../src/maintenance/window/edit.js";
import { agent, answer, framework, task, worldOf } from "../../support/world.js";

/**
 * How the master has the agent of a host. `recovering`: known from before a fail-over. `unreachable`: its tasks are shown
 * as that. `forgotten`: it is in no list. In all three its tasks run on. `stopped`: it was ended by a Down.
 */
type AgentState = "registered" | "recovering" | "unreachable" | "forgotten" | "stopped";

/**
 * As much of a Mesos master as the domain can see, without a wire: modes, the one schedule, answers that every accepted
 * post erases, agents that leave on Down, agents that are cut off, and fail-overs after which agents and their tasks are
 * not seen for a while, or never again.
 */
export class TinyMaster {
  schedule: Schedule = { windows: [] };
  readonly down = new Map<string, MachineId>();
  /** By host name. */
  private readonly agents = new Map<string, { id: string; state: AgentState }>();
  private lives = 0;
  /** Whether they are shown or not. */
  tasks: Task[] = [];
  answers = new Map<string, Map<string, Answer>>();
  term = 1;

  constructor(readonly hosts: readonly Machine[]) {
    for (const { hostname } of hosts)
      this.agents.set(hostname, { id: `${hostname}-S0`, state: "registered" });
  }

  get leader(): string {
    return `10.0.0.${100 + this.term}:5050`;
  }

  get leaderId(): string {
    return `leader-${this.term}`;
  }

  world(nowMs: number): World {
    const agentsThatAre = (state: AgentState) =>
      this.hosts
        .filter((m) => this.stateOf(m.hostname) === state)
        .map((m) => agent(m.hostname, { id: this.agentOn(m.hostname).id, machine: m, port: 5051 }));
    const agents = agentsThatAre("registered");
    const unreachable = new Set(agentsThatAre("unreachable").map(({ id }) => id));
    const scheduled = this.schedule.windows.flatMap((window) => window.machines);
    return {
      ...worldOf(),
      leader: this.leader,
      leaderId: this.leaderId,
      observedAtMs: nowMs,
      agents,
      recoveredAgents: agentsThatAre("recovering"),
      schedule: this.schedule,
      status: {
        draining: scheduled
          .filter((m) => !this.down.has(machineKey(m)))
          .map((m) => ({ machine: m, answers: [...(this.answers.get(machineKey(m))?.values() ?? [])] })),
        down: [...this.down.values()],
      },
      frameworks: [framework("marathon"), framework("kafka")],
      tasks: listed(
        this.tasks
          .filter((t) => unreachable.has(t.agentId) || agents.some((a) => a.id === t.agentId))
          .map((t) => (unreachable.has(t.agentId) ? { ...t, state: "TASK_UNREACHABLE" } : t)),
      ),
    };
  }

  stateOf(hostname: string): AgentState {
    return this.agentOn(hostname).state;
  }

  tasksOn(hostname: string): Task[] {
    const { id } = this.agentOn(hostname);
    return this.tasks.filter((t) => t.agentId === id);
  }

  /** A task starts, or moves here. Only agents that are registered get any. */
  launch(id: string, hostname: string): void {
    const { id: agentId, state } = this.agentOn(hostname);
    if (state !== "registered") return;
    const copy = task(id, "marathon", hostname, { app: "billing", agentId });
    this.tasks = [...this.tasks.filter((t) => t.id !== id), copy];
  }

  /** `false` is a 400: a Down machine cannot be left out. */
  post(schedule: Schedule): boolean {
    if ([...this.down.values()].some((m) => windowOf(schedule, m) === null)) return false;
    this.schedule = schedule;
    this.answers.clear();
    return true;
  }

  /** START_MAINTENANCE: all or nothing, and only for draining machines. It stops the agents that are registered. */
  start(machines: readonly Machine[]): boolean {
    const draining = machines.every(
      (m) => windowOf(this.schedule, m) !== null && !this.down.has(machineKey(m)),
    );
    if (!draining || machines.length === 0) return false;
    for (const m of machines) {
      this.down.set(machineKey(m), m);
      this.answers.delete(machineKey(m));
      const agent = this.agentOn(m.hostname);
      if (agent.state === "registered") {
        this.tasks = this.tasks.filter((t) => t.agentId !== agent.id);
        agent.state = "stopped";
      } else if (agent.state === "recovering") agent.state = "forgotten";
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

  /** The agent of this host is not heard of for longer than the ping limit; with it go the answers for its machine. */
  cutOff(host: Machine): void {
    const agent = this.agentOn(host.hostname);
    if (agent.state !== "registered") return;
    agent.state = "unreachable";
    this.answers.delete(machineKey(host));
  }

  /** A new leader: schedule and modes stay, answers are gone, and agents have to register again. */
  failOver(): void {
    this.term += 1;
    this.answers.clear();
    for (const agent of this.agents.values()) {
      if (agent.state === "registered") agent.state = "recovering";
      else if (agent.state === "unreachable") agent.state = "forgotten";
    }
  }

  /** `agent_reregister_timeout` after a fail-over: agents that are not back are in no list any more. */
  dropAgents(): void {
    for (const agent of this.agents.values()) if (agent.state === "recovering") agent.state = "forgotten";
  }

  /** The agents of machines that are not Down register again. */
  register(): void {
    for (const host of this.hosts) this.comeBack(host);
  }

  /** The agent of this host registers again; as a new one (`anew`) without the tasks of the old one. */
  comeBack(host: Machine, anew = false): void {
    if (this.down.has(machineKey(host))) return;
    const agent = this.agentOn(host.hostname);
    if (anew && agent.state !== "registered") {
      this.tasks = this.tasks.filter((t) => t.agentId !== agent.id);
      this.lives += 1;
      agent.id = `${host.hostname}-S${this.lives}`;
    }
    agent.state = "registered";
  }

  private agentOn(hostname: string): { id: string; state: AgentState } {
    const found = this.agents.get(hostname);
    if (found === undefined) throw new Error(`The master knows no ${hostname}.`);
    return found;
  }
}
