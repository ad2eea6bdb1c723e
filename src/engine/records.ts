import { decodeMaintenance, type Maintenance } from "../maintenance/record.js";
import { controlQueueName, MAINTENANCE_JOB } from "./lanes.js";
import type { EngineLogger } from "./logger.js";
import type { Store, StoreJob, StoreQueue } from "./store/store.js";
import { wake } from "./store/wake.js";

/** The control queue of one cluster as the place where its records live: reading them, and waking their jobs. */
export interface Records {
  readonly queue: StoreQueue;
  /** The record of a maintenance, open or finished; `null` if there is none. */
  find(id: string): Promise<Maintenance | null>;
  /** The record with its job, for the one who writes. */
  job(id: string): Promise<{ job: StoreJob; record: Maintenance } | null>;
  /** All that have not ended. */
  open(): Promise<readonly Maintenance[]>;
  /** The newest that have ended, newest first: the history. */
  finished(most: number): Promise<readonly Maintenance[]>;
  /** Lets the tick of a maintenance run now instead of at its time; nothing happens if it waits or runs already. */
  wake(id: string): Promise<void>;
  wakeAll(): Promise<void>;
}

/**
 * @param logger told of a job whose data is not understood, such as one of a newer version: it is passed over, so that it
 * does not keep the others from going on.
 */
export function openRecords(store: Store, cluster: string, logger: EngineLogger): Records {
  const queue = store.queue(controlQueueName(cluster));

  async function jobs(...states: ("active" | "waiting" | "prioritized" | "delayed" | "failed")[]) {
    const found = await queue.getJobs(states);
    // A job that goes while the list is read stands in it as a gap.
    return found.filter((job) => job?.name === MAINTENANCE_JOB);
  }

  async function job(id: string) {
    const found = await queue.getJob(id);
    if (found === undefined || found.name !== MAINTENANCE_JOB) return null;
    return { job: found, record: decodeMaintenance(found.data) };
  }

  function understood(one: StoreJob): Maintenance[] {
    try {
      return [decodeMaintenance(one.data)];
    } catch (error) {
      logger.error({ err: error, job: one.id, cluster }, "a record is not understood and passed over");
      return [];
    }
  }

  return {
    queue,
    job,
    async find(id) {
      return (await job(id))?.record ?? null;
    },
    async open() {
      const all = await jobs("active", "waiting", "prioritized", "delayed", "failed");
      return all.flatMap((one) => understood(one)).filter((record) => record.end === null);
    },
    async finished(most) {
      const found = await queue.getJobs(["completed"], 0, most - 1, false);
      // Decisions are removed when they are done, so what is left are maintenances.
      const records = found.filter((job) => job !== undefined).flatMap((one) => understood(one));
      return records.sort((a, b) => (b.end?.atMs ?? 0) - (a.end?.atMs ?? 0)).slice(0, most);
    },
    async wake(id) {
      const found = await queue.getJob(id);
      if (found !== undefined) await wake(found);
    },
    async wakeAll() {
      for (const one of await jobs("failed")) {
        try {
          await one.retry("failed");
        } catch (error) {
          // Another worker that starts at the same time has done it.
          logger.warn({ err: error, job: one.id, cluster }, "a failed job was not taken up again here");
        }
      }
      for (const one of await jobs("delayed")) await wake(one);
    },
  };
}
