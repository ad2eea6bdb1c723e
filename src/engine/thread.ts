import { createHash } from "node:crypto";
import { handOver } from "../maintenance/hand-over.js";
import type { Maintenance } from "../maintenance/record.js";
import { type Reply, replyOf } from "../maintenance/reply.js";
import type { SlackMessage } from "../slack/blocks.js";
import { SlackFailure } from "../slack/errors.js";
import type { Messenger } from "../slack/messenger.js";
import { renderApproval } from "../slack/render-approval.js";
import { renderCard } from "../slack/render-card.js";
import { renderEvent } from "../slack/render-event.js";
import type { StoredReplyTarget, ThreadJob } from "./lanes.js";

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
  /** What frameworks usually do, as sentences by framework name. */
  readonly habits: ReadonlyMap<string, string>;
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
  let progress = start;
  const saved = async (changes: Partial<ThreadJob>) => {
    progress = { ...progress, ...changes };
    await ports.save(progress);
  };

  if (progress.rootTs === null) {
    if (isForOnePerson(record)) {
      if (record.end === null) return "waiting";
      if (record.end.phase === "failed") await ports.reply(progress.replyTo, failure(record));
      return "finished";
    }
    const card = renderCard(record, now(), ports.habits);
    const { ts } = await messenger.post(progress.channel, null, card);
    ports.edits.set(record.id, now());
    await saved({ rootTs: ts, rootHash: hashOf(card), toldFailure: null });
  }
  const root = progress.rootTs;
  if (root === null) return "waiting";

  for (const [id, shown] of Object.entries(progress.approvals)) {
    const message = approvalMessage(record, id, now());
    if (message === null || hashOf(message) === shown.hash) continue;
    await edit(() => messenger.update(progress.channel, shown.ts, message));
    await saved({ approvals: { ...progress.approvals, [id]: { ts: shown.ts, hash: hashOf(message) } } });
  }

  for (const event of record.events) {
    if (event.seq <= progress.postedSeq) continue;
    if (event.kind === "approval_asked") {
      const message = approvalMessage(record, event.approval, now());
      if (message !== null) {
        const { ts } = await messenger.post(progress.channel, root, message);
        const approvals = { ...progress.approvals, [event.approval]: { ts, hash: hashOf(message) } };
        await saved({ approvals, postedSeq: event.seq });
        continue;
      }
    }
    const message = renderEvent(record, event);
    if (message !== null) await messenger.post(progress.channel, root, message);
    await saved({ postedSeq: event.seq });
  }

  const card = renderCard(record, now(), ports.habits);
  if (hashOf(card) !== progress.rootHash) {
    const since = now() - (ports.edits.get(record.id) ?? 0);
    if (since >= 0 && since < EDIT_EVERY_MS && record.end === null) return "edit_later";
    if (!(await edit(() => messenger.update(progress.channel, root, card)))) {
      // Somebody deleted the card: a new one, which the next events' thread hangs on.
      const { ts } = await messenger.post(progress.channel, null, card);
      await saved({ rootTs: ts });
    }
    ports.edits.set(record.id, now());
    await saved({ rootHash: hashOf(card) });
  }
  if (record.end === null) return "waiting";
  if (!progress.handedOver) {
    await messenger.upload(progress.channel, progress.rootTs ?? root, {
      ...handOver(record),
      title: `Hand-over record of ${record.id}`,
    });
    await saved({ handedOver: true });
  }
  ports.edits.delete(record.id);
  return "finished";
}

/** What Slack says of a message that cannot be edited any more, and never will be. */
const GONE: readonly string[] = ["message_not_found", "cant_update_message", "edit_window_closed"];

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
    text: `${record.id}: ${event?.kind === "failed" ? event.why : (record.end?.why ?? "The drain failed.")}`,
    next: event?.kind === "failed" ? event.next : null,
  });
}

function approvalMessage(record: Maintenance, id: string, nowMs: number): SlackMessage | null {
  for (const batch of record.batches) {
    const approval = batch.approvals.find((a) => a.id === id);
    if (approval !== undefined) return renderApproval(record, batch, approval, nowMs);
  }
  return null;
}

function hashOf(message: SlackMessage): string {
  return createHash("sha256").update(JSON.stringify(message)).digest("hex").slice(0, 16);
}
