import { DelayedError, UnrecoverableError } from "bullmq";
import { decide, needsWorld } from "../maintenance/decide.js";
import { phaseOf, withTrouble } from "../maintenance/log.js";
import { decodeMaintenance, encodeMaintenance, type Maintenance } from "../maintenance/record.js";
import type { Reply } from "../maintenance/reply.js";
import type { World } from "../maintenance/world.js";
import type { Cluster } from "./cluster.js";
import { decideForHosts } from "./decide-for-hosts.js";
import {
  DECISION_JOB,
  type DecisionRequest,
  decisionJob,
  HOSTS_JOB,
  hostsJob,
  MAINTENANCE_JOB,
  type StoredReplyTarget,
} from "./lanes.js";
import type { EngineLogger } from "./logger.js";
import { noSuchMaintenance } from "./no-such-maintenance.js";
import { PROOFS, type Records } from "./records.js";
import { LockLostError, proveOwned, updateOwned } from "./store/owned.js";
import type { StoreJob } from "./store/store.js";
import { tick } from "./tick.js";
import { replyFrom, troubleFrom } from "./troubles.js";

/** What the control lane tells others; they never hold it up. */
export interface ControlPorts {
  readonly cluster: Cluster;
  readonly records: Records;
  /** The record changed: bring Slack up to date. Never rejects. */
  changed(record: Maintenance): Promise<void>;
  reply(to: StoredReplyTarget, reply: Reply): Promise<void>;
  /** A tick has finished; for metrics and for which agents' events matter. */
  ticked(record: Maintenance, outcome: "ok" | "trouble" | "ended", ms: number): void;
  /** How many events that matter the master has sent so far: more of them since a tick began mean that it may be stale. */
  events(): number;
  readonly logger: EngineLogger;
  now(): number;
}

/** A tick that failed for a reason of our own is tried again after this. */
const RETRY_MS = 10_000;
/** A record that only a newer version can read: looked at again after this, for that version may run by then. */
const UNREADABLE_RETRY_MS = 60_000;

/**
 * The processor of a cluster's control lane, of which one job runs at a time in the whole installation: so each record
 * and the schedule have one writer (invariant 8). Jobs take seconds; waiting is done in the queue.
 */
export function controlProcessor(ports: ControlPorts) {
  return async (job: StoreJob, token: string, signal: AbortSignal): Promise<unknown> => {
    const store = (record: Maintenance, of: StoreJob) =>
      updateOwned(job, token, encodeMaintenance(record), of);
    switch (job.name) {
      case MAINTENANCE_JOB:
        return await runMaintenance(job, token, signal, ports);
      case DECISION_JOB:
        return await runDecision(decisionJob.parse(job.data), store, ports);
      case HOSTS_JOB:
        return await decideForHosts(hostsJob.parse(job.data), ports, (decision) =>
          runDecision(decision, store, ports),
        );
      default:
        throw new UnrecoverableError(`No job of the control lane is called ${job.name}.`);
    }
  };
}

async function runMaintenance(
  job: StoreJob,
  token: string,
  signal: AbortSignal,
  ports: ControlPorts,
): Promise<string> {
  const startedMs = performance.now();
  const eventsBefore = ports.events();
  const first = ports.records.read(job);
  if (first === null) {
    await job.moveToDelayed(ports.now() + UNREADABLE_RETRY_MS, token);
    throw new DelayedError();
  }
  if (first.end !== null) return first.end.phase;
  let stored = fingerprint(first);
  let told = Promise.resolve();
  const save = async (record: Maintenance) => {
    const print = fingerprint(record);
    if (print === stored) return;
    await updateOwned(job, token, encodeMaintenance(record));
    stored = print;
    // The thread is woken beside the tick, which waits for it only at its end.
    told = told.then(() => ports.changed(record));
  };
  let record = first;
  let wakeAtMs: number | null;
  try {
    const outcome = await tick(first, {
      cluster: ports.cluster,
      save,
      fence: () => proveOwned(job, token),
      others: async () => (await ports.records.open()).filter((other) => other.id !== first.id),
      finished: () => ports.records.finished(PROOFS),
      now: ports.now,
    });
    ({ record, wakeAtMs } = outcome);
  } catch (error) {
    if (signal.aborted || error instanceof LockLostError) throw error;
    ports.logger.error({ err: error, maintenance: first.id, cluster: first.cluster }, "a tick failed");
    record = withTrouble(
      decodeMaintenance(job.data),
      troubleFrom(error, "This step was not finished."),
      ports.now(),
    );
    await save(record);
    wakeAtMs = ports.now() + RETRY_MS;
  }
  ports.ticked(
    record,
    record.end !== null ? "ended" : record.trouble !== null ? "trouble" : "ok",
    performance.now() - startedMs,
  );
  await told;
  if (record.end !== null) return record.end.phase;
  const peace = ports.now() + ports.cluster.pauseMs();
  const due = ports.events() > eventsBefore ? peace : Math.max(wakeAtMs ?? ports.now() + RETRY_MS, peace);
  await job.moveToDelayed(due, token);
  throw new DelayedError();
}

/** A click or a command on one maintenance; the outcome goes to the person and, through the record, to the thread. */
async function runDecision(
  request: DecisionRequest,
  store: (record: Maintenance, of: StoreJob) => Promise<void>,
  ports: ControlPorts,
): Promise<string> {
  const found = await ports.records.job(request.maintenance);
  if (found === null) {
    await ports.reply(request.replyTo, noSuchMaintenance(request.maintenance));
    return "unknown";
  }
  const { job, record } = found;
  let world: World | null = null;
  if (needsWorld(request.decision.kind) && record.end === null) {
    try {
      // Read after the click, never shared from before it (invariant 5).
      world = await ports.cluster.world("fresh");
    } catch (error) {
      await ports.reply(
        request.replyTo,
        replyFrom(
          error,
          "Nothing was decided, because the cluster could not be looked at.",
          "Click again when the master answers.",
        ),
      );
      return "unreadable";
    }
  }
  const { person } = request;
  const nowMs = ports.now();
  const context = {
    person,
    nowMs,
    askedAtMs: request.askedAtMs,
    policy: ports.cluster.policy,
    world,
  };
  const decided = decide(record, request.decision, context);
  const { logger } = ports;
  logger.info(
    {
      maintenance: record.id,
      cluster: record.cluster,
      user: person.user,
      decision: request.decision.kind,
      phase: phaseOf(decided.record),
      changed: decided.record !== record,
    },
    "decision",
  );
  if (decided.record !== record) {
    await store(decided.record, job);
    await ports.changed(decided.record);
  }
  try {
    if (decided.record !== record) await ports.records.wake(record.id);
    await ports.reply(request.replyTo, decided.reply);
  } catch (error) {
    // It is decided and stored: running this job again would decide a second time.
    logger.error({ err: error, maintenance: record.id }, "decided, but the answer could not be queued");
  }
  return decided.reply.tone;
}

/** The time of the last look is stored this often while nothing else changes, so that the card can say how old it is. */
const LOOKED_EVERY_MS = 120_000;

/** What is worth storing: everything, but the time of the last look only now and then. */
function fingerprint(record: Maintenance): string {
  const stored = encodeMaintenance(record);
  const looked = Math.floor((record.picture?.atMs ?? 0) / LOOKED_EVERY_MS);
  return JSON.stringify({
    ...stored,
    picture: stored.picture === null ? null : { ...stored.picture, atMs: looked },
  });
}
