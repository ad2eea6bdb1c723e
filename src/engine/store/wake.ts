import { ErrorCode } from "bullmq";
import type { StoreJob } from "./store.js";

/**
 * Makes a delayed job run as soon as its turn comes, keeping its priority. `false` when it was not delayed: it waits
 * already, runs or has ended, and BullMQ's error for that is no failure.
 */
export async function wake<D, R>(job: StoreJob<D, R>): Promise<boolean> {
  try {
    await job.promote();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === ErrorCode.JobNotInState) return false;
    throw error;
  }
}
