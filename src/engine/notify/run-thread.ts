import type { Maintenance } from "../../maintenance/record/record.js";
import { rollTimeline } from "../../maintenance/show/roll-timeline.js";
import { anybody } from "../../maintenance/text/reader.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { renderReply } from "../../slack/render/reply.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import type { Habits } from "../lanes/habits.js";
import {
  REPLY_JOB,
  readJob,
  type StoredReplyTarget,
  type ThreadJob,
  threadJob,
  whileItCounts,
  withoutResponseUrl,
} from "../lanes/jobs.js";
import { howFarBack } from "../lanes/not-found.js";
import { REPLY_JOB_OPTIONS } from "../lanes/options.js";
import { UnreadableRecordError } from "../lanes/records.js";
import { replyFrom } from "../lanes/troubles.js";
import { delayFor, keepWhenDone, type StoreJob } from "../store/store.js";
import { deliver } from "./deliver.js";
import { linksOf, wakeLinked } from "./links.js";
import { type NotifyPorts, obeyRateLimit } from "./ports.js";
import { runOutputs } from "./run-outputs.js";
import { forgetEdits } from "./thread.js";

/** An open maintenance's thread is compared with its record at least this often, should a wake-up have got lost. */
const HEARTBEAT_MS = 15_000;

const EDIT_LATER_MS = 1_000;

/** After Slack could not be reached. */
const RETRY_MS = 3_000;

/** After a failure that a person has to mend, such as an invitation to the channel. */
const MENDED_MS = 30_000;

/** `toldFailure` once the requester knows that the record cannot be read. */
const UNREADABLE = "unreadable_record";

/**
 * `toldFailure` once the requester knows that the cluster is not configured. It stays when another bot delivers: two bots
 * with different clusters files would otherwise tell it in turn.
 */
const LOST_CLUSTER = "lost_cluster";

/** A thread job that was placed and whose maintenance never was: the bot died in between. */
const ORPHAN_MS = 60_000;

/** How long the thread of a maintenance that has ended waits for its channel. */
const CHANNEL_GONE_MS = 86_400_000;

const CHANNEL_GONE: readonly string[] = ["channel_not_found", "is_archived"];

/** What a bot keeps in memory between runs; all of it can be lost. */
export interface Known {
  readonly edits: Map<string, number>;
  readonly habits: ReadonlyMap<string, Habits>;
}

/** One look at a maintenance's thread: shows what its record has and Slack has not, then waits for the next. */
export async function runThread(
  job: StoreJob,
  token: string,
  known: Known,
  ports: NotifyPorts,
): Promise<string> {
  let latest = readJob(threadJob, job);
  const save = async (next: ThreadJob) => {
    await job.updateData(next);
    latest = next;
  };
  // A thread lives for weeks, and its job is kept for longer.
  const kept = whileItCounts(latest.replyTo, ports.now() - job.timestamp);
  if (kept !== latest.replyTo) await save({ ...latest, replyTo: kept });
  const later = (ms: number) => delayFor(job, ms, token, ports.wall);
  const reply = async (to: StoredReplyTarget, said: Reply): Promise<void> => {
    await ports.queue.add(REPLY_JOB, { to, reply: said }, REPLY_JOB_OPTIONS);
  };

  /** Waits for a person to mend something, and tells it once. */
  const waitFor = async (failure: string, tell: () => Promise<void>): Promise<never> => {
    if (latest.toldFailure !== failure) {
      await tell();
      await save({ ...latest, toldFailure: failure });
    }
    return await later(MENDED_MS);
  };

  const { maintenance, cluster, replyTo, rootTs: rootBefore } = latest;
  const about = { maintenance, cluster };
  const records = ports.records.get(cluster);
  if (records === undefined) {
    return await waitFor(LOST_CLUSTER, async () => {
      ports.logger.error(about, "the clusters file lacks a cluster; its maintenance waits");
      await tellLost(latest, reply, ports);
    });
  }
  const record = await records.find(maintenance).catch((error: unknown) => {
    if (error instanceof UnreadableRecordError) return error;
    throw error;
  });
  if (record instanceof UnreadableRecordError) {
    return await waitFor(UNREADABLE, () => reply(replyTo, replyFrom(record, "Nothing is done for it.")));
  }
  if (record === null) {
    if (ports.now() - job.timestamp < ORPHAN_MS) return await later(1_000);
    await reply(
      replyTo,
      latest.rootTs === null ? neverQueued(maintenance) : recordGone(latest, await howFarBack([records])),
    );
    keepWhenDone(job, "nothing");
    return "no such maintenance";
  }
  keepWhenDone(job, { forMs: ports.historyMs });
  let delivered: Awaited<ReturnType<typeof deliver>>;
  try {
    const links = await linksOf(record, latest.links, ports);
    if (links !== latest.links) await save({ ...latest, links });
    delivered = await deliver(record, latest, {
      messenger: ports.messenger,
      readers: ports.readers,
      reply,
      save,
      edits: known.edits,
      habits: (await known.habits.get(cluster)?.of()) ?? new Map(),
      cluster: ports.shownIn(cluster),
      outputs: runOutputs(record, ports.runsOf(cluster)),
      drawWindows: (of) => {
        const timeline = rollTimeline(of, ports.shownIn(cluster).calendar, ports.now());
        const reader = { user: of.requester, command: of.command };
        return ports.drawTimeline(timeline, reader, `${of.id}-batches.png`);
      },
      shown: ports.shown,
      now: ports.now,
    });
  } catch (error) {
    await obeyRateLimit(error, ports);
    if (!(error instanceof SlackFailure)) throw error;
    const fields = { ...error.fields, ...about };
    if (isGivenUp(error, record, ports.now())) {
      ports.logger.error(fields, "the thread of an ended maintenance was given up: its channel is gone");
      forgetEdits(known.edits, maintenance);
      await save({ ...latest, replyTo: withoutResponseUrl(latest.replyTo) });
      return "given up";
    }
    ports.logger.warn(fields, "the thread could not be brought up to date");
    if (error.permanent) await tellRequester(error, latest, save, ports);
    return await later(error.permanent ? MENDED_MS : RETRY_MS);
  }
  if (rootBefore === null && latest.rootTs !== null) await wakeLinked(record, ports);
  if (delivered === "finished") {
    await save({ ...latest, replyTo: withoutResponseUrl(latest.replyTo) });
    return "finished";
  }
  // What was stored while we were delivering is shown at once.
  const fresh = await records.find(maintenance);
  const moved =
    fresh !== null && (fresh.seq !== record.seq || (fresh.end === null) !== (record.end === null));
  return await later(moved ? 0 : delivered === "edit_later" ? EDIT_LATER_MS : HEARTBEAT_MS);
}

/** Nobody waits for this thread any more, and there is no place for it. */
function isGivenUp({ code }: SlackFailure, { end }: Maintenance, nowMs: number): boolean {
  return end !== null && nowMs - end.atMs > CHANNEL_GONE_MS && CHANNEL_GONE.includes(code);
}

/** In the thread, where everybody sees it; to the requester where there is none (invariants 10 and 11). */
async function tellLost(
  thread: ThreadJob,
  reply: (to: StoredReplyTarget, said: Reply) => Promise<void>,
  ports: NotifyPorts,
): Promise<void> {
  const { maintenance, cluster, channel, rootTs, replyTo } = thread;
  const said = await ports.lost.standsStill(maintenance, cluster);
  if (rootTs === null) return await reply(replyTo, said);
  try {
    const text = `<@${replyTo.user}>: ${said.text}`;
    await ports.messenger.post(
      channel,
      rootTs,
      renderReply({ ...said, text }, anybody(replyTo.command, ports.now())),
    );
  } catch (error) {
    await obeyRateLimit(error, ports);
    if (!(error instanceof SlackFailure && error.permanent)) throw error;
    await reply(replyTo, said);
  }
}

function neverQueued(id: string): Reply {
  return replyOf({
    tone: "error",
    text: `${id} is not on the queue: it was refused and is not kept any more, or the bot or its queue failed while it was being placed.`,
    notDone: "Nothing was posted to the master.",
    next: "Send the drain again.",
  });
}

/** It had begun, so the master may hold what it posted. */
function recordGone({ maintenance, cluster, channel }: ThreadJob, reach: string): Reply {
  return replyOf({
    tone: "error",
    text: `The record of ${maintenance} is not on the queue any more, though its thread in <#${channel}> is not finished. ${reach}`,
    notDone: "Nothing more is done for it. Windows that it posted to the master stay there.",
    next: `See what the master holds with /mesos schedule --cluster ${cluster}.`,
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
