// Who moves a maintenance on and writes at the master?

import type { World } from "../../maintenance/cluster/world.js";
import { neverBegan } from "../../maintenance/record/batch.js";
import { withoutFutureTimes } from "../../maintenance/record/future-times.js";
import { noteOnce } from "../../maintenance/record/log.js";
import {
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
  type StoredMaintenance,
} from "../../maintenance/record/record.js";
import { withTrouble } from "../../maintenance/record/troubles.js";
import { storedBeside } from "../../maintenance/record/unreadable.js";
import { withWatch } from "../../maintenance/record/watched.js";
import {
  DECISION_JOB,
  decisionJob,
  HOSTS_JOB,
  hostsJob,
  MAINTENANCE_JOB,
  readJob,
  UNCLAIMED_LOOK_JOB,
  UnreadableJobError,
} from "../lanes/jobs.js";
import { ROUTINE_PRIORITY } from "../lanes/options.js";
import { PROOFS } from "../lanes/records.js";
import { troubleFrom } from "../lanes/troubles.js";
import { jumpWords } from "../steady-clock.js";
import { LockLostError, type Proof, proveOwned, updateAndProve, updateOwned } from "../store/owned.js";
import { delayFor, keepWhenDone, type StoreJob } from "../store/store.js";
import { runDecision } from "./decision.js";
import { decideForHosts } from "./hosts-decision.js";
import { hasNews, lookAtRuns } from "./look-at-runs.js";
import { openLeftBehind } from "./open-left-behind.js";
import type { ControlPorts } from "./ports.js";
import { runUnclaimedLook } from "./tell-unclaimed.js";
import { tick } from "./tick.js";
import { isFirstPost, type Waiting } from "./waiting-beside.js";

/** A tick that failed for a reason of our own is tried again after this. */
const RETRY_MS = 10_000;

/** Until the time of day is known again, what is due is left for this long. */
const UNSURE_MS = 2_000;

/** A record that cannot be read is looked at again after this: by then it may be mended, or a newer version run. */
const UNREADABLE_RETRY_MS = 60_000;

/** Stores a record in its job, under the lock of the job that runs. */
type StoreRecord = (record: Maintenance, of: StoreJob) => Promise<void>;

/**
 * The processor of a cluster's control lane, of which one job runs at a time in the whole installation: so each record
 * and the schedule have one writer (invariant 8). Jobs take seconds; waiting is done in the queue.
 */
export function controlProcessor(ports: ControlPorts) {
  return async (job: StoreJob, token: string, signal: AbortSignal): Promise<unknown> => {
    // A clock that has just jumped may be wrong: nothing is decided by it (invariant 13).
    if (ports.isUnsureOfTime() && !needsNoTime(job)) return await delayFor(job, UNSURE_MS, token, ports.wall);
    // What was read here before another worker's job may be from before what that one did at the master (invariants 2 and 13).
    if ((await ports.takeTurn()) === "others") ports.cluster.forget();
    const store: StoreRecord = (record, of) => updateOwned(job, token, encodeMaintenance(record), of);
    switch (job.name) {
      case MAINTENANCE_JOB:
        return await runMaintenance(job, token, signal, store, ports);
      case DECISION_JOB:
        return await runDecision(readJob(decisionJob, job), store, ports);
      case HOSTS_JOB:
        return await decideForHosts(
          readJob(hostsJob, job),
          ports,
          (decision) => runDecision(decision, store, ports),
          () => proveOwned(job, token, signal, ports.elapsed),
        );
      case UNCLAIMED_LOOK_JOB:
        return await runUnclaimedLook(job, token, ports);
      default:
        throw new UnreadableJobError(new Error(`No job of the control lane is called ${job.name}.`));
    }
  };
}

async function runMaintenance(
  job: StoreJob,
  token: string,
  signal: AbortSignal,
  store: StoreRecord,
  ports: ControlPorts,
): Promise<string> {
  const startedMs = performance.now();
  const first = ports.records.read(job);
  if (first === null) {
    return await delayFor(job, UNREADABLE_RETRY_MS, token, ports.wall);
  }
  if (first.end !== null) return await leave(first, first.end, job, ports);
  if (first.batches.length === 0 && (await ports.records.isRefused(first.id))) {
    // Slack delivered the command again after its drain was refused: it is told already.
    keepWhenDone(job, "nothing");
    return "refused before";
  }
  let printed = fingerprint(encodeMaintenance(first));
  let told = Promise.resolve();
  const saveNews = async (record: Maintenance): Promise<Proof | null> => {
    const stored = encodeMaintenance(record);
    const print = fingerprint(stored);
    if (print === printed) return null;
    const proof = await updateAndProve(job, token, stored, signal, ports.elapsed);
    printed = print;
    // The thread is woken beside the tick, which waits for it only at its end.
    told = told.then(() => ports.changed(record));
    return proof;
  };
  const save = async (record: Maintenance) => void (await saveNews(record));
  let record = first;
  let wakeAtMs: number | null;
  let world: World | null = null;
  try {
    const { settleMs } = ports.cluster.policy;
    const watched = withWatch(
      withoutFutureTimes(first, ports.now(), settleMs),
      ports.now(),
      ports.cluster.policy.unwatchedAfterMs,
    );
    record = await openLeftBehind(withJumpTold(watched, first, ports), ports);
    record = await lookAtRuns(record, { runs: ports.runs, save, now: ports.now });
    ({ record, wakeAtMs, world } = await tick(record, {
      cluster: ports.cluster,
      save,
      fence: async (next) => (await saveNews(next)) ?? (await proveOwned(job, token, signal, ports.elapsed)),
      others: async () => storedBeside(await ports.records.open(), first.id),
      waiting: (others) => waitingAmong(others, store, ports),
      finished: async () => (await ports.records.finished(PROOFS)).records,
      now: ports.now,
    }));
  } catch (error) {
    if (signal.aborted || error instanceof LockLostError) throw error;
    ports.logger.error({ err: error, maintenance: first.id, cluster: first.cluster }, "a tick failed");
    const trouble = troubleFrom(error, "This step was not finished.");
    record = withTrouble(decodeMaintenance(job.data), trouble, ports.now());
    await save(record);
    wakeAtMs = ports.now() + RETRY_MS;
  }
  const outcome = record.end !== null ? "ended" : record.trouble !== null ? "trouble" : "ok";
  ports.ticked(record, outcome, performance.now() - startedMs);
  const placedAtMs = placedAt(record);
  // A clock that was set back meanwhile does not tell how long it was.
  if (placedAtMs !== null && placedAt(first) === null && placedAtMs >= record.requestedAtMs)
    ports.placed(placedAtMs - record.requestedAtMs);
  await told;
  if (record.end !== null) return await leave(record, record.end, job, ports);
  const { cluster } = ports;
  const earliestMs = ports.now() + cluster.pauseMs();
  const isOutdated = (world !== null && !cluster.isCurrent(world)) || (await hasNews(record, ports));
  const wanted = together(wakeAtMs ?? ports.now() + RETRY_MS, earliestMs, cluster.policy.pollMs);
  const due = isOutdated ? earliestMs : Math.max(wanted, earliestMs);
  if (job.priority !== ROUTINE_PRIORITY && !isFirstPost(record))
    await job.changePriority({ priority: ROUTINE_PRIORITY });
  return await delayFor(job, due - ports.now(), token, ports.wall);
}

/** When a window of it was first read back; `null` where none was, or it is that long ago that its log does not say. */
function placedAt({ events }: Maintenance): number | null {
  return events.find(({ kind }) => kind === "scheduled")?.atMs ?? null;
}

/** The job of a maintenance that has ended becomes its record in the history; of one that never began a copy is kept apart. */
async function leave(
  record: Maintenance,
  { phase }: NonNullable<Maintenance["end"]>,
  job: StoreJob,
  { records, historyMs }: ControlPorts,
): Promise<string> {
  if (neverBegan(record)) {
    await records.keepRefused(record);
    keepWhenDone(job, "nothing");
  } else {
    keepWhenDone(job, { forMs: historyMs });
  }
  return phase;
}

/** What only keeps machines from going, or gives them back, is done whatever time it is. */
function needsNoTime({ name, data }: StoreJob): boolean {
  const isDecision = name === DECISION_JOB || name === HOSTS_JOB;
  if (!isDecision) return false;
  const { kind } = (name === HOSTS_JOB ? hostsJob : decisionJob).parse(data).decision;
  return ["hold", "deny", "cancel"].includes(kind);
}

/** So long after a clock has jumped it is told in the threads of what was open then. */
const JUMP_TOLD_MS = 600_000;

/** The record with what is told of a clock that was set since it was last looked at, once. */
function withJumpTold(
  record: Maintenance,
  { watchedAtMs, requestedAtMs }: Maintenance,
  { now, lastJump, worker }: ControlPorts,
): Maintenance {
  const jump = lastJump();
  if (jump === null || watchedAtMs === undefined || now() - jump.toMs > JUMP_TOLD_MS) return record;
  const isOpenedSince = requestedAtMs >= jump.toMs && requestedAtMs <= now();
  if (watchedAtMs > jump.fromMs || isOpenedSince) return record;
  return noteOnce(record, jumpWords(`the worker ${worker}`, jump), now());
}

/** Those that wait for their first post; they can be stored as long as the lock of this job is held. */
async function waitingAmong(
  others: readonly Maintenance[],
  store: StoreRecord,
  { records, cluster, now }: ControlPorts,
): Promise<readonly Waiting[]> {
  // What nobody has looked after for long is looked at by itself first.
  const { unwatchedAfterMs } = cluster.policy;
  const isWatched = (record: Maintenance) => withWatch(record, now(), unwatchedAfterMs).unwatched === null;
  const waiting = others.filter((record) => isFirstPost(record) && isWatched(record));
  const found = await Promise.all(waiting.map((record) => records.job(record.id)));
  return found.flatMap((one) =>
    one === null ? [] : [{ record: one.record, save: (record: Maintenance) => store(record, one.job) }],
  );
}

/**
 * The last full poll interval before a time, by the clock, if it is still to come: so the polls of all maintenances of a
 * cluster fall on the same moments, and one look serves them all.
 */
function together(wakeAtMs: number, earliestMs: number, pollMs: number): number {
  const commonMs = wakeAtMs - (wakeAtMs % pollMs);
  return commonMs > earliestMs ? commonMs : wakeAtMs;
}

/** The time of the last look is stored this often while nothing else changes, so that the card can say how old it is. */
const LOOKED_EVERY_MS = 120_000;

/** That somebody looks after it is stored this often at least: well within the least that `unwatched_after` takes. */
const WATCHED_EVERY_MS = 60_000;

/** What is worth storing: everything, but the times of the last look only now and then. */
function fingerprint(stored: StoredMaintenance): string {
  const looked = Math.floor((stored.picture?.atMs ?? 0) / LOOKED_EVERY_MS);
  const watched = Math.floor((stored.watchedAtMs ?? 0) / WATCHED_EVERY_MS);
  return JSON.stringify({
    ...stored,
    watchedAtMs: watched,
    picture: stored.picture === null ? null : { ...stored.picture, atMs: looked },
  });
}
