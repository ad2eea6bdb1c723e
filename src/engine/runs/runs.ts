// Who runs the runbooks?

import { z } from "zod";
import { digestOf, type Runbook } from "../../config/runbook.js";
import { endMs } from "../../maintenance/cluster/schedule.js";
import { batchOf, machinesNotDown } from "../../maintenance/record/batch.js";
import { namesOf } from "../../maintenance/record/names.js";
import type { Batch, Maintenance } from "../../maintenance/record/record.js";
import { type Run, type RunOutcome, run as storedRun } from "../../maintenance/record/run.js";
import { isApproved, runOf } from "../../maintenance/record/runs.js";
import { withWatch } from "../../maintenance/record/watched.js";
import { list } from "../../maintenance/text/list.js";
import type { EndReason, RunResult } from "../../runbooks/run-result.js";
import { type RunJob, readJob, runJob } from "../lanes/jobs.js";
import { LockLostError, updateOwned } from "../store/owned.js";
import { delayFor, type StoreJob } from "../store/store.js";
import type { RunPorts } from "./ports.js";
import { runInputOf } from "./run-input.js";

/** Whether somebody wants it ended is looked at this often. */
const LOOK_MS = 2_000;

/** What is not to be started yet is looked at again after this. */
const NOT_YET_MS = 1_000;

/** As many of the newest lines are kept for the thread. */
const TAIL_LINES = 20;

const TAIL_LINE_CHARS = 300;

/**
 * The processor of a cluster's lane of runs. A run is started at most once: that it is about to start stands in its job,
 * under its lock, before anything does. A job that comes again with that in it was another worker's, so its outcome is
 * unknown (invariants 5 and 7). It takes no slot of the control lane, which looks at the job and writes the record.
 */
export function runProcessor(ports: RunPorts) {
  return async (job: StoreJob, token: string, lost: AbortSignal): Promise<string> => {
    const lane: Lane = {
      ...ports,
      store: (data) => updateOwned(job, token, data, job, ports.lockMs),
      later: () => delayFor(job, NOT_YET_MS, token, ports.clock.wall),
      lost,
    };
    const data = readJob(runJob, job);
    const record = await ports.records.find(data.maintenance);
    // Stored before the process died: what is left is to have it looked at.
    if (data.outcome !== null) {
      await seen(record, lane);
      return data.outcome.kind;
    }
    if (data.started !== null) return await conclude(data, record, unknown(data, record, lane), null, lane);
    if (record === null) {
      const words = "Its maintenance is not on the queue any more.";
      return await conclude(data, record, outcomeOf("not_started", words, [], lane), null, lane);
    }
    const found = startable(record, data, ports);
    if ("why" in found)
      return await conclude(data, record, outcomeOf("not_started", found.why, [], lane), null, lane);
    const { run } = found;
    // A job that is missing once this is known is never added again, so it is not started before.
    const isKnown = run.queuedAtMs !== null;
    // Of a record that nobody looks after: it may have been run, or the machines given back, since (invariant 13).
    const { unwatched } = withWatch(record, ports.clock.now(), ports.unwatchedAfterMs);
    const waits =
      ports.clock.isUnsure() || record.held !== null || unwatched !== null || ports.stopping.aborted;
    if (!isKnown || waits) return await lane.later();
    return await start(data, { ...found, record }, job.id ?? "", lane);
  };
}

interface Lane extends RunPorts {
  /** Stores the job's data under its lock. */
  store(data: RunJob): Promise<void>;
  /** Leaves the job for later. */
  later(): Promise<never>;
  /** Aborts when the lock of the job is lost. */
  readonly lost: AbortSignal;
}

/** A run, and what is run for it. */
interface Startable {
  readonly run: Run;
  readonly batch: Batch;
  readonly runbook: Runbook;
}

interface NotStartable {
  readonly why: string;
}

/**
 * What is to be started, or why it never will be: only what was approved, as it was approved, on machines that are all Down
 * by the last look, and under the approval of a Down only inside of its window.
 */
function startable(record: Maintenance, { run: id }: RunJob, ports: RunPorts): Startable | NotStartable {
  const run = runOf(record, id);
  const batch = run === null ? null : batchOf(record, run.batch);
  if (run === null || batch === null) return { why: "Its maintenance knows nothing of it." };
  if (run.outcome !== null) return { why: "Its maintenance has its outcome already." };
  if (run.stop !== null) return { why: "It was stopped before it was started." };
  if (!isApproved(record, run)) return { why: "Nobody who may has approved it." };
  if (batch.phase !== "down") return { why: "The machines are not Down any more." };
  const others = machinesNotDown(batch, record.picture ?? { machines: [] });
  if (others.length > 0)
    return { why: `The last look does not show ${list(others.map(namesOf(record).of))} as Down.` };
  const endsMs = endMs(batch.window) ?? Number.POSITIVE_INFINITY;
  if (run.askedBy === null && ports.clock.now() >= endsMs)
    return { why: "The window of its approval is over." };
  const runbook = ports.runbooks.find(({ name }) => name === run.runbook.name);
  if (runbook === undefined)
    return { why: `The clusters file of the worker ${ports.worker} has no runbook ${run.runbook.name}.` };
  if (digestOf(runbook) !== run.runbook.digest)
    return {
      why: `In the clusters file of the worker ${ports.worker} the runbook is another one than was approved.`,
    };
  return { run, batch, runbook: { ...runbook, timeLimitMs: run.runbook.timeLimitMs } };
}

async function start(
  data: RunJob,
  { record, run, batch, runbook }: Startable & { readonly record: Maintenance },
  jobId: string,
  lane: Lane,
): Promise<string> {
  const { logger, clock, worker } = lane;
  const started = { ...data, started: { atMs: clock.now(), worker } };
  await lane.store(started);
  const user = run.askedBy ?? approverOf(batch, run);
  const about = { ...logged(data, record), runbook: runbook.name, worker };
  logger.info({ ...about, user, digest: run.runbook.digest }, "a run starts");
  await seen(record, lane);

  const ending = new AbortController();
  const end = (why: EndReason) => ending.abort(why);
  const onLost = () => end("lock_lost");
  const onStopping = () => end("shutdown");
  lane.lost.addEventListener("abort", onLost);
  lane.stopping.addEventListener("abort", onStopping);
  // Either may have happened while it was stored.
  if (lane.lost.aborted) onLost();
  if (lane.stopping.aborted) onStopping();
  const stopLooking = lookForStop(data, lane, (by) => {
    logger.info({ ...about, user: by }, "a run is stopped");
    end("stopped");
  });
  let told: Promise<void> = Promise.resolve();
  const onTail = (lines: readonly string[]) => {
    const tail = lines.slice(-TAIL_LINES).map((line) => line.slice(0, TAIL_LINE_CHARS));
    told = told
      .then(() => lane.store({ ...started, tail }))
      .then(() => lane.changed(record))
      .catch((error: unknown) => logger.warn({ ...about, err: error }, "the output could not be shown"));
    latest = tail;
  };
  let latest: string[] = [];
  try {
    const input = runInputOf(record, batch, run.id);
    const ports = { env: process.env, secrets: lane.secrets, onTail, logger };
    const result = await lane.start(runbook, input, ports, ending.signal);
    await told;
    if (result.end.kind === "ended" && result.end.why === "lock_lost") {
      logger.error(about, "a run was ended because its lock was lost; another worker tells it");
      throw new LockLostError(jobId);
    }
    const outcome = resultOf(result, lane);
    return await conclude({ ...started, tail: latest }, record, outcome, result.output, lane);
  } finally {
    stopLooking();
    lane.lost.removeEventListener("abort", onLost);
    lane.stopping.removeEventListener("abort", onStopping);
  }
}

/** Whose click stands for a run that came with the Down. */
function approverOf({ approvals }: Batch, { approval }: Run): string | null {
  const outcome = approvals.find(({ id }) => id === approval)?.outcome;
  return outcome?.kind === "granted" ? outcome.by : null;
}

/** Looks at the record again and again until somebody wants the run ended. Returns how to stop looking. */
function lookForStop(data: RunJob, lane: Lane, end: (by: string) => void): () => void {
  const { records, clock, logger } = lane;
  let isOver = false;
  let takeBack = () => {};
  const look = async () => {
    try {
      // Of a long record no more than this is read: it is looked at every two seconds.
      const stored = await records.queue.getJob(data.maintenance);
      const { runs } = z.object({ runs: z.array(storedRun) }).parse(stored?.data);
      const stop = runOf({ runs }, data.run)?.stop ?? null;
      if (stop !== null && !isOver) return end(stop.by);
    } catch (error) {
      logger.warn(
        { ...logged(data, null), err: error },
        "it could not be seen whether a run is to be stopped",
      );
    }
    if (!isOver) takeBack = clock.after(LOOK_MS, () => void look());
  };
  void look();
  return () => {
    isOver = true;
    takeBack();
  };
}

function resultOf({ end, hosts }: RunResult, lane: Pick<RunPorts, "clock">): RunOutcome {
  return outcomeOf(end.kind, end.kind === "ok" ? "Exit code 0." : end.words, hosts, lane);
}

/** Whoever ran it is gone, and nobody can tell how far it came. */
function unknown({ started, run: id }: RunJob, record: Maintenance | null, lane: Lane): RunOutcome {
  const run = record === null ? null : runOf(record, id);
  const batch = record === null || run === null ? null : batchOf(record, run.batch);
  const worker = started?.worker ?? "that ran it";
  const hosts = (batch?.machines ?? []).map(({ hostname }) => ({ hostname, how: "unknown" }) as const);
  const words = `The worker ${worker} went away while it ran; it may still be running there.`;
  return outcomeOf("unknown", words, hosts, lane);
}

function outcomeOf(
  kind: RunOutcome["kind"],
  words: string,
  hosts: RunResult["hosts"],
  { clock }: Pick<RunPorts, "clock">,
): RunOutcome {
  return { kind, atMs: clock.now(), words, hosts: [...hosts] };
}

/** Stores the outcome; a store that is away for a moment must not make it unknown. */
async function conclude(
  data: RunJob,
  record: Maintenance | null,
  outcome: RunOutcome,
  output: string | null,
  lane: Lane,
): Promise<string> {
  const about = { ...logged(data, record), outcome: outcome.kind };
  for (;;) {
    try {
      await lane.store({ ...data, outcome, output });
      break;
    } catch (error) {
      if (error instanceof LockLostError || lane.lost.aborted) throw error;
      lane.logger.error({ ...about, err: error }, "the outcome of a run could not be stored; trying again");
      await new Promise<void>((resolve) => lane.clock.after(NOT_YET_MS, resolve));
    }
  }
  lane.logger.info({ ...about, words: outcome.words }, "a run ended");
  await seen(record, lane);
  return outcome.kind;
}

/** Has the control lane look at the job, and take what it tells into the record. */
async function seen(record: Maintenance | null, { records, logger }: Lane): Promise<void> {
  if (record === null) return;
  try {
    await records.wake(record.id);
  } catch (error) {
    // It is stored, and the next tick sees it.
    logger.warn({ err: error, maintenance: record.id }, "the maintenance could not be woken");
  }
}

function logged({ maintenance, cluster, run }: RunJob, record: Maintenance | null) {
  const runbook = record === null ? undefined : runOf(record, run)?.runbook.name;
  return { maintenance, cluster, run, ...(runbook === undefined ? {} : { runbook }) };
}
