import type { Logger } from "../../base/logger.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { Reply } from "../../maintenance/text/reply.js";
import type { Clock } from "../clock.js";
import { type Store, type StoreQueue, wake } from "../store/store.js";
import { threadJobId } from "./ids.js";
import {
  type Attachment,
  NOTIFY_QUEUE,
  REPLY_JOB,
  RETIRE_JOB,
  type RetireJob,
  type StoredReplyTarget,
  THREAD_JOB,
  type ThreadJob,
  UNCLAIMED_JOB,
  type UnclaimedJob,
} from "./jobs.js";
import { REPLY_JOB_OPTIONS, THREAD_JOB_OPTIONS } from "./options.js";

/** The producer's side of the notify lane: what the other lanes and the bot use to have something shown. */
export interface Notifier {
  readonly queue: StoreQueue;
  /** Has a person told something; resolves when that is queued. */
  reply(to: StoredReplyTarget, reply: Reply, attachments?: readonly Attachment[]): Promise<void>;
  /**
   * Places the thread of a new maintenance. Placing it again changes nothing.
   *
   * @param what what the person asked for, in words: they are told once what came of it.
   */
  openThread(record: Maintenance, replyTo: StoredReplyTarget, what: string): Promise<void>;
  /** Has the thread compared with its record now. */
  wake(record: Maintenance): Promise<void>;
  /** Has a channel told of machines that nobody looks after; the same again while it waits changes nothing. */
  tellUnclaimed(job: UnclaimedJob): Promise<void>;
  /** Has a message that is not its maintenance's own lose its buttons. */
  retire(message: RetireJob): Promise<void>;
  close(): void;
}

export function createNotifier(store: Store, logger: Logger, { after }: Pick<Clock, "after">): Notifier {
  const queue = store.queue(NOTIFY_QUEUE);
  const again = new Map<string, () => void>();

  async function openThread(
    { id, cluster, channel }: Maintenance,
    replyTo: StoredReplyTarget,
    what: string | null,
  ): Promise<void> {
    const data: ThreadJob = {
      maintenance: id,
      cluster,
      channel,
      replyTo,
      asked: what === null ? null : { what, queued: false },
      rootTs: null,
      rootHash: null,
      postedSeq: 0,
      approvals: {},
      progress: null,
      news: [],
      runs: {},
      links: {},
      handedOver: false,
      toldFailure: null,
    };
    await queue.add(THREAD_JOB, data, { ...THREAD_JOB_OPTIONS, jobId: threadJobId(id) });
  }

  async function wakeThread(record: Maintenance, tries: number): Promise<void> {
    const { id, channel, requester: user, command } = record;
    const job = await queue.getJob(threadJobId(id));
    if (job === undefined)
      return await openThread(record, { responseUrl: null, channel, user, thread: null, command }, null);
    await wake(job);
    // It is running and may have read the record before the change: once more when it has finished.
    if (tries > 0 && (await job.isActive()) && !again.has(id)) {
      const takeBack = after(250, () => {
        again.delete(id);
        wakeThread(record, tries - 1).catch((error) =>
          logger.warn({ err: error, maintenance: id }, "waking a thread failed; its heartbeat will"),
        );
      });
      again.set(id, takeBack);
    }
  }

  return {
    queue,
    openThread,
    async reply(to, reply, attachments = []) {
      await queue.add(REPLY_JOB, { to, reply, attachments }, REPLY_JOB_OPTIONS);
    },
    async tellUnclaimed(job) {
      const jobId = `unclaimed.${job.cluster}.${job.digest}`;
      // One that failed must not be in the way of the next look's.
      await queue.add(UNCLAIMED_JOB, job, { ...REPLY_JOB_OPTIONS, removeOnFail: true, jobId });
    },
    async retire(message) {
      await queue.add(RETIRE_JOB, message, REPLY_JOB_OPTIONS);
    },
    wake: (record) => wakeThread(record, 20),
    close() {
      for (const takeBack of again.values()) takeBack();
      again.clear();
    },
  };
}
