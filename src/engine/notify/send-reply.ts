import { RateLimitError, UnrecoverableError } from "bullmq";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { renderAttached } from "../../slack/render/attached.js";
import { csvOf } from "../../slack/render/csv.js";
import { fitsMessage, type PictureFile, type TextFile } from "../../slack/render/fixed-text.js";
import { drawTables, FILE_WIDTH, fileText } from "../../slack/render/table.js";
import { isAskedAtHome } from "../../slack/say/messenger.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import { threadJobId } from "../lanes/ids.js";
import {
  type Attachment,
  type ReplyJob,
  readJob,
  replyJob,
  threadJob,
  whileItCounts,
  withoutResponseUrl,
} from "../lanes/jobs.js";
import type { StoreJob } from "../store/store.js";
import { type NotifyPorts, sentOrGivenUp } from "./ports.js";

/**
 * Tells one person what a reply says, and then sends the files that belong to it. How far it came is stored after each
 * message, so that a job that is repeated repeats at most one.
 */
export async function sendReply(job: StoreJob, ports: NotifyPorts): Promise<void> {
  let progress = readJob(replyJob, job);
  const saved = async (changes: Partial<ReplyJob>) => {
    progress = { ...progress, ...changes };
    await job.updateData(progress);
  };
  const { reply, attachments } = progress;
  const to = whileItCounts(progress.to, ports.now() - job.timestamp);
  if (to !== progress.to) await saved({ to });
  await sentOrGivenUp(ports, send).catch(async (error: unknown) => {
    // It is kept for a day, for whoever looks into the queue.
    if (isLastTry(job, error)) await saved({ to: withoutResponseUrl(to) });
    throw error;
  });

  async function send(): Promise<void> {
    const table = attachments.length === 0 ? null : await wholeTable(progress, ports);
    // A table that is shown whole needs no file.
    const due = attachments.filter(({ what }) => what.kind !== "table" || table !== null);
    if (!progress.answered) {
      await ports.messenger.reply(to, reply, await whereFiles(due, ports));
      if (isAskedAtHome(to)) await drawHome(to.user, reply, ports);
      if (due.length > 0) await saved({ answered: true });
    }
    for (const one of due.slice(progress.filed)) {
      try {
        const file = await fileOf(one, progress, table ?? "", ports);
        if (file !== null) {
          const place = (await threadOf(one, ports)) ?? { channel: await direct(), thread: null };
          await ports.messenger.upload(place.channel, place.thread, file);
        }
      } catch (error) {
        if (!(error instanceof SlackFailure) || !error.permanent) throw error;
        await ports.messenger.reply(to, notSent(one, error));
      }
      await saved({ filed: progress.filed + 1 });
    }
  }

  /** The channel of the person's direct messages. Slack tells it of a message alone, which says what comes below it. */
  async function direct(): Promise<string> {
    if (progress.direct !== null) return progress.direct;
    const { channel } = await ports.messenger.post(to.user, null, renderAttached(reply, to.command));
    await saved({ direct: channel });
    return channel;
  }
}

/** Whether BullMQ keeps the job as failed. A rate limit is no try. */
function isLastTry({ attemptsMade, opts }: StoreJob, error: unknown): boolean {
  if (error instanceof RateLimitError) return false;
  return error instanceof UnrecoverableError || attemptsMade + 1 >= (opts.attempts ?? 1);
}

/** The person has the answer already; the Home is drawn again when it is opened. */
async function drawHome(user: string, answer: Reply, { home, logger }: NotifyPorts): Promise<void> {
  try {
    await home(user, answer);
  } catch (error) {
    if (!(error instanceof SlackFailure)) throw error;
    logger.warn({ ...error.fields, user }, "a Home could not be drawn");
  }
}

/** The whole of the reply's table as a text for a file; `null` where the message shows it whole. */
async function wholeTable({ to, reply }: ReplyJob, ports: NotifyPorts): Promise<string | null> {
  const { table } = reply;
  if (table === null) return null;
  return await ports.readers.write(to, (reader) => {
    const { text, isWhole } = drawTables(table, reader);
    return isWhole && fitsMessage(text) ? null : fileText(drawTables(table, reader, FILE_WIDTH));
  });
}

/** `null` for a picture that cannot be drawn: the reply says the same in words. */
async function fileOf(
  { name, what }: Attachment,
  { to }: ReplyJob,
  table: string,
  ports: NotifyPorts,
): Promise<TextFile | PictureFile | null> {
  switch (what.kind) {
    case "table":
      return { name, title: name, text: table };
    case "csv": {
      const { grid } = what;
      return { name, title: name, text: await ports.readers.write(to, (reader) => csvOf(grid, reader)) };
    }
    case "timeline":
      return await ports.drawTimeline(what.timeline, to, name);
  }
}

/** Where what is more than the answer shows comes to: a table that is cut, a picture; `null` without any. */
async function whereFiles(due: readonly Attachment[], ports: NotifyPorts): Promise<string | null> {
  const table = due.find(({ what }) => what.kind !== "timeline");
  const picture = due.find(({ what }) => what.kind === "timeline");
  const [first] = due;
  if (first === undefined) return null;
  const isInThread = (await threadOf(first, ports)) !== null;
  const place = isInThread
    ? `into the thread of ${first.maintenance}`
    : "into your direct messages with the bot";
  if (table === undefined) return `A picture of it comes ${place}.`;
  return `The whole table comes as a file ${place}${picture === undefined ? "" : ", and a picture of it"}.`;
}

/** The thread that a file goes into, if its maintenance has one. */
async function threadOf(
  { maintenance }: Attachment,
  ports: NotifyPorts,
): Promise<{ channel: string; thread: string } | null> {
  const job = maintenance === null ? undefined : await ports.queue.getJob(threadJobId(maintenance));
  if (job === undefined) return null;
  const { channel, rootTs } = readJob(threadJob, job);
  return rootTs === null ? null : { channel, thread: rootTs };
}

/** The person was told that a file comes (invariant 10). */
function notSent({ name }: Attachment, failure: SlackFailure): Reply {
  return replyOf({
    tone: "error",
    text: `The file ${name} could not be sent: ${failure.what}`,
    notDone: "What did not fit into the answer is not shown.",
    next: failure.next,
  });
}
