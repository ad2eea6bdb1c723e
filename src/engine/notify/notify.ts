// How does Slack come to show what a record says?

import { renderUnclaimed } from "../../slack/render/unclaimed.js";
import { createHabits } from "../lanes/habits.js";
import {
  REPLY_JOB,
  RETIRE_JOB,
  readJob,
  retireJob,
  THREAD_JOB,
  UNCLAIMED_JOB,
  UNCLAIMED_LOOK_JOB,
  type UnclaimedJob,
  UnreadableJobError,
  unclaimedJob,
} from "../lanes/jobs.js";
import type { StoreJob } from "../store/store.js";
import { type NotifyPorts, sentOrGivenUp } from "./ports.js";
import { retire } from "./retire.js";
import { runThread } from "./run-thread.js";
import { sendReply } from "./send-reply.js";

/** The processor of the notify lane: the only place that waits for Slack. */
export function notifyProcessor(ports: NotifyPorts) {
  const edits = new Map<string, number>();
  const habits = new Map([...ports.records].map(([cluster, records]) => [cluster, createHabits(records)]));
  return async (job: StoreJob, token: string): Promise<unknown> => {
    switch (job.name) {
      case REPLY_JOB:
        return await sendReply(job, ports);
      case RETIRE_JOB:
        return await retire(readJob(retireJob, job), ports);
      case UNCLAIMED_JOB:
        return await tellUnclaimed(readJob(unclaimedJob, job), ports);
      case THREAD_JOB:
        return await runThread(job, token, { edits, habits }, ports);
      default:
        throw new UnreadableJobError(new Error(`No job of the notify lane is called ${job.name}.`));
    }
  };
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
