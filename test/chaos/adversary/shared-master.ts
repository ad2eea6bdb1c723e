import type { MachineId } from "../../../src/maintenance/cluster/machine.js";
import type { Schedule } from "../../../src/maintenance/cluster/schedule.js";
import type { Master } from "../../../src/mesos/master.js";
import type { Mode } from "../../../src/rehearsal/master/state.js";

/** A master that the bot shares with other people: its client on one side, what they do on the other. */
export interface SharedMaster {
  /** The bot's own client. */
  readonly client: Master;
  /** Called between the reads that one look at the cluster consists of. */
  onRead: () => void;

  /** The schedule as it is right now. */
  schedule(): Schedule;
  mode(machine: MachineId): Mode;
  /** As somebody else; throws the master's words when it is refused. */
  post(schedule: Schedule): void;
  startMaintenance(machines: readonly MachineId[]): void;
  stopMaintenance(machines: readonly MachineId[]): void;
  /** Somebody starts every agent whose machine is not Down. */
  startAgents(): void;
  close(): Promise<void>;
}

/** What a shared cluster is made of. */
export interface SharedCluster {
  readonly hosts: readonly { readonly hostname: string; readonly ip: string }[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Puts what is read in parallel into the order in which it arrives. */
  readonly shuffled: <T>(list: readonly T[]) => T[];
}
