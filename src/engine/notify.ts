import { DelayedError, RateLimitError, UnrecoverableError } from "bullmq";
import type { Maintenance } from "../maintenance/record.js";
import { type Reply, replyOf } from "../maintenance/reply.js";
import { SlackFailure } from "../slack/errors.js";
import { fitsMessage } from "../slack/fixed-text.js";
import type { Messenger } from "../slack/messenger.js";
import { createHabits, type Habits } from "./habits.js";
import {
  type Attachment,
  NOTIFY_QUEUE,
  REPLY_JOB,
  REPLY_JOB_OPTIONS,
  replyJob,
  type StoredReplyTarget,
  THREAD_JOB,
  THREAD_JOB_OPTIONS,
  type ThreadJob,
  threadJob,
  threadJobId,
} from "./lanes.js";
import type { EngineLogger } from "./logger.js";
import { type Records, UnreadableRecordError } from "./records.js";
import type { Store, StoreJob, StoreQueue } from "./store/store.js";
import { wake } from "./store/wake.js";
import { deliver } from "./thread.js";
import { replyFrom } from "./troubles.js";

/** An open maintenance's thread is compared with its record at least this often, should a wake-up have got lost. */
const HEARTBEAT_MS = 15_000;
const EDIT_LATER_MS = 1_000;
/** After Slack could not be reached. */
const RETRY_MS = 3_000;
/** After a failure that a person has to mend, such as an invitation to the channel. */
const MENDED_MS = 30_000;
/** As `toldFailure`: the requester knows that the record cannot be read. */
const UNREADABLE = "unreadable_record";
/** A thread job that was placed and whose maintenance never was: the bot died in between. */
const ORPHAN_MS = 60_000;

/** The producer's side of the notify lane: what the other lanes and the bot use to have something shown. */
export interface Notifier {
  readonly queue: StoreQueue;
  /** Has a person told something; resolves when that is queued. */
  reply(to: StoredReplyTarget, reply: Reply, attachment?: Attachment | null): Promise<void>;
  /** Places the thread of a new maintenance. Placing it again changes nothing. */
  openThread(
    record: Pick<Maintenance, "id" | "cluster" | "channel">,
    replyTo: StoredReplyTarget,
  ): Promise<void>;
  /** Has the thread compared with its record now. */
  wake(record: Maintenance): Promise<void>;
  close(): void;
}

export function createNotifier(store: Store, logger: EngineLogger): Notifier {
  const queue = store.queue(NOTIFY_QUEUE);
  const again = new Map<string, NodeJS.Timeout>();

  async function openThread(
    record: Pick<Maintenance, "id" | "cluster" | "channel">,
    replyTo: StoredReplyTarget,
  ) {
    const data: ThreadJob = {
      maintenance: record.id,
      cluster: record.cluster,
      channel: record.channel,
      replyTo,
      rootTs: null,
      rootHash: null,
      postedSeq: 0,
      approvals: {},
      handedOver: false,
      toldFailure: null,
    };
    await queue.add(THREAD_JOB, data, { ...THREAD_JOB_OPTIONS, jobId: threadJobId(record.id) });
  }

  async function wakeNow(id: string, tries: number): Promise<void> {
    const job = await queue.getJob(threadJobId(id));
    if (job === undefined) return;
    await wake(job);
    // It is running and may have read the record before the change: once more when it has finished.
    if (tries > 0 && (await job.isActive()) && !again.has(id)) {
      const timer = setTimeout(() => {
        again.delete(id);
        wakeNow(id, tries - 1).catch((error) =>
          logger.warn({ err: error, maintenance: id }, "waking a thread failed; its heartbeat will"),
        );
      }, 250);
      timer.unref();
      again.set(id, timer);
    }
  }

  return {
    queue,
    openThread,
    async reply(to, reply, attachment = null) {
      await queue.add(REPLY_JOB, { to, reply, attachment }, REPLY_JOB_OPTIONS);
    },
    async wake(record) {
      const job = await queue.getJob(threadJobId(record.id));
      if (job === undefined) {
        await openThread(record, {
          responseUrl: null,
          channel: record.channel,
          user: record.requester,
          thread: null,
        });
      } else {
        await wakeNow(record.id, 20);
      }
    },
    close() {
      for (const timer of again.values()) clearTimeout(timer);
      again.clear();
    },
  };
}

export interface NotifyPorts {
  readonly messenger: Messenger;
  readonly queue: StoreQueue;
  readonly records: ReadonlyMap<string, Records>;
  readonly logger: EngineLogger;
  now(): number;
}

/** What a bot keeps in memory between runs; all of it can be lost. */
interface Known {
  readonly edits: Map<string, number>;
  readonly habits: ReadonlyMap<string, Habits>;
}

/** The processor of the notify lane: the only place that waits for Slack. */
export function notifyProcessor(ports: NotifyPorts) {
  const edits = new Map<string, number>();
  const habits = new Map([...ports.records].map(([cluster, records]) => [cluster, createHabits(records)]));
  return async (job: StoreJob, token: string): Promise<unknown> => {
    switch (job.name) {
      case REPLY_JOB:
        return await sendReply(job, ports);
      case THREAD_JOB:
        return await runThread(job, token, { edits, habits }, ports);
      default:
        throw new UnrecoverableError(`No job of the notify lane is called ${job.name}.`);
    }
  };
}

async function sendReply(job: StoreJob, ports: NotifyPorts): Promise<void> {
  const data = replyJob.parse(job.data);
  const { to, reply, attachment } = data;
  try {
    if (!data.answered) {
      await ports.messenger.reply(to, reply);
      if (attachment !== null) await job.updateData({ ...data, answered: true });
    }
    if (attachment !== null && reply.table !== null && !fitsMessage(reply.table)) {
      await attach(attachment, reply.table, ports);
    }
  } catch (error) {
    await obeyRateLimit(error, ports);
    if (error instanceof SlackFailure && error.permanent) throw new UnrecoverableError(error.message);
    throw error;
  }
}

/** The whole table as a file in the maintenance's thread, if it has one. */
async function attach({ maintenance, name }: Attachment, text: string, ports: NotifyPorts): Promise<void> {
  const job = await ports.queue.getJob(threadJobId(maintenance));
  const thread = job === undefined ? null : threadJob.parse(job.data);
  if (thread === null || thread.rootTs === null) return;
  await ports.messenger.upload(thread.channel, thread.rootTs, { name, title: name, text });
}

async function runThread(job: StoreJob, token: string, known: Known, ports: NotifyPorts): Promise<string> {
  const progress = threadJob.parse(job.data);
  const later = async (ms: number): Promise<never> => {
    await job.moveToDelayed(ports.now() + ms, token);
    throw new DelayedError();
  };
  const records = ports.records.get(progress.cluster);
  if (records === undefined) {
    ports.logger.error(
      { maintenance: progress.maintenance, cluster: progress.cluster },
      "this bot's clusters file lacks a cluster; its thread waits",
    );
    return await later(MENDED_MS);
  }
  const record = await records.find(progress.maintenance).catch((error: unknown) => {
    if (error instanceof UnreadableRecordError) return error;
    throw error;
  });
  if (record instanceof UnreadableRecordError) {
    if (progress.toldFailure !== UNREADABLE) {
      const data = {
        to: progress.replyTo,
        reply: replyFrom(record, "Nothing is done for it."),
        attachment: null,
      };
      await ports.queue.add(REPLY_JOB, data, REPLY_JOB_OPTIONS);
      await job.updateData({ ...progress, toldFailure: UNREADABLE });
    }
    return await later(MENDED_MS);
  }
  if (record === null) {
    if (ports.now() - job.timestamp < ORPHAN_MS) return await later(1_000);
    const data = { to: progress.replyTo, reply: neverQueued(progress.maintenance), attachment: null };
    await ports.queue.add(REPLY_JOB, data, REPLY_JOB_OPTIONS);
    return "no such maintenance";
  }
  let latest = progress;
  const save = async (next: ThreadJob) => {
    await job.updateData(next);
    latest = next;
  };
  let delivered: Awaited<ReturnType<typeof deliver>>;
  try {
    delivered = await deliver(record, progress, {
      messenger: ports.messenger,
      reply: async (to, reply) => {
        await ports.queue.add(REPLY_JOB, { to, reply, attachment: null }, REPLY_JOB_OPTIONS);
      },
      save,
      edits: known.edits,
      habits: (await known.habits.get(progress.cluster)?.sentences()) ?? new Map(),
      now: ports.now,
    });
  } catch (error) {
    await obeyRateLimit(error, ports);
    if (!(error instanceof SlackFailure)) throw error;
    ports.logger.warn(
      { err: error.message, code: error.code, maintenance: record.id, cluster: record.cluster },
      "the thread could not be brought up to date",
    );
    if (error.permanent) await tellRequester(error, latest, save, ports);
    return await later(error.permanent ? MENDED_MS : RETRY_MS);
  }
  if (delivered === "finished") return "finished";
  // What was stored while we were delivering is shown at once.
  const fresh = await records.find(progress.maintenance);
  const moved =
    fresh !== null && (fresh.seq !== record.seq || (fresh.end === null) !== (record.end === null));
  return await later(moved ? 0 : delivered === "edit_later" ? EDIT_LATER_MS : HEARTBEAT_MS);
}

function neverQueued(id: string): Reply {
  return replyOf({
    tone: "error",
    text: `${id} is not on the queue: the bot or its queue failed while it was being placed.`,
    notDone: "Nothing was posted to the master.",
    next: "Send the drain again.",
  });
}

/** The thread cannot be reached until a person mends something: the requester hears it once per kind of failure. */
async function tellRequester(
  failure: SlackFailure,
  progress: ThreadJob,
  save: (next: ThreadJob) => Promise<void>,
  ports: NotifyPorts,
): Promise<void> {
  if (progress.toldFailure === failure.code) return;
  const reply = replyOf({
    tone: "error",
    text: `${progress.maintenance} goes on, but its messages cannot be shown in <#${progress.channel}>: ${failure.what}`,
    notDone: "The messages wait; none is lost.",
    next: failure.next,
  });
  try {
    await ports.messenger.reply(progress.replyTo, reply);
    await save({ ...progress, toldFailure: failure.code });
  } catch (error) {
    ports.logger.error(
      { err: (error as Error).message, maintenance: progress.maintenance },
      "the requester could not be told either",
    );
  }
}

/** Slack said when it takes calls again: the whole lane waits that long, and the job stays where it is in line. */
async function obeyRateLimit(error: unknown, ports: NotifyPorts): Promise<void> {
  if (!(error instanceof SlackFailure) || error.retryAfterMs === null) return;
  await ports.queue.rateLimit(error.retryAfterMs);
  throw new RateLimitError();
}
