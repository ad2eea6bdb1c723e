import { createHash } from "node:crypto";
import type { Habit } from "../../maintenance/answers/habits.js";
import { openApproval } from "../../maintenance/approval/question.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { explanationsOf } from "../../maintenance/show/frameworks.js";
import { handOver } from "../../maintenance/show/hand-over.js";
import { named } from "../../maintenance/text/command.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { SlackMessage } from "../../slack/render/blocks.js";
import { renderCard } from "../../slack/render/card/card.js";
import { renderEvent } from "../../slack/render/event.js";
import { renderApproval } from "../../slack/render/question/question.js";
import type { Messenger } from "../../slack/say/messenger.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import type { StoredReplyTarget, ThreadJob } from "../lanes/jobs.js";

/** Slack allows about one edit of a message per second; what changes in between is shown by the next one. */
const EDIT_EVERY_MS = 1_500;

export interface ThreadPorts {
  readonly messenger: Pick<Messenger, "post" | "update" | "upload">;
  /** Has one person told; resolves when that is queued. */
  reply(to: StoredReplyTarget, reply: Reply): Promise<void>;
  /** Stores how far Slack has come; called after every message, so that a crash repeats at most one. */
  save(progress: ThreadJob): Promise<void>;
  /** When the root message was last edited by this process, epoch ms. */
  readonly edits: Map<string, number>;
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
    const card = renderCard(record, now(), explained, progress.links);
    const { ts } = await messenger.post(progress.channel, null, card);
    ports.edits.set(record.id, now());
    await saved({ rootTs: ts, rootHash: hashOf(card), toldFailure: null });
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

  if (cardWaits) return "edit_later";
  if (record.end === null) return "waiting";
  if (!progress.handedOver) {
    const file = handOver(record);
    await messenger.upload(progress.channel, progress.rootTs ?? (await postRoot()), {
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

/** Until the machines are known there is no thread, unless something keeps the maintenance waiting (invariant 10). */
function isForOnePerson(record: Maintenance): boolean {
  return record.batches.length === 0 && (record.trouble === null || record.end !== null);
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
