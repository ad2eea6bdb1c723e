import { randomUUID } from "node:crypto";
import { isIPv4 } from "node:net";
import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import { ANYBODY } from "./access.js";
import { agentOn, registerAgents } from "./agents.js";
import { perform } from "./api.js";
import { CALL_TYPES, type Call, type CallType } from "./call.js";
import { CallLog, type ReceivedCall } from "./call-log.js";
import { loseAgent } from "./drain.js";
import { failOver, reregisterAgents, reregisterFrameworks } from "./fail-over.js";
import { type Fault, Faults } from "./faults.js";
import { MasterServer } from "./http-server.js";
import { initialState } from "./initial.js";
import { answerOffer } from "./inverse-offers.js";
import { Leadership, type Leading } from "./leadership.js";
import { thenAsk } from "./maintenance.js";
import type { RehearsalOptions } from "./options.js";
import type { FailOverOptions, RehearsalMaster } from "./rehearsal-master.js";
import { type RehearsalSnapshot, snapshotOf } from "./snapshot.js";
import { Stage } from "./stage.js";
import type { FrameworkState, MasterState } from "./state.js";
import { Subscribers } from "./subscribers.js";
import { killTask, launchTask } from "./tasks.js";
import type { Self } from "./views.js";

export type { RehearsalMaster };

/** Starts a master. Rejects if the port cannot be had, or if a task is on a host without an agent. */
export async function startRehearsalMaster(options: RehearsalOptions): Promise<RehearsalMaster> {
  const master = new Rehearsal(options);
  await master.start();
  return master;
}

class Rehearsal implements RehearsalMaster {
  private readonly stage: Stage;
  private readonly server: MasterServer;
  private readonly subscribers = new Subscribers(() => this.self());
  private readonly leadership = new Leadership();
  private readonly faults = new Faults();
  private readonly log = new CallLog();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly host: string;
  private readonly startedNs: bigint;

  constructor(private readonly options: RehearsalOptions) {
    const clock = options.clock ?? Date.now;
    this.host = options.host ?? "127.0.0.1";
    this.stage = new Stage(clock, (now) => initialState(options, randomUUID(), now));
    this.startedNs = this.stage.state().electedNs;
    this.stage.onEvents((events, state) => this.subscribers.publish(events, state));
    const knows = knownCalls(this.version());
    this.server = new MasterServer(
      {
        stage: this.stage,
        subscribers: this.subscribers,
        leadership: this.leadership,
        faults: this.faults,
        log: this.log,
        principals: options.principals ?? [],
        self: () => this.self(),
        knows,
        clock,
      },
      this.host,
      options.port ?? 0,
    );
  }

  get url(): string {
    return `http://${this.host}:${this.server.boundPort()}`;
  }

  get address(): string {
    return `${this.options.hostname ?? this.host}:${this.server.boundPort()}`;
  }

  start(): Promise<void> {
    return this.server.start();
  }

  stop(): Promise<void> {
    this.subscribers.cut();
    return this.server.stop();
  }

  async close(): Promise<void> {
    this.stage.close();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    await this.stop();
  }

  state(): RehearsalSnapshot {
    return snapshotOf(this.stage.state(), this.leadership.get(), this.subscribers.count());
  }

  calls(): readonly ReceivedCall[] {
    return this.log.all();
  }

  clearCalls(): void {
    this.log.clear();
  }

  tick(): void {
    this.stage.tick();
  }

  failOver({ recoveryMs = 0, reregisterMs = 0 }: FailOverOptions = {}): void {
    this.subscribers.cut();
    this.stage.apply((state, now) => failOver(state, randomUUID(), now));
    this.leadership.set("not_recovered", null);
    this.after(recoveryMs, () => {
      this.leadership.set("leading", null);
      this.after(reregisterMs, () => this.reregister());
    });
  }

  reregister(what?: "agents" | "frameworks"): void {
    if (what !== "frameworks") this.stage.apply(reregisterAgents);
    if (what !== "agents") this.stage.apply(reregisterFrameworks);
  }

  setLeading(leading: Leading, redirectTo?: string): void {
    if (leading !== "leading") this.subscribers.cut();
    this.leadership.set(leading, redirectTo ?? null);
  }

  postSchedule(schedule: Schedule): void {
    this.insist({ type: "UPDATE_MAINTENANCE_SCHEDULE", schedule });
  }

  startMaintenance(machines: readonly MachineId[]): void {
    this.insist({ type: "START_MAINTENANCE", machines });
  }

  stopMaintenance(machines: readonly MachineId[]): void {
    this.insist({ type: "STOP_MAINTENANCE", machines });
  }

  launchTask(framework: string, host: string, name: string): string {
    const { id: frameworkId } = this.framework(framework);
    const { id: agentId } = this.agent(host);
    this.stage.apply((state, now) =>
      thenAsk(state, now, (next) => launchTask(next, { name, frameworkId, agentId }, now)),
    );
    return this.stage.state().tasks.at(-1)?.id ?? name;
  }

  killTask(id: string): void {
    this.stage.apply((state, now) => killTask(state, id, now));
  }

  stopAgent(host: string): void {
    this.agent(host);
    this.stage.apply((state, now) => loseAgent(state, host, now));
  }

  startAgent(host: string): boolean {
    const { id } = this.agent(host);
    this.stage.apply((state, now) => registerAgents(state, (agent) => agent.id === id, now));
    return this.agent(host).presence === "registered";
  }

  answer(framework: string, host: string, answer: "accept" | "decline"): void {
    const { id } = this.framework(framework);
    const { key } = this.agent(host);
    const word = answer === "accept" ? "ACCEPT" : "DECLINE";
    this.stage.apply((state, now) => answerOffer(state, id, key, word, now));
  }

  fault(type: CallType | "*", fault: Fault): void {
    this.faults.add(type, fault);
  }

  clearFaults(): void {
    this.faults.clear();
  }

  private version(): string {
    return this.options.version ?? "1.11.0";
  }

  private self(): Self {
    return {
      hostname: this.options.hostname ?? this.host,
      ip: isIPv4(this.host) ? this.host : "127.0.0.1",
      port: this.server.boundPort(),
      version: this.version(),
      startedNs: this.startedNs,
      heartbeatMs: this.options.heartbeatMs ?? 15_000,
    };
  }

  private insist(call: Call): void {
    const { reply, change } = perform(this.stage.state(), call, ANYBODY, this.self(), this.stage.now());
    if ("text" in reply) throw new Error(reply.text);
    if (change !== null) this.stage.apply(() => change);
  }

  private framework(name: string): FrameworkState {
    const found = this.stage.state().frameworks.find(({ spec }) => spec.name === name);
    if (found === undefined) throw new Error(`There is no framework ${name} in this rehearsal.`);
    return found;
  }

  private agent(host: string): MasterState["agents"][number] {
    const found = agentOn(this.stage.state(), host);
    if (found === undefined) throw new Error(`There is no agent on ${host} in this rehearsal.`);
    return found;
  }

  /** 0 is at once, `null` never. */
  private after(ms: number | null, act: () => void): void {
    if (ms === 0) act();
    if (ms === null || ms === 0) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, ms).unref();
    this.timers.add(timer);
  }
}

/** DRAIN_AGENT and its like exist since Mesos 1.9; before, they are unknown calls. */
function knownCalls(version: string): (type: CallType) => boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const hasDraining = major > 1 || (major === 1 && minor >= 9);
  const known = new Set<CallType>(
    CALL_TYPES.filter((type) => hasDraining || !type.endsWith("ACTIVATE_AGENT")),
  );
  if (!hasDraining) known.delete("DRAIN_AGENT");
  return (type) => known.has(type);
}
