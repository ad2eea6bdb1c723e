import type { Maintenance } from "../../maintenance/record/record.js";
import type { Run } from "../../maintenance/record/run.js";
import { runJobId } from "../lanes/ids.js";
import { type RunJob, readJob, runJob } from "../lanes/jobs.js";
import type { StoreQueue } from "../store/store.js";

/** What runs have printed, as it stands in their jobs. */
export interface RunOutputs {
  /** `null` when the job is gone. */
  of(run: Run): Promise<Pick<RunJob, "tail" | "output"> | null>;
  /** The whole output is in the thread: it need not be kept in the queue as well. */
  drop(run: Run): Promise<void>;
}

export function runOutputs({ id }: Maintenance, runs: StoreQueue): RunOutputs {
  async function find(run: Run) {
    const job = await runs.getJob(runJobId(id, run));
    return job === undefined ? null : { job, data: readJob(runJob, job) };
  }

  return {
    of: async (run) => (await find(run))?.data ?? null,
    async drop(run) {
      const found = await find(run);
      // Its worker writes nothing more once the outcome stands in it.
      if (found === null || found.data.outcome === null || found.data.output === null) return;
      await found.job.updateData({ ...found.data, output: null });
    },
  };
}
