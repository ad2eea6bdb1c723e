// How does Slack come to show what a record says?

import { UnrecoverableError } from "bullmq";
import { fitsMessage } from "../../slack/render/fixed-text.js";
import { drawTables, FILE_WIDTH, fileText } from "../../slack/render/table.js";
import { renderUnclaimed } from "../../slack/render/unclaimed.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import { createHabits } from "../lanes/habits.js";
import { threadJobId } from "../lanes/ids.js";
import {
  type Attachment,
  REPLY_JOB,
  RETIRE_JOB,
  replyJob,
  retireJob,
  THREAD_JOB,
  threadJob,
  UNCLAIMED_JOB,
  UNCLAIMED_LOOK_JOB,
  type UnclaimedJob,
  unclaimedJob,
} from "../lanes/jobs.js";
import type { StoreJob } from "../store/store.js";
import { type NotifyPorts, obeyRateLimit } from "./ports.js";
import { retire } from "./retire.js";
import { runThread } from "./run-thread.js";

/** The processor of the notify lane: the only place that waits for Slack. */
export function notifyProcessor(ports: NotifyPorts) {
  const edits = new Map<string, number>();
  const habits = new Map([...ports.records].map(([cluster, records]) => [cluster, createHabits(records)]));
  return async (job: StoreJob, token: string): Promise<unknown> => {
    switch (job.name) {
      case REPLY_JOB:
        return await sendReply(job, ports);
      case RETIRE_JOB:
        return await retire(retireJob.parse(job.data), ports);
      case UNCLAIMED_JOB:
        return await tellUnclaimed(unclaimedJob.parse(job.data), ports);
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
  await sentOrGivenUp(ports, async () => {
    if (!data.answered) {
      await ports.messenger.reply(to, reply);
      if (attachment !== null) await job.updateData({ ...data, answered: true });
    }
    const { table } = reply;
    if (attachment === null || table === null) return;
    const { shown, whole } = await ports.readers.write(to, (reader) => ({
      shown: drawTables(table, reader),
      whole: drawTables(table, reader, FILE_WIDTH),
    }));
    if (!shown.isWhole || !fitsMessage(shown.text)) await attach(attachment, fileText(whole), ports);
  });
}

async function tellUnclaimed(
  { cluster, channel, digest, groups }: UnclaimedJob,
  ports: NotifyPorts,
): Promise<void> {
  await sentOrGivenUp(ports, () =>
    ports.messenger.post(channel, null, renderUnclaimed(cluster, groups, ports.now())),
  );
  const look = await ports.records.get(cluster)?.queue.getJob(UNCLAIMED_LOOK_JOB);
  await look?.updateData({ told: digest });
}

/** What Slack refuses for good is not tried again. */
async function sentOrGivenUp(ports: NotifyPorts, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
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
