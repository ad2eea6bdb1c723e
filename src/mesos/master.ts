import type { MaySend } from "../base/write-connection.js";
import type { ZooKeeperConfig } from "../config/config.js";
import type { Machine } from "../maintenance/cluster/machine.js";
import type { Schedule } from "../maintenance/cluster/schedule.js";
import type { World } from "../maintenance/cluster/world.js";
import type { Millis } from "../maintenance/time.js";
import { Caller, type OnCall } from "./caller.js";
import {
  drainAgent,
  GET_VERSION,
  reactivateAgent,
  startMaintenance,
  stopMaintenance,
  updateSchedule,
} from "./calls.js";
import { readDrivers } from "./drivers.js";
import { KeptView } from "./kept-view.js";
import { LeaderFinder } from "./leader.js";
import { listedMasters } from "./masters.js";
import { whole } from "./read/answer-reader.js";
import { readVersion } from "./read/read-replies.js";
import { Snapshots } from "./snapshot.js";
import type { MasterEvent } from "./stream/events.js";
import {
  DEFAULT_PATIENCE,
  openSubscription,
  type StreamPatience,
  type Subscription,
} from "./stream/subscription.js";
import {
  createTransport,
  DEFAULT_TIMEOUTS,
  LARGEST_LOOK_BYTES,
  type Timeouts,
  type TransportOptions,
} from "./transport.js";
import { mastersInZooKeeper } from "./zookeeper/masters-in-zookeeper.js";

export interface MasterOptions {
  /** The cluster's name, for messages. */
  readonly cluster: string;
  /** URLs of all masters: `http://host:port`, `https://host:port`; none where they are found in ZooKeeper. */
  readonly masters: readonly string[];
  /** @defaultValue `null` */
  readonly zooKeeper?: ZooKeeperConfig | null;
  /** Told when ZooKeeper begins to be away, and why, and with `null` when it is back. */
  readonly onZooKeeperAway?: (why: string | null) => void;
  /** HTTP basic, sent to `masters` only. */
  readonly credentials: TransportOptions["credentials"];
  /** PEM of the certificates to trust for https masters; `null` for the system's. */
  readonly ca: string | null;
  /** @defaultValue `DEFAULT_TIMEOUTS` */
  readonly timeouts?: Partial<Timeouts>;
  /** @defaultValue `DEFAULT_PATIENCE` */
  readonly patience?: Partial<StreamPatience>;
  /** Milliseconds since the epoch. @defaultValue `Date.now` */
  readonly now?: () => number;
  /** The clock on our wall, epoch ms, to compare those of masters with. @defaultValue `Date.now` */
  readonly wall?: () => number;
  /** Aborts a call after this many milliseconds. @defaultValue `AbortSignal.timeout` */
  readonly limit?: (ms: number) => AbortSignal;
  /** What all answers to one `snapshot` may take together. @defaultValue `LARGEST_LOOK_BYTES` */
  readonly largestLookBytes?: number;
  /** From 0 up to 1; spreads new attempts. @defaultValue `Math.random` */
  readonly random?: () => number;
  /** Told of every call when it is over, for metrics. */
  readonly onCall?: OnCall;
  /** Told how many tasks and agents a whole reading showed otherwise than the event stream had. */
  readonly onDifference?: (count: number) => void;
}

/**
 * The leading master of one cluster, whichever that is: operator API v1 in protobuf, `/api/v1` only (invariant 2), except
 * for `drivers`.
 * Everything throws MesosError and nothing else when it comes to masters and networks.
 */
export interface Master {
  /** One consistent observation of the cluster, from one leader. */
  snapshot(): Promise<World>;
  /**
   * The same for a look on which nothing is decided: while an event stream is open, agents and tasks are those of the last whole
   * reading with what the stream told since (`World.wholeAtMs`).
   */
  look(): Promise<World>;
  /** Version of Mesos that the leader runs, such as `1.11.0`. */
  version(): Promise<string>;
  /**
   * Which scheduler driver connected frameworks use, by id. Only `/state-summary` says it, so it serves to explain and
   * nothing is decided on it; one that is missing is not known, and none is when it cannot be read.
   */
  drivers(): Promise<ReadonlyMap<string, "old" | "http">>;
  /**
   * The whole schedule as it stands now, everybody's windows, exact, at the leader of this id (`World.leaderId`);
   * `null` if another one leads now, or that one was restarted.
   */
  scheduleOf(leaderId: string): Promise<Schedule | null>;
  /**
   * Replaces the whole schedule (invariant 1: give back what is not ours). Erases all answers of all frameworks
   * (invariant 3). As every write it is not repeated once it may have arrived, see `sent` of the error; and where
   * `maySend` says no when its connection stands, it is not sent at all: the error is `withdrawn`.
   */
  updateSchedule(schedule: Schedule, maySend?: MaySend): Promise<void>;
  /** Takes draining machines down. */
  startMaintenance(machines: readonly Machine[], maySend?: MaySend): Promise<void>;
  /** Brings machines up. */
  stopMaintenance(machines: readonly Machine[], maySend?: MaySend): Promise<void>;
  /** Kills what runs on an agent, after a grace period (ms; `null`: what the tasks say themselves). */
  drainAgent(agentId: string, graceMs: Millis | null, maySend?: MaySend): Promise<void>;
  /** Has a drained agent take tasks again. */
  reactivateAgent(agentId: string, maySend?: MaySend): Promise<void>;
  /** Follows the event stream across leaders until closed. `onEvent` must not throw. */
  subscribe(onEvent: (event: MasterEvent) => void): Subscription;
  /** `host:port` of the leader as last known, without asking. */
  leader(): string | null;
  /** How far the clock of the master that answered last is ahead of ours, in ms; `null` before the first answer. */
  clockAheadMs(): number | null;
  /** Ends the event streams, waits for the calls under way and closes the connections. */
  close(): Promise<void>;
}

const always: MaySend = () => true;

/** A client of one cluster's masters. Nothing is sent before the first call. */
export function createMaster(options: MasterOptions): Master {
  const {
    cluster,
    onCall = () => undefined,
    onDifference = () => undefined,
    now = Date.now,
    wall = Date.now,
    random = Math.random,
  } = options;
  const { largestLookBytes = LARGEST_LOOK_BYTES } = options;
  const { zooKeeper = null, onZooKeeperAway: onAway = () => undefined } = options;
  const masters =
    zooKeeper === null ? listedMasters(options.masters) : mastersInZooKeeper({ cluster, zooKeeper, onAway });
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const patience = { ...DEFAULT_PATIENCE, ...options.patience };
  const { credentials, ca, limit = (ms: number) => AbortSignal.timeout(ms) } = options;
  let aheadMs: number | null = null;
  const onDate = (ms: number) => {
    // In the middle of the second that it names.
    aheadMs = ms + 500 - wall();
  };
  const transport = createTransport({ cluster, credentials, ca, timeouts, limit, onDate });
  const leader = new LeaderFinder({ cluster, masters, transport });
  const caller = new Caller({ cluster, leader, transport, now, onCall });
  const kept = new KeptView();
  const snapshots = new Snapshots({
    ...{ cluster, caller, leader, now, largestLookBytes },
    ...{ kept, onDifference },
  });
  const subscriptions = new Set<Subscription>();
  let closing: Promise<void> | null = null;

  return {
    snapshot: () => snapshots.take(),
    look: () => snapshots.take("look"),
    version: () => caller.read(GET_VERSION, whole(readVersion)),
    drivers: () => readDrivers({ leader, transport, limit }),
    scheduleOf: (leaderId) => snapshots.scheduleOf(leaderId),
    // async, so that a value that cannot be encoded rejects as everything else does.
    updateSchedule: async (schedule, maySend = always) => caller.write(updateSchedule(schedule), maySend),
    startMaintenance: async (machines, maySend = always) => caller.write(startMaintenance(machines), maySend),
    stopMaintenance: async (machines, maySend = always) => caller.write(stopMaintenance(machines), maySend),
    drainAgent: async (id, graceMs, maySend = always) => caller.write(drainAgent(id, graceMs), maySend),
    reactivateAgent: async (id, maySend = always) => caller.write(reactivateAgent(id), maySend),
    subscribe(listener) {
      const onEvent = (event: MasterEvent) => {
        kept.onEvent(event);
        listener(event);
      };
      const subscription = openSubscription({ cluster, leader, transport, patience, now, random, onEvent });
      subscriptions.add(subscription);
      return {
        async close() {
          subscriptions.delete(subscription);
          kept.close();
          await subscription.close();
        },
      };
    },
    clockAheadMs: () => aheadMs,
    leader: () => leader.known?.endpoint.name ?? null,
    close() {
      masters.close();
      closing ??= Promise.all([...subscriptions].map((subscription) => subscription.close())).then(() =>
        transport.close(),
      );
      return closing;
    },
  };
}
