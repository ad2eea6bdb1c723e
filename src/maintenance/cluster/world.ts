// What does the master show?

import type { Millis, Nanos } from "../time.js";
import type { Machine, MachineId } from "./machine.js";
import type { Schedule } from "./schedule.js";
import type { Amounts } from "./task.js";
import type { Tasks } from "./tasks.js";

/** Of how long ago a world tells ended tasks. */
export const ENDED_WITHIN_MS: Millis = 3_600_000;

/**
 * One consistent observation of a cluster, read from the leading master (GET_MASTER, GET_AGENTS, GET_FRAMEWORKS,
 * GET_TASKS, GET_MAINTENANCE_SCHEDULE, GET_MAINTENANCE_STATUS). Plain data: deciding over it is pure.
 */
export interface World {
  readonly cluster: string;
  /** `host:port` of the master that answered as the leader. */
  readonly leader: string;
  /** The leader's id (MasterInfo.id): it changes on every fail-over, and then answers are gone. */
  readonly leaderId: string;
  /** Mesos version of the leader, such as `1.11.0`. */
  readonly version: string;
  /** When the leader was elected, by its own clock (GET_MASTER's `elected_time`); `null` where it does not say. */
  readonly electedAtMs: Millis | null;
  readonly observedAtMs: Millis;
  /**
   * When agents and tasks were read. Earlier than `observedAtMs` where they are kept by the event stream since then, which is
   * enough for a look and for nothing that is decided.
   */
  readonly wholeAtMs: Millis;
  /** The very same list as before where none of them has changed: what was worked out of it still holds. */
  readonly agents: readonly Agent[];
  /**
   * What is allocated on registered agents, by their ids: it changes with every task, and they do not. Of one that is missing it is
   * not known.
   */
  readonly allocated: Allocated;
  /** Known from the registry but not yet back after a fail-over; their tasks look absent. Not the same as empty. */
  readonly recoveredAgents: readonly Agent[];
  readonly schedule: Schedule;
  readonly status: MaintenanceStatus;
  readonly frameworks: readonly Framework[];
  /** Tasks that are not terminal: pending, staging, starting, running, killing, unreachable. */
  readonly tasks: Tasks;
  /**
   * Ids of agents that an operator marked gone (MARK_AGENT_GONE), for as long as a master remembers tasks that ended with
   * them; of an agent without tasks it does not tell. Such an id never registers again.
   */
  readonly goneAgents: readonly string[];
  /**
   * Tasks that failed, or were lost with their agent, within `ENDED_WITHIN_MS`. A master remembers only so many ended tasks of
   * each framework (1,000 by default), and none after a fail-over: what is not here may have happened all the same
   * (invariant 13).
   */
  readonly ended: readonly TaskEnd[];
}

/** What is allocated on agents, by their ids; a map is one. */
export interface Allocated {
  get(agentId: string): Amounts | undefined;
  /** Of all of which it is known. */
  values(): Iterable<Amounts>;
}

/** An agent and the machine it runs on; several agents can share one machine. */
export interface Agent {
  readonly id: string;
  /** Host name of the agent and the IP in its pid: the pair a master matches against the schedule. */
  readonly machine: Machine;
  /** Of its pid: with the IP the address at which only one agent can be. `null` when the master did not say. */
  readonly port: number | null;
  /** Text, scalar and range attributes as text, in the order the agent gave them. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly region: string | null;
  readonly zone: string | null;
  readonly active: boolean;
  /** Draining or deactivated by DRAIN_AGENT or DEACTIVATE_AGENT. */
  readonly deactivated: boolean;
  /**
   * How far DRAIN_AGENT has come: its tasks are being killed, or are gone and their ends acknowledged. `null` when nobody
   * has asked for it, and where a master before 1.9 does not know it.
   */
  readonly drain: "draining" | "drained" | null;
  /** What the agent offers; `null` when the master did not say (recovered agents). */
  readonly resources: AgentResources | null;
}

/** An agent's resources, summed up from GET_AGENTS' `total_resources`. */
export interface AgentResources {
  readonly total: Amounts;
  /** Reserved to roles, statically or dynamically; dynamic ones stay behind on the agent while it is away. */
  readonly reservations: readonly (Amounts & {
    readonly role: string;
    readonly dynamic: boolean;
    readonly diskMb: number;
  })[];
  /** Persistent volumes: their data cannot be reached while the agent is away. */
  readonly volumes: readonly { readonly id: string; readonly role: string; readonly sizeMb: number }[];
}

/** What a master says of the machines in its schedule; machines that are neither are up. */
export interface MaintenanceStatus {
  readonly draining: readonly { readonly machine: MachineId; readonly answers: readonly Answer[] }[];
  readonly down: readonly MachineId[];
}

/** A framework's last reply to an inverse offer. No entry at all means that it has not answered. */
export interface Answer {
  readonly frameworkId: string;
  readonly answer: "accept" | "decline";
  readonly at: Nanos;
}

export interface Framework {
  readonly id: string;
  readonly name: string;
  /** What it logs in with; `null` when it does not. */
  readonly principal: string | null;
  readonly roles: readonly string[];
  /** Mesos' names, such as `PARTITION_AWARE`. */
  readonly capabilities: readonly string[];
  /**
   * How it talks to the master: with the `old` scheduler driver (API v0), for which a master shows a `pid`, or over the
   * `http` API. `null` when that is not known, as of one that is not connected.
   */
  readonly driver: "old" | "http" | null;
  /** `false` from when its connection broke, and after a fail-over until it subscribes again. */
  readonly connected: boolean;
  /** Whether the master makes it offers, inverse ones too: never while it is not connected. */
  readonly active: boolean;
  /** Agent ids for which an inverse offer to this framework is outstanding. */
  readonly inverseOffers: readonly { readonly agentId: string }[];
}

/** How a task ended, where that tells something of an agent. */
export interface TaskEnd {
  /**
   * `failed` is TASK_FAILED: it ran, or was to be started, on the agent and did not live. TASK_ERROR never reached an agent,
   * and TASK_KILLED was somebody's wish. `lost_with_agent` is TASK_LOST because the agent was removed, as by Down.
   */
  readonly how: "failed" | "lost_with_agent";
  /** By the clock of who said so: the agent for a failure, the master for a loss. */
  readonly atMs: Millis;
  readonly agentId: string;
  readonly frameworkId: string;
  /** As `Task.app`. */
  readonly app: string;
}
