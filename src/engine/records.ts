import { decodeMaintenance, type Maintenance } from "../maintenance/record.js";
import { controlQueueName, MAINTENANCE_JOB } from "./lanes.js";
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
  /** Lets the tick of a maintenance run now instead of at its time; nothing happens if it waits or runs already. */
  wake(id: string): Promise<void>;
  wakeAll(): Promise<void>;
}

export function openRecords(store: Store, cluster: string): Records {
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

  return {
    queue,
    job,
    async find(id) {
      return (await job(id))?.record ?? null;
    },
    async open() {
      const all = await jobs("active", "waiting", "prioritized", "delayed", "failed");
      return all.map((one) => decodeMaintenance(one.data)).filter((record) => record.end === null);
    },
    async wake(id) {
      const found = await queue.getJob(id);
      if (found !== undefined) await wake(found);
    },
    async wakeAll() {
      for (const one of await jobs("failed")) await one.retry("failed");
      for (const one of await jobs("delayed")) await wake(one);
    },
  };
}
