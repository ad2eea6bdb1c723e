import type { Maintenance } from "../../maintenance/record/record.js";
import { handOver } from "../../maintenance/show/hand-over.js";
import { named } from "../../maintenance/text/command.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { type ThreadJob, withoutResponseUrl } from "../lanes/jobs.js";
import { showProgress, tellEvents } from "./show-events.js";
import { askUnseen, editQuestions } from "./show-questions.js";
import { showRuns } from "./show-runs.js";
import { openThread, type Thread, type ThreadPorts } from "./thread.js";

/** What is left to do: nothing until the record changes, an edit that has to wait, or nothing ever again. */
export type Delivered = "waiting" | "edit_later" | "finished";

/**
 * Brings Slack up to date with a record: the root message, the questions, one message per event that matters, in order, and
 * one that is edited for what only shows that it goes on. Level-triggered like the tick: it compares the record with what Slack
 * is known to show, so a wake-up that got lost or came twice does no harm, and nothing is lost while Slack is away (DESIGN: only
 * this lane waits for Slack).
 *
 * Throws the messenger's SlackFailure; what was delivered until then is stored.
 */
export async function deliver(record: Maintenance, start: ThreadJob, ports: ThreadPorts): Promise<Delivered> {
  const thread = openThread(record, start, ports);
  if (thread.progress.rootTs === null) {
    if (isForOnePerson(record)) {
      if (record.end === null) return await tellQueued(thread);
      if (record.end.phase === "failed") await ports.reply(thread.progress.replyTo, failure(record));
      return "finished";
    }
    await thread.postRoot();
  }
  await tellWhere(thread);
  const areEdited = await editQuestions(thread);
  // Before new messages: when its root was deleted, Slack takes them as messages of the channel, or not at all.
  await thread.showCard();
  await tellEvents(thread);
  await askUnseen(thread);
  const shown = [
    areEdited,
    await showProgress(thread),
    await showRuns(thread),
    // It links the questions that stand in the thread now.
    await thread.showCard(),
  ];
  if (shown.includes(false)) return "edit_later";
  if (record.end === null) return "waiting";
  if (!thread.progress.handedOver) {
    const to = { user: record.requester, command: record.command };
    const file = await ports.readers.write(to, (reader) => handOver(record, reader));
    await thread.upload({
      name: file.name,
      text: named(file.text, record.command),
      title: `Hand-over record of ${record.id}`,
    });
    await thread.saved({ handedOver: true });
  }
  thread.forget();
  return "finished";
}

/**
 * Slack lets nobody edit what a command was answered: so the person hears that it is queued only where its outcome is not known
 * soon, and otherwise the outcome alone (bolt-js issue 2287).
 */
const OUTCOME_WITHIN_MS = 2_000;

async function tellQueued(thread: Thread): Promise<Delivered> {
  const { record, ports, progress } = thread;
  const { asked, replyTo } = progress;
  if (asked === null || asked.queued) return "waiting";
  const sinceMs = thread.now() - record.requestedAtMs;
  // Of a clock that was set back nobody knows how long it is.
  if (sinceMs >= 0 && sinceMs < OUTCOME_WITHIN_MS) return "edit_later";
  const text = `${record.id}: ${asked.what} is queued. Follow it ${where(progress)}.`;
  await ports.reply(replyTo, replyOf({ tone: "info", text }));
  await thread.saved({ asked: { ...asked, queued: true } });
  return "waiting";
}

/** The card stands: whoever asked for it hears where. */
async function tellWhere(thread: Thread): Promise<void> {
  const { record, ports, progress } = thread;
  const { asked, replyTo } = progress;
  if (asked === null) return;
  if (!asked.queued) {
    const text = `${record.id}: the ${asked.what} has begun. Follow it ${where(progress)}.`;
    await ports.reply(replyTo, replyOf({ tone: "done", text }));
  }
  await thread.saved({ asked: null, replyTo: withoutResponseUrl(replyTo) });
}

function where({ channel, replyTo }: ThreadJob): string {
  return channel === replyTo.channel ? "here" : `in <#${channel}>`;
}

/** Until the machines are known there is no thread, unless the maintenance waits for something (invariant 10). */
function isForOnePerson({ batches, trouble, unwatched, end }: Maintenance): boolean {
  return batches.length === 0 && ((trouble === null && unwatched === null) || end !== null);
}

function failure(record: Maintenance): Reply {
  const event = record.events.findLast((e) => e.kind === "failed");
  return replyOf({
    tone: "refused",
    text: `${record.id}: ${event?.why ?? record.end?.why ?? "The drain failed."}`,
    next: event?.next ?? null,
    line: event?.line ?? null,
  });
}
