import type { MachineId } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { CallType } from "./call.js";
import type { ReceivedCall } from "./call-log.js";
import type { Fault } from "./faults.js";
import type { Leading } from "./leadership.js";
import type { RehearsalSnapshot } from "./snapshot.js";

/** Delays of a fail-over. */
export interface FailOverOptions {
  /** Elected but not recovered for so long; `null`: until `setLeading("leading")`. @defaultValue 0 */
  readonly recoveryMs?: number | null;
  /** From recovery until agents and frameworks register again; `null`: only by `reregister()`. @defaultValue 0 */
  readonly reregisterMs?: number | null;
}

/** A Mesos master that behaves like a real one, with a cluster around it, for tests and practice. */
export interface RehearsalMaster {
  /** Such as `http://127.0.0.1:41234`, without a slash at the end. */
  readonly url: string;
  /** `host:port` as it names itself, for `setLeading("redirecting", …)` of another one. */
  readonly address: string;
  close(): Promise<void>;

  state(): RehearsalSnapshot;
  /** Every API call received since the start or `clearCalls()`, oldest first. */
  calls(): readonly ReceivedCall[];
  clearCalls(): void;

  /** One step of every framework's habit now: all it was asked is answered, one task is moved. */
  tick(): void;
  failOver(options?: FailOverOptions): void;
  /** After a fail-over: agents, or frameworks, or both register again. */
  reregister(what?: "agents" | "frameworks"): void;
  setLeading(leading: Leading, redirectTo?: string): void;
  /** Takes the HTTP side away (connections are refused); the cluster goes on. */
  stop(): Promise<void>;
  /** Brings it back on the same port. */
  start(): Promise<void>;

  /** As somebody else would. Throws an `Error` with the master's words if it is refused. */
  postSchedule(schedule: Schedule): void;
  startMaintenance(machines: readonly MachineId[]): void;
  stopMaintenance(machines: readonly MachineId[]): void;
  /** Returns the task's id. */
  launchTask(framework: string, host: string, name: string): string;
  killTask(id: string): void;
  /** The agent stops and the master gives it up. */
  stopAgent(host: string): void;
  /** Whether it could register: not while its machine is Down. */
  startAgent(host: string): boolean;
  answer(framework: string, host: string, answer: "accept" | "decline"): void;

  /** Something goes wrong with the next calls of a type (`*`: any). */
  fault(type: CallType | "*", fault: Fault): void;
  clearFaults(): void;
}
