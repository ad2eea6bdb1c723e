import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { RehearsalAgent, RehearsalFramework } from "./options.js";

/** Now, both ways a master needs it. `ns` is unique per moment and never a round number, to catch lost digits. */
export interface Moment {
  readonly ms: number;
  readonly ns: bigint;
}

export type Mode = "UP" | "DRAINING" | "DOWN";

/** A machine the master knows: an agent registered from it, or a schedule named it. */
export interface KnownMachine {
  /** With the host name in lower case, as the status shows it. */
  readonly id: MachineId;
  readonly mode: Mode;
}

/** Mesos' `DrainInfo` and what is needed to play it. */
export interface Drain {
  readonly state: "DRAINING" | "DRAINED";
  readonly graceNs: bigint | null;
  readonly markGone: boolean;
  readonly startedNs: bigint;
  readonly killAtMs: number;
}

/**
 * `registered`; `recovered`: in the registry, not yet back after a fail-over; `unreachable`: in no list of the master's,
 * while its tasks go on; `away`: shut down, and its tasks with it; `gone`: for good, by MARK_AGENT_GONE.
 */
export type Presence = "registered" | "recovered" | "unreachable" | "away" | "gone";

/**
 * Whether agent and master hear each other. `partitioned`: the path is broken and the agent goes on; the master does not
 * see it before the ping limit. `disconnected`: the agent's process was killed, which the master sees at once.
 */
export type Link = "connected" | "partitioned" | "disconnected";

export interface AgentState {
  readonly id: string;
  readonly key: string;
  readonly spec: RehearsalAgent;
  readonly presence: Presence;
  /** Of an agent that is `away` or `gone`: without meaning. */
  readonly link: Link;
  /** Only for `away`: it left because its machine went Down, so it comes back after Up. */
  readonly leftByDown: boolean;
  /** Only for `away`: when it comes back by itself. */
  readonly returnAtMs: number | null;
  readonly registeredNs: bigint;
  readonly reregisteredNs: bigint | null;
  readonly deactivated: boolean;
  readonly drain: Drain | null;
}

export interface FrameworkState {
  readonly id: string;
  readonly spec: RehearsalFramework;
  /** `disconnected`: subscribed once; `recovered`: known from its tasks after a fail-over; `absent`: not even that. */
  readonly presence: "registered" | "disconnected" | "recovered" | "absent";
  readonly registeredNs: bigint;
  readonly reregisteredNs: bigint;
  readonly lastMoveMs: number | null;
}

export interface TaskUpdate {
  readonly state: string;
  readonly ns: bigint;
  readonly source: "SOURCE_MASTER" | "SOURCE_AGENT" | "SOURCE_EXECUTOR";
  readonly reason?: string;
  readonly message?: string;
}

export interface TaskState {
  readonly id: string;
  readonly name: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly cpus: number;
  readonly mem: number;
  /** The role its resources are allocated to. */
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  /** Oldest first. */
  readonly updates: readonly TaskUpdate[];
}

/** An inverse offer that its framework has not answered. */
export interface InverseOffer {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  /** Key of the agent's machine. */
  readonly key: string;
  readonly sinceMs: number;
}

/** A framework's last reply for a machine. */
export interface AnswerState {
  readonly frameworkId: string;
  readonly key: string;
  readonly answer: "ACCEPT" | "DECLINE";
  readonly ns: bigint;
  readonly ms: number;
  /** When the promise was first given since the answers were last erased: tasks are moved from then on. */
  readonly firstMs: number;
}

/** Everything the master knows, and what the cluster around it does. Replaced as a whole by every transition. */
export interface MasterState {
  /** MasterInfo.id: new with every fail-over. */
  readonly id: string;
  readonly electedNs: bigint;
  readonly schedule: Schedule;
  readonly machines: ReadonlyMap<string, KnownMachine>;
  readonly agents: readonly AgentState[];
  readonly frameworks: readonly FrameworkState[];
  /** All that run, also those that the master does not see because their agents are not registered. */
  readonly tasks: readonly TaskState[];
  /** What the master last knew of tasks on agents that it cannot reach: they may be among `tasks`, too. */
  readonly unreachableTasks: readonly TaskState[];
  /** Newest first, as many as `tasks.ts` keeps. */
  readonly completedTasks: readonly TaskState[];
  readonly inverseOffers: readonly InverseOffer[];
  readonly answers: readonly AnswerState[];
  readonly returnAfterMs: number | null;
  /** Numbers inverse offers and task ids. */
  readonly counter: number;
}

/** What the event stream tells. */
export type MasterEvent =
  | { readonly type: "TASK_ADDED"; readonly task: TaskState }
  | { readonly type: "TASK_UPDATED"; readonly task: TaskState; readonly update: TaskUpdate }
  | { readonly type: "AGENT_ADDED"; readonly agent: AgentState }
  | { readonly type: "AGENT_REMOVED"; readonly agentId: string }
  | { readonly type: "FRAMEWORK_ADDED"; readonly framework: FrameworkState }
  | { readonly type: "FRAMEWORK_UPDATED"; readonly framework: FrameworkState };

/** The outcome of a transition. */
export interface Change {
  readonly state: MasterState;
  readonly events: readonly MasterEvent[];
}

/** A transition that tells nobody. */
export function withoutEvents(state: MasterState): Change {
  return { state, events: [] };
}

/** Runs transitions one after another and keeps their events in order. */
export function inTurn(state: MasterState, ...steps: readonly ((state: MasterState) => Change)[]): Change {
  let now: Change = withoutEvents(state);
  for (const step of steps) {
    const next = step(now.state);
    now = { state: next.state, events: [...now.events, ...next.events] };
  }
  return now;
}

/** The mode of a machine; one the master does not know is up. */
export function modeOf(state: MasterState, key: string): Mode {
  return state.machines.get(key)?.mode ?? "UP";
}
