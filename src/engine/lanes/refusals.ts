import { encodeMaintenance, type Maintenance } from "../../maintenance/record/record.js";
import type { Store, StoreJob, StoreQueue } from "../store/store.js";
import { threadJobId } from "./ids.js";
import { MAINTENANCE_JOB, NOTIFY_QUEUE, refusalsQueueName } from "./jobs.js";

/** Newest refusals that are kept. */
export const REFUSALS_KEPT = 200;

/** Older ones go when the next one comes. */
export const REFUSAL_DAYS = 7;

/**
 * The records of maintenances of a cluster that ended before any machine was taken into them: most were refused. Nothing of them
 * ever reached a master, and anybody can make thousands of them, so they lie in a queue of their own, where they push out
 * nothing but each other. Nobody runs its jobs.
 */
export interface Refusals {
  /** The job whose data is the record. */
  job(id: string): Promise<StoreJob | null>;
  /**
   * Keeps the record, and lets go of what is too old or too much, with its finished thread. A thread that is not finished tells
   * by itself that its record is gone. Keeping one again changes nothing (invariant 7).
   */
  keep(record: Maintenance): Promise<void>;
  /** From the newest on. */
  jobs(from: number, to: number): Promise<readonly StoreJob[]>;
  count(): Promise<number>;
}

export function openRefusals(store: Store, cluster: string): Refusals {
  const queue: StoreQueue = store.queue(refusalsQueueName(cluster));
  const threads = store.queue(NOTIFY_QUEUE);

  /** Newest first: in this order alone both stores count from the same end. */
  const jobs = (from: number, to: number) => queue.getJobs(["waiting"], from, to, false);

  async function count(): Promise<number> {
    return (await queue.getJobCounts("waiting")).waiting ?? 0;
  }

  async function letGo(refusal: StoreJob): Promise<void> {
    const thread = await threads.getJob(threadJobId(refusal.id ?? ""));
    if (thread !== undefined && (await thread.isCompleted())) await thread.remove();
    await refusal.remove();
  }

  async function oldest(): Promise<StoreJob | undefined> {
    const last = (await count()) - 1;
    return last < 0 ? undefined : (await jobs(last, last))[0];
  }

  return {
    jobs,
    count,
    async job(id) {
      return (await queue.getJob(id)) ?? null;
    },
    async keep(record) {
      const added = await queue.add(MAINTENANCE_JOB, encodeMaintenance(record), { jobId: record.id });
      for (const one of await jobs(REFUSALS_KEPT, -1)) await letGo(one);
      const keptSinceMs = added.timestamp - REFUSAL_DAYS * 86_400_000;
      for (
        let last = await oldest();
        last !== undefined && last.timestamp < keptSinceMs;
        last = await oldest()
      ) {
        await letGo(last);
      }
    },
  };
}
