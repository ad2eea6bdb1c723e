import { createHash } from "node:crypto";
import type { Habit } from "../../maintenance/answers/habits.js";
import { openApproval } from "../../maintenance/approval/question.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { Run } from "../../maintenance/record/run.js";
import { runOf } from "../../maintenance/record/runs.js";
import { explanationsOf } from "../../maintenance/show/frameworks.js";
import { handOver } from "../../maintenance/show/hand-over.js";
import { named } from "../../maintenance/text/command.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { SlackMessage } from "../../slack/render/blocks.js";
import { renderCard } from "../../slack/render/card/card.js";
import { renderEvent } from "../../slack/render/event.js";
import type { TextFile } from "../../slack/render/fixed-text.js";
import { renderApproval } from "../../slack/render/question/question.js";
import { renderSecondCard } from "../../slack/render/retired.js";
import { renderRun } from "../../slack/render/run.js";
import type { Messenger } from "../../slack/say/messenger.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import type { StoredReplyTarget, ThreadJob } from "../lanes/jobs.js";
import type { RunOutputs } from "./run-outputs.js";

/** Slack allows about one edit of a message per second; what changes in between is shown by the next one. */
const EDIT_EVERY_MS = 1_500;

/** The message of a run changes with every line that it prints. */
const RUN_EDIT_EVERY_MS = 2_000;

export interface ThreadPorts {
  readonly messenger: Pick<Messenger, "post" | "update" | "upload">;
  /** Has one person told; resolves when that is queued. */
  reply(to: StoredReplyTarget, reply: Reply): Promise<void>;
  /** Stores how far Slack has come; called after every message, so that a crash repeats at most one. */
  save(progress: ThreadJob): Promise<void>;
  /** When the root message was last edited by this process, epoch ms. */
  readonly edits: Map<string, number>;
  readonly outputs: RunOutputs;
  /** What frameworks usually do, by name. */
  readonly habits: ReadonlyMap<string, Habit>;
  now(): number;
}

/** What is left to do: nothing until the record changes, an edit that has to wait, or nothing ever again. */
export type Delivered = "waiting" | "edit_later" | "finished";

/**
 * Brings Slack up to date with a record: the root message, the approval messages, and one message per event, in order.
 * Level-triggered like the tick: it compares the record with what Slack is known to show, so a wake-up that got lost or
 * came twice does no harm, and nothing is lost while Slack is away (DESIGN: only this lane waits for Slack).
 *
 * Throws the messenger's SlackFailure; what was delivered until then is stored.
 */
export async function deliver(record: Maintenance, start: ThreadJob, ports: ThreadPorts): Promise<Delivered> {
  const { messenger, now } = ports;
  const explained = explanationsOf(record, ports.habits);
  let progress = start;
  const saved = async (changes: Partial<ThreadJob>) => {
    progress = { ...progress, ...changes };
    await ports.save(progress);
  };

  async function postRoot(): Promise<string> {
    // Set by a process that died while it posted.
    const mayStandAbove = progress.rootPosting ?? false;
    await saved({ rootPosting: true });
    const card = renderCard(record, now(), explained, progress.links);
    const { ts } = await messenger.post(progress.channel, null, card).catch(async (error: unknown) => {
      // Of a call without an answer nobody knows; any other failure says that there is no card.
      const isKnown = error instanceof SlackFailure && error.code !== "timeout";
      if (isKnown) await saved({ rootPosting: false });
      throw error;
    });
    ports.edits.set(record.id, now());
    await saved({ rootTs: ts, rootHash: hashOf(card), rootPosting: false, toldFailure: null });
    if (mayStandAbove) await messenger.post(progress.channel, ts, renderSecondCard(record.id));
    return ts;
  }

  /** Edits the card, or posts a new one if somebody deleted it; `false` when it is too early for the next edit. */
  async function showCard(): Promise<boolean> {
    const root = progress.rootTs;
    const card = renderCard(record, now(), explained, progress.links);
    if (root === null || hashOf(card) === progress.rootHash) return true;
    const since = now() - (ports.edits.get(record.id) ?? 0);
    if (since >= 0 && since < EDIT_EVERY_MS && record.end === null) return false;
    if (await edit(() => messenger.update(progress.channel, root, card))) {
      ports.edits.set(record.id, now());
      await saved({ rootHash: hashOf(card) });
    } else {
      await postRoot();
    }
    return true;
  }

  /** Slack may refuse a thread whose root message was deleted: the messages then go into that of a new one. */
  async function postInThread(message: SlackMessage): Promise<string> {
    const root = progress.rootTs ?? (await postRoot());
    try {
      return (await messenger.post(progress.channel, root, message)).ts;
    } catch (error) {
      if (!(error instanceof SlackFailure) || !THREAD_GONE.includes(error.code)) throw error;
      return (await messenger.post(progress.channel, await postRoot(), message)).ts;
    }
  }

  /** Posts a question, and remembers where it stands. */
  async function ask(approval: string, message: SlackMessage, postedSeq = progress.postedSeq): Promise<void> {
    const ts = await postInThread(message);
    const approvals = { ...progress.approvals, [approval]: { ts, hash: hashOf(message) } };
    await saved({ approvals, postedSeq });
  }

  async function postRun(run: Run, postedSeq = progress.postedSeq): Promise<void> {
    const tail = (await ports.outputs.of(run))?.tail ?? [];
    const message = renderRun(record, run, tail);
    const ts = await postInThread(message);
    ports.edits.set(editKey(run), now());
    const runs = { ...progress.runs, [run.id]: { ts, hash: hashOf(message), isFiled: false } };
    await saved({ runs, postedSeq });
  }

  const editKey = (run: Run) => `${record.id}.${run.id}`;

  /** Brings the message of a run up to date, and puts all of its output into the thread once it has ended. */
  async function showRun(run: Run): Promise<boolean> {
    const shown = progress.runs[run.id];
    if (shown === undefined || shown.isFiled) return true;
    const known = await ports.outputs.of(run);
    const message = renderRun(record, run, known?.tail ?? []);
    const hash = hashOf(message);
    const since = now() - (ports.edits.get(editKey(run)) ?? 0);
    const isTooEarly = since >= 0 && since < RUN_EDIT_EVERY_MS && record.end === null;
    if (hash !== shown.hash && isTooEarly) return false;
    let current = shown;
    if (hash !== shown.hash) {
      ports.edits.set(editKey(run), now());
      if (await edit(() => messenger.update(progress.channel, shown.ts, message))) {
        current = { ...shown, hash };
        await saved({ runs: { ...progress.runs, [run.id]: current } });
      } else {
        // Somebody deleted it.
        await postRun(run);
        current = progress.runs[run.id] ?? shown;
      }
    }
    if (run.outcome === null) return true;
    if (known !== null && known.output !== null && known.output.trim() !== "") {
      await uploadInThread({
        name: `${record.id}-${run.id}-output.txt`,
        title: `Output of ${run.runbook.name} (${run.id} of ${record.id})`,
        text: known.output,
      });
    }
    await saved({ runs: { ...progress.runs, [run.id]: { ...current, isFiled: true } } });
    await ports.outputs.drop(run);
    ports.edits.delete(editKey(run));
    return true;
  }

  /** Into the thread of a new root message, if somebody deleted the old one. */
  async function uploadInThread(file: TextFile): Promise<void> {
    const root = progress.rootTs ?? (await postRoot());
    try {
      await messenger.upload(progress.channel, root, file);
    } catch (error) {
      if (!(error instanceof SlackFailure) || !THREAD_GONE.includes(error.code)) throw error;
      await messenger.upload(progress.channel, await postRoot(), file);
    }
  }

  if (progress.rootTs === null) {
    if (isForOnePerson(record)) {
      if (record.end === null) return "waiting";
      if (record.end.phase === "failed") await ports.reply(progress.replyTo, failure(record));
      return "finished";
    }
    await postRoot();
  }
  for (const [id, shown] of Object.entries(progress.approvals)) {
    const message = approvalMessage(record, id, now(), explained);
    if (message === null || hashOf(message) === shown.hash) continue;
    const { [id]: _, ...others } = progress.approvals;
    const edited = await edit(() => messenger.update(progress.channel, shown.ts, message));
    // One that somebody deleted counts as never posted.
    await saved({
      approvals: edited ? { ...others, [id]: { ts: shown.ts, hash: hashOf(message) } } : others,
    });
  }
  // Before new messages: when its root was deleted, Slack takes them as messages of the channel, or not at all.
  const cardWaits = !(await showCard());

  for (const event of record.events) {
    if (event.seq <= progress.postedSeq) continue;
    if (event.kind === "approval_asked") {
      const message = approvalMessage(record, event.approval, now(), explained);
      if (message !== null) {
        await ask(event.approval, message, event.seq);
        continue;
      }
    }
    if (event.kind === "run_started") {
      const run = runOf(record, event.run);
      if (run !== null) {
        await postRun(run, event.seq);
        continue;
      }
    }
    const message = renderEvent(record, event);
    if (message !== null) await postInThread(message);
    await saved({ postedSeq: event.seq });
  }
  // Nobody can answer a question that is not seen, be it that its message was deleted or its event is not in the log.
  for (const batch of record.batches) {
    const open = openApproval(batch);
    if (open === null || progress.approvals[open.id] !== undefined) continue;
    await ask(open.id, renderApproval(record, batch, open, now(), explained));
  }

  let runWaits = false;
  for (const run of record.runs) runWaits = !(await showRun(run)) || runWaits;

  if (cardWaits || runWaits) return "edit_later";
  if (record.end === null) return "waiting";
  if (!progress.handedOver) {
    const file = handOver(record);
    await uploadInThread({
      name: file.name,
      text: named(file.text, record.command),
      title: `Hand-over record of ${record.id}`,
    });
    await saved({ handedOver: true });
  }
  ports.edits.delete(record.id);
  return "finished";
}

/** What Slack says of a message that cannot be edited any more, and never will be. */
const GONE: readonly string[] = ["message_not_found", "cant_update_message", "edit_window_closed"];

/** What Slack says of a thread that takes no more messages because its root is gone. */
const THREAD_GONE: readonly string[] = ["thread_not_found", "message_not_found", "cannot_reply_to_message"];

/** Edits a message; `false` when it is gone, which must not keep the other messages back. */
async function edit(update: () => Promise<void>): Promise<boolean> {
  try {
    await update();
    return true;
  } catch (error) {
    if (error instanceof SlackFailure && GONE.includes(error.code)) return false;
    throw error;
  }
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
  });
}

function approvalMessage(
  record: Maintenance,
  id: string,
  nowMs: number,
  explained: ReadonlyMap<string, string>,
): SlackMessage | null {
  for (const batch of record.batches) {
    const approval = batch.approvals.find((a) => a.id === id);
    if (approval !== undefined) return renderApproval(record, batch, approval, nowMs, explained);
  }
  return null;
}

function hashOf(message: SlackMessage): string {
  return createHash("sha256").update(JSON.stringify(message)).digest("hex").slice(0, 16);
}
