import type { Logger } from "../../base/logger.js";
import type { UnclaimedShown } from "../../maintenance/adopting/unclaimed.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { Reply } from "../../maintenance/text/reply.js";
import type { Cluster } from "../cluster/cluster.js";
import type { StoredReplyTarget } from "../lanes/jobs.js";
import type { Records } from "../lanes/records.js";
import type { Jump } from "../steady-clock.js";
import type { StoreQueue } from "../store/store.js";

/** What the control lane tells others; they never hold it up. */
export interface ControlPorts {
  readonly cluster: Cluster;
  readonly records: Records;
  /** How long records of maintenances that have ended are kept, in ms. */
  readonly historyMs: number;
  /** The lane of runs. */
  readonly runs: StoreQueue;
  /** Whether any maintenance has this id, of whichever cluster: each has a thread. */
  isTaken(id: string): Promise<boolean>;
  /** The record changed: bring Slack up to date. Never rejects. */
  changed(record: Maintenance): Promise<void>;
  /** Has the cluster's channel told of machines that nobody looks after; `digest` is stored once it was. */
  tellUnclaimed(groups: readonly UnclaimedShown[], digest: string): Promise<void>;
  reply(to: StoredReplyTarget, reply: Reply): Promise<void>;
  /** A tick has finished; for metrics and for which agents' events matter. */
  ticked(record: Maintenance, outcome: "ok" | "trouble" | "ended", ms: number): void;
  /** The windows of a drain were read back for the first time, so long after it was asked for; for metrics. */
  placed(ms: number): void;
  readonly logger: Logger;
  /** Takes the lane's turn; whether another worker ran the lane's job before this one, or it is not known who did. */
  takeTurn(): Promise<"ours" | "others">;
  /** How this worker is named to people. */
  readonly worker: string;
  /** @see SteadyClock.now */
  now(): number;
  /** @see SteadyClock.isUnsure */
  isUnsureOfTime(): boolean;
  /** @see SteadyClock.lastJump */
  lastJump(): Jump | null;
  /** @see Clock.wall */
  wall(): number;
  /** @see Clock.after */
  after(ms: number, run: () => void): () => void;
  /** @see Clock.elapsed */
  elapsed(): number;
}
