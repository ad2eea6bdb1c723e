/** Answers what a real Mesos master would do: a master with a cluster around it, for tests and practice. */
import { randomUUID } from "node:crypto";
import { isIPv4 } from "node:net";
import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import { ANYBODY } from "./access.js";
import { addAgent, agentNamed, moveAgent, registerAgents } from "./agents.js";
import { perform } from "./api.js";
import { dropRecovered, killAgent, markGone, markUnreachable, partitionAgent } from "./away.js";
import { type Call, type CallType, unknownCalls } from "./call.js";
import { CallLog, type ReceivedCall } from "./call-log.js";
import {
  disconnectFramework,
  failOver,
  type Registry,
  reregisterAgents,
  reregisterFrameworks,
} from "./fail-over.js";
import { type Fault, Faults } from "./faults.js";
import { MasterServer } from "./http-server.js";
import { initialState } from "./initial.js";
import { answerOffer } from "./inverse-offers.js";
import { Leadership, type Leading } from "./leadership.js";
import { afterRealTime, LiveState } from "./live-state.js";
import { thenAsk } from "./maintenance.js";
import type { After, RehearsalAgent, RehearsalOptions } from "./options.js";
import { snapshotOf } from "./snapshot.js";
import type { AgentState, FrameworkState } from "./state.js";
import { Subscribers } from "./subscribers.js";
import { failTask, killTask, launchTask, runTask, stageTask } from "./tasks.js";
import type { Self } from "./views.js";

/** Delays of a fail-over. */
export interface FailOverOptions {
  /** Elected but not recovered for so long; `null`: until `setLeading("leading")`. @defaultValue 0 */
  readonly recoveryMs?: number | null;
  /** From recovery until agents and frameworks register again; `null`: only by `reregister()`. @defaultValue 0 */
  readonly reregisterMs?: number | null;
  /** @defaultValue replicated_log */
  readonly registry?: Registry;
}

/** From the election until agents that are not back are forgotten: the default of Mesos' `agent_reregister_timeout`. */
const AGENT_REREGISTER_TIMEOUT_MS = 600_000;

/** Starts a master. Rejects if the port cannot be had, or if a task is on a host without an agent. */
export async function startRehearsalMaster(options: RehearsalOptions): Promise<RehearsalMaster> {
  const master = new RehearsalMaster(options);
  await master.start();
  return master;
}

/** Starts another master of the cluster of `leader`, to which it redirects; `elect` makes it lead. */
export async function startStandby(
  leader: RehearsalMaster,
  options: RehearsalOptions,
): Promise<RehearsalMaster> {
  const master = new RehearsalMaster(options, leader);
  await master.start();
  master.setLeading("redirecting", leader.address);
  return master;
}

/** One of the masters of a cluster is elected: the others redirect to it, as far as anything listens there. */
export function elect(
  masters: readonly RehearsalMaster[],
  next: RehearsalMaster,
  options: FailOverOptions = {},
): void {
  next.failOver(options);
  for (const other of masters) if (other !== next) other.setLeading("redirecting", next.address);
}

/** A running rehearsal master, and what happens to it and to its cluster. */
export class RehearsalMaster {
  private readonly live: LiveState;
  private readonly server: MasterServer;
  private readonly subscribers = new Subscribers(() => this.self());
  /** Told of what happens in the cluster, for all its masters. */
  private readonly told: Set<(...happened: Parameters<Subscribers["publish"]>) => void>;
  private readonly leadership = new Leadership();
  private readonly faults = new Faults();
  /** Of all masters of the cluster. */
  private readonly log: CallLog;
  private readonly later: After;
  private readonly timers = new Set<() => void>();
  private readonly host: string;
  private readonly version: string;
  private readonly startedNs: bigint;

  /** @param beside another master of the same cluster. */
  constructor(
    private readonly options: RehearsalOptions,
    beside: RehearsalMaster | null = null,
  ) {
    const { clock = Date.now, after = afterRealTime, host = "127.0.0.1", version = "1.11.0" } = options;
    this.host = host;
    this.version = version;
    this.later = after;
    this.log = beside?.log ?? new CallLog();
    this.told = beside?.told ?? new Set();
    this.told.add((events, state) => this.subscribers.publish(events, state));
    this.live =
      beside?.live ??
      new LiveState(
        { clock, after },
        (now) => initialState(options, randomUUID(), now),
        (events, state) => {
          for (const tell of this.told) tell(events, state);
        },
      );
    this.startedNs = this.live.state().electedNs;
    const parts = {
      live: this.live,
      subscribers: this.subscribers,
      leadership: this.leadership,
      faults: this.faults,
      log: this.log,
      principals: options.principals ?? [],
      unknownCalls: unknownCalls(version),
      self: () => this.self(),
      clock,
    };
    this.server = new MasterServer(parts, host, options.port ?? 0);
  }

  /** Such as `http://127.0.0.1:41234`, without a slash at the end. */
  get url(): string {
    return `http://${this.host}:${this.server.port}`;
  }

  /** `host:port` as it names itself, for `setLeading("redirecting", …)` of another one. */
  get address(): string {
    const { hostname, port } = this.self();
    return `${hostname}:${port}`;
  }

  /** Brings the HTTP side back on the same port. */
  start(): Promise<void> {
    return this.server.start();
  }

  /** Takes the HTTP side away (connections are refused); the cluster goes on. */
  stop(): Promise<void> {
    this.subscribers.cut();
    return this.server.stop();
  }

  async close(): Promise<void> {
    this.live.close();
    for (const takeBack of this.timers) takeBack();
    await this.stop();
  }

  state(): ReturnType<typeof snapshotOf> {
    return snapshotOf(this.live.state(), this.leadership.get(), this.subscribers.count());
  }

  /** Tells of everything that happens in the cluster, after it has; the function that is returned ends that. */
  watch(told: () => void): () => void {
    const tell = () => told();
    this.told.add(tell);
    return () => this.told.delete(tell);
  }

  /** Every API call received since the start or `clearCalls()`, oldest first. */
  calls(): readonly ReceivedCall[] {
    return this.log.all();
  }

  clearCalls(): void {
    this.log.clear();
  }

  /** One step of every framework's habit now: all it was asked is answered, one task is moved. */
  tick(): void {
    this.live.tick();
  }

  /** Another master is elected; with a registry in memory: the master is started again and knows nothing. */
  failOver(options: FailOverOptions = {}): void {
    const { recoveryMs = 0, reregisterMs = 0, registry = "replicated_log" } = options;
    const id = randomUUID();
    this.subscribers.cut();
    this.live.apply((state, now) => failOver(state, id, registry, now));
    this.leadership.set("not_recovered", null);
    this.after(recoveryMs, () => {
      this.leadership.set("leading", null);
      this.after(reregisterMs, () => this.reregister());
    });
    this.after(AGENT_REREGISTER_TIMEOUT_MS, () => {
      if (this.live.state().id === id) this.passAgentReregisterTimeout();
    });
  }

  /** After a fail-over: agents whose path is whole, or frameworks, or both register again. */
  reregister(what?: "agents" | "frameworks"): void {
    if (what !== "frameworks") this.live.apply(reregisterAgents);
    if (what !== "agents") this.live.apply(reregisterFrameworks);
  }

  setLeading(leading: Leading, redirectTo?: string): void {
    if (leading !== "leading") this.subscribers.cut();
    this.leadership.set(leading, redirectTo ?? null);
  }

  /** As somebody else would. Throws an `Error` with the master's words if it is refused; so do the next two. */
  postSchedule(schedule: Schedule): void {
    this.write({ type: "UPDATE_MAINTENANCE_SCHEDULE", schedule });
  }

  startMaintenance(machines: readonly MachineId[]): void {
    this.write({ type: "START_MAINTENANCE", machines });
  }

  stopMaintenance(machines: readonly MachineId[]): void {
    this.write({ type: "STOP_MAINTENANCE", machines });
  }

  /** Returns the task's id. */
  launchTask(framework: string, host: string, name: string): string {
    return this.newTask(launchTask, framework, host, name);
  }

  /** The same of one that is handed to its agent and does not run before `runTask`. */
  stageTask(framework: string, host: string, name: string): string {
    return this.newTask(stageTask, framework, host, name);
  }

  runTask(id: string): void {
    this.live.apply((state, now) => runTask(state, id, now));
  }

  killTask(id: string): void {
    this.live.apply((state, now) => killTask(state, id, now));
  }

  /** A task ends with a failure, and stands among the completed ones. */
  failTask(id: string): void {
    this.live.apply((state, now) => failTask(state, id, now));
  }

  // In what follows an agent is named by its id, by `host:port`, or by its host name where one agent is enough.

  /**
   * The path between an agent and the master breaks; agent and tasks go on. To the master it is still registered, until
   * `markUnreachable()`; after a fail-over it stays in `recovered_agents`, until `agent_reregister_timeout`.
   */
  partitionAgent(agent: string): void {
    const { id } = this.agent(agent);
    this.live.apply((state) => partitionAgent(state, id));
  }

  /**
   * The agent is cut off for longer than the ping limit (75 s by Mesos' defaults): it leaves `agents`, its inverse offers
   * are rescinded and its tasks become TASK_LOST, or TASK_UNREACHABLE, in `unreachable_tasks`. The machine keeps its mode
   * and START_MAINTENANCE is accepted, while agent and tasks go on. They end only if `startAgent()` comes while the
   * machine is Down. Seen on a real master, 1.12.
   */
  markUnreachable(agent: string): void {
    const { id } = this.agent(agent);
    this.live.apply((state, now) => markUnreachable(state, id, now));
  }

  /** The process of an agent is killed: `active: false`, no inverse offers. Tasks go on if their framework checkpoints. */
  killAgent(agent: string): void {
    const { id } = this.agent(agent);
    this.live.apply((state, now) => killAgent(state, id, now));
  }

  /**
   * MARK_AGENT_GONE: the agent ends with its tasks and its id never registers again. Tasks of frameworks that are not
   * PARTITION_AWARE stay in `unreachable_tasks` as TASK_LOST. Seen on a real master, 1.12.
   */
  markAgentGone(agent: string): void {
    const { id } = this.agent(agent);
    this.live.apply((state, now) => markGone(state, id, now));
  }

  /**
   * The agent's process starts, or its path is whole again: it registers with the id and the tasks that it has, perhaps
   * from another address. Whether it could: not while its machine is Down, when it is shut down and its tasks end.
   */
  startAgent(agent: string, moved: Partial<Pick<RehearsalAgent, "ip" | "port">> = {}): boolean {
    const { id } = this.agent(agent);
    this.live.apply((state, now) =>
      registerAgents(moveAgent(state, id, moved), (other) => other.id === id, now),
    );
    return this.agent(id).presence === "registered";
  }

  /**
   * An agent registers that the master does not know, and gets a new id: a new machine, a second agent on one, or an agent
   * whose `meta/slaves/latest` was removed, as it must be before other attributes are taken. Returns the id, or `null`
   * while its machine is Down.
   */
  registerAgent(agent: RehearsalAgent): string | null {
    const added = addAgent(this.live.state(), agent, this.live.now());
    if (added === null) return null;
    this.live.apply(() => added);
    return added.id;
  }

  /** `agent_reregister_timeout` passes after a fail-over: agents that are not back are in no list, nor are their tasks. */
  passAgentReregisterTimeout(): void {
    this.live.apply(dropRecovered);
  }

  /** A framework's connection ends: it is asked nothing, and keeps its answers, until `reregister("frameworks")`. */
  disconnectFramework(name: string): void {
    const { id } = this.framework(name);
    this.live.apply((state, now) => disconnectFramework(state, id, now));
  }

  answer(framework: string, host: string, answer: "accept" | "decline"): void {
    const { id } = this.framework(framework);
    const { key } = this.agent(host);
    const given = answer === "accept" ? "ACCEPT" : "DECLINE";
    this.live.apply((state, now) => answerOffer(state, id, key, given, now));
  }

  /** Something goes wrong with the next calls of a type (`*`: any). */
  fault(type: CallType | "*", fault: Fault): void {
    this.faults.add(type, fault);
  }

  /** From now on no event reaches a subscriber, while heartbeats go on; with `false` they do again. */
  loseEvents(isLosing = true): void {
    this.subscribers.isLosing = isLosing;
  }

  /** From now on nothing is sent in event streams, heartbeats included, and they stay open; with `false` it is again. */
  stallStreams(isStalled = true): void {
    this.subscribers.isStalled = isStalled;
  }

  clearFaults(): void {
    this.faults.clear();
  }

  private self(): Self {
    return {
      hostname: this.options.hostname ?? this.host,
      ip: isIPv4(this.host) ? this.host : "127.0.0.1",
      port: this.server.port,
      version: this.version,
      startedNs: this.startedNs,
      heartbeatMs: this.options.heartbeatMs ?? 15_000,
    };
  }

  private write(call: Call): void {
    const { reply, change } = perform(this.live.state(), call, ANYBODY, this.self(), this.live.now());
    if ("text" in reply) throw new Error(reply.text);
    if (change !== null) this.live.apply(() => change);
  }

  private newTask(make: typeof launchTask, framework: string, host: string, name: string): string {
    const task = { name, agentId: this.agent(host).id };
    const launcher = this.framework(framework);
    this.live.apply((state, now) => thenAsk(state, now, (next) => make(next, task, launcher, now)));
    return this.live.state().tasks.at(-1)?.id ?? name;
  }

  private framework(name: string): FrameworkState {
    const found = this.live.state().frameworks.find(({ spec }) => spec.name === name);
    if (found === undefined) throw new Error(`There is no framework ${name} in this rehearsal.`);
    return found;
  }

  private agent(host: string): AgentState {
    const found = agentNamed(this.live.state(), host);
    if (found === undefined) throw new Error(`There is no agent on ${host} in this rehearsal.`);
    return found;
  }

  /** 0 is at once, `null` never. */
  private after(ms: number | null, act: () => void): void {
    if (ms === 0) act();
    else if (ms !== null) this.timers.add(this.later(ms, act));
  }
}
