import type { Maintenance } from "../../maintenance/record/record.js";
import type { Run } from "../../maintenance/record/run.js";
import { openRuns, runOf, withRun, withRunSeen } from "../../maintenance/record/runs.js";
import { runJobId } from "../lanes/ids.js";
import { newRunJob, RUN_JOB, readJob, runJob } from "../lanes/jobs.js";
import { RUN_JOB_OPTIONS } from "../lanes/options.js";
import { type StoreQueue, wake } from "../store/store.js";

export interface RunsLook {
  /** The lane of runs of the cluster. */
  readonly runs: StoreQueue;
  /** Stores the record. */
  save(record: Maintenance): Promise<void>;
  now(): number;
}

/**
 * Adds the jobs of runs that stand in the stored record, and returns the record that knows what their jobs tell. A job of an
 * id is added once however often this is done, and it is started only once the stored record knows that it was added. So
 * this can be cut off at any moment and done again; and a job that is missing afterwards, because somebody emptied the queue,
 * may have been started and is not added again (invariants 5 and 7).
 */
export async function lookAtRuns(record: Maintenance, ports: RunsLook): Promise<Maintenance> {
  let next = record;
  for (const run of openRuns(record)) {
    next = run.queuedAtMs === null ? await queued(next, run, ports) : await seen(next, run, ports);
  }
  return next;
}

/** Whether a job tells what the record does not know yet: it may have come while the record was being looked at. */
export async function hasNews(record: Maintenance, { runs }: Pick<RunsLook, "runs">): Promise<boolean> {
  for (const run of openRuns(record)) {
    const job = await runs.getJob(runJobId(record.id, run));
    const told = job === undefined ? null : readJob(runJob, job);
    if (told !== null && (told.outcome !== null || (told.started !== null && run.startedAtMs === null)))
      return true;
  }
  return false;
}

async function queued(record: Maintenance, run: Run, { runs, save, now }: RunsLook): Promise<Maintenance> {
  const options = { ...RUN_JOB_OPTIONS, jobId: runJobId(record.id, run) };
  const job = await runs.add(RUN_JOB, newRunJob(record, run), options);
  const next = withRun(record, { ...(runOf(record, run.id) ?? run), queuedAtMs: now() });
  await save(next);
  // It was left for later until this was stored.
  await wake(job);
  return next;
}

async function seen(record: Maintenance, run: Run, { runs, now }: RunsLook): Promise<Maintenance> {
  const job = await runs.getJob(runJobId(record.id, run));
  if (job !== undefined) return withRunSeen(record, run.id, readJob(runJob, job), now());
  const words =
    "Its job is not on the queue any more: somebody removed it. It may have been started, and may still be running.";
  const outcome = { kind: "unknown", atMs: now(), words, hosts: [] } as const;
  return withRunSeen(record, run.id, { started: null, outcome: { ...outcome, hosts: [] } }, now());
}
