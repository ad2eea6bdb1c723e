import type { RehearsalPrincipal } from "./access.js";

/** An attribute's value: text, a scalar, or ranges. */
export type AttributeValue = string | number | readonly (readonly [begin: number, end: number])[];

/** A part of an agent that only one role may use. */
export interface RehearsalReservation {
  readonly role: string;
  /** Made by a framework or an operator, rather than when the agent was started. @defaultValue false */
  readonly dynamic?: boolean;
  /** @defaultValue 0 */
  readonly cpus?: number;
  /** In MB. @defaultValue 0 */
  readonly mem?: number;
  /** Persistent volumes made of the reserved disk: id and size in MB. */
  readonly volumes?: Readonly<Record<string, number>>;
}

export const DEFAULT_AGENT_PORT = 5051;

/** An agent; those with one host name and address share a machine. Nothing ever connects to its address. */
export interface RehearsalAgent {
  readonly hostname: string;
  readonly ip: string;
  /** @defaultValue 5051 */
  readonly port?: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly region?: string;
  readonly zone?: string;
  /** @defaultValue 8 */
  readonly cpus?: number;
  /** In MB. @defaultValue 16384 */
  readonly mem?: number;
  /** Within `cpus` and `mem`; the disk of volumes comes on top. */
  readonly reservations?: readonly RehearsalReservation[];
}

/**
 * How a framework takes an inverse offer. `mover`: accepts and moves its tasks to other agents. `stayer`: accepts, and
 * its tasks stay. `decliner`: declines. `silent`: never answers (Marathon is said to be like that).
 */
export const HABITS = ["mover", "stayer", "decliner", "silent"] as const;

export interface RehearsalTask {
  readonly name: string;
  /** Host name of the agent it runs on. */
  readonly on: string;
  /** @defaultValue 0.5 */
  readonly cpus?: number;
  /** In MB. @defaultValue 256 */
  readonly mem?: number;
  /** Such as `DCOS_PACKAGE_NAME`. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface RehearsalFramework {
  readonly name: string;
  readonly habit: (typeof HABITS)[number];
  /** The role that its tasks' resources are allocated to. @defaultValue * */
  readonly role?: string;
  /** @defaultValue none */
  readonly principal?: string;
  /** With `old` the master shows a `pid` for it, in `/state-summary`. @defaultValue http */
  readonly driver?: "old" | "http";
  readonly tasks: readonly RehearsalTask[];
  /** With the capability PARTITION_AWARE: its tasks on agents that are away are told from lost ones. @defaultValue false */
  readonly partitionAware?: boolean;
  /** Its tasks outlive the process of their agent. @defaultValue true */
  readonly checkpoint?: boolean;
  /** Host names where it holds offers without a task: it is asked and answers there too. @defaultValue [] */
  readonly holdsOffersOn?: readonly string[];
  /**
   * From being asked to answering. 0: the first look that shows DRAINING holds the answer, as with real frameworks, which
   * answer within a second. `null`: only by `tick()` or `answer()`. @defaultValue 200
   */
  readonly answerAfterMs?: number | null;
  /** From accepting to the first move of a task; `null`: only by `tick()`. @defaultValue moveEveryMs */
  readonly moveAfterMs?: number | null;
  /** Between two moves; `null`: only by `tick()`. @defaultValue 1000 */
  readonly moveEveryMs?: number | null;
  /** An accepted inverse offer is offered and accepted again after this, so its timestamp moves. @defaultValue 5000 */
  readonly askAgainMs?: number | null;
}

/** @see RehearsalOptions.after */
export type After = (ms: number, act: () => void) => () => void;

export interface RehearsalOptions {
  /** What the master calls itself: MasterInfo and the `Location` of redirects. @defaultValue the host it listens on */
  readonly hostname?: string;
  /** 0 takes a free one. @defaultValue 0 */
  readonly port?: number;
  /** Address to listen on. @defaultValue 127.0.0.1 */
  readonly host?: string;
  /** Mesos version it claims; before 1.9.0 it does not know DRAIN_AGENT and its like. @defaultValue 1.11.0 */
  readonly version?: string;
  readonly agents: readonly RehearsalAgent[];
  readonly frameworks: readonly RehearsalFramework[];
  /** With any, every API call needs HTTP basic credentials. @defaultValue none: open to everybody */
  readonly principals?: readonly RehearsalPrincipal[];
  /** From STOP_MAINTENANCE until the agents come back; `null`: only by `startAgent()`. @defaultValue null */
  readonly returnAfterMs?: number | null;
  /** Of the event stream. @defaultValue 15000 */
  readonly heartbeatMs?: number;
  /** Milliseconds since the epoch. @defaultValue Date.now */
  readonly clock?: () => number;
  /** Does something later by that clock; the function that is returned takes it back. @defaultValue setTimeout */
  readonly after?: After;
}
