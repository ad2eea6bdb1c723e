import { UnrecoverableError } from "bullmq";
import type { Maintenance } from "../maintenance/record.js";
import type { Reply } from "../maintenance/reply.js";
import { SlackFailure } from "../slack/errors.js";
import { fitsMessage } from "../slack/fixed-text.js";
import { createHabits } from "./habits.js";
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
import { type NotifyPorts, obeyRateLimit } from "./notify-ports.js";
import { runThread } from "./run-thread.js";
import type { Store, StoreJob, StoreQueue } from "./store/store.js";
import { wake } from "./store/wake.js";

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
