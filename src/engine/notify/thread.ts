import { createHash } from "node:crypto";
import type { Habit } from "../../maintenance/answers/habits.js";
import type { CalendarWindow } from "../../maintenance/policy/policy.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { explanationsOf } from "../../maintenance/show/frameworks.js";
import type { Broadcast } from "../../maintenance/show/telling.js";
import type { Reply } from "../../maintenance/text/reply.js";
import type { Readers } from "../../slack/people/readers.js";
import type { SlackMessage } from "../../slack/render/blocks.js";
import { renderCard } from "../../slack/render/card/card.js";
import type { PictureFile, TextFile } from "../../slack/render/fixed-text.js";
import { renderSecondCard } from "../../slack/render/retired.js";
import type { Messenger } from "../../slack/say/messenger.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import type { StoredReplyTarget, ThreadJob } from "../lanes/jobs.js";
import type { RunOutputs } from "./run-outputs.js";

/** Slack allows about one edit of a message per second; what changes in between is shown by the next one. */
const EDIT_EVERY_MS = 1_500;

/** How a cluster's maintenances are shown. */
export interface ClusterInSlack {
  /** What of a thread is shown in the channel as well. */
  readonly broadcast: readonly Broadcast[];
  /** Address of a ticket, with `{id}` in place of its id; `null`: a ticket is text. */
  readonly tickets: string | null;
  /** The hours in which machines may be taken down; none means always. */
  readonly calendar: readonly CalendarWindow[];
  /** How the pages of the leading master are reached. */
  readonly scheme: "http" | "https";
}

export interface ThreadPorts {
  readonly messenger: Pick<Messenger, "post" | "update" | "upload" | "permalink">;
  readonly readers: Readers;
  /** The windows of a drain in batches as a picture; `null` where it cannot be drawn. */
  drawWindows(record: Maintenance): Promise<PictureFile | null>;
  /** Has one person told; resolves when that is queued. */
  reply(to: StoredReplyTarget, reply: Reply): Promise<void>;
  /** Stores how far Slack has come; called after every message, so that a crash repeats at most one. */
  save(progress: ThreadJob): Promise<void>;
  /** When messages were last edited by this process, epoch ms, by a key of the maintenance. */
  readonly edits: Map<string, number>;
  readonly outputs: RunOutputs;
  /** What frameworks usually do, by name. */
  readonly habits: ReadonlyMap<string, Habit>;
  readonly cluster: ClusterInSlack;
  /** A card stands that shows a look at the master of so long ago. */
  shown(ms: number): void;
  now(): number;
}

/** How an edit went: `early` when Slack is to be left in peace first, `gone` when somebody deleted the message. */
export type Edited = "same" | "edited" | "early" | "gone";

export type Thread = ReturnType<typeof openThread>;

/**
 * The root message of a maintenance and the messages below it, in Slack. Everything that is sent is stored in the thread's job
 * before the next is; a card that somebody deleted is posted anew, and the thread goes on below it. Every method throws the
 * messenger's SlackFailure.
 */
export function openThread(record: Maintenance, start: ThreadJob, ports: ThreadPorts) {
  const { messenger, now } = ports;
  const explained = explanationsOf(record, ports.habits);
  let progress = start;

  async function saved(changes: Partial<ThreadJob>): Promise<void> {
    progress = { ...progress, ...changes };
    await ports.save(progress);
  }

  const renderedCard = () =>
    renderCard(record, now(), {
      habits: explained,
      links: progress.links,
      questions: questionsOf(progress),
      tickets: ports.cluster.tickets,
    });

  /** A clock that was set back since makes no look younger than now. */
  function cardStands(): void {
    if (record.picture !== null) ports.shown(Math.max(0, now() - record.picture.atMs));
  }

  async function postRoot(): Promise<string> {
    // Set by a process that died while it posted.
    const mayStandAbove = progress.rootPosting ?? false;
    await saved({ rootPosting: true });
    const card = renderedCard();
    const { ts } = await messenger.post(progress.channel, null, card).catch(async (error: unknown) => {
      // Of a call without an answer nobody knows; any other failure says that there is no card.
      const isKnown = error instanceof SlackFailure && error.code !== "timeout";
      if (isKnown) await saved({ rootPosting: false });
      throw error;
    });
    cardStands();
    ports.edits.set(record.id, now());
    await saved({ rootTs: ts, rootHash: hashOf(card), rootPosting: false, toldFailure: null });
    if (mayStandAbove) await messenger.post(progress.channel, ts, renderSecondCard(record.id));
    return ts;
  }

  /** Does something in the thread; Slack may refuse one whose root was deleted, and then it is done below a new root. */
  async function inThread<T>(act: (root: string) => Promise<T>): Promise<T> {
    const root = progress.rootTs ?? (await postRoot());
    try {
      return await act(root);
    } catch (error) {
      if (!(error instanceof SlackFailure) || !THREAD_GONE.includes(error.code)) throw error;
      return await act(await postRoot());
    }
  }

  /** @param key which message it is, for how often it may be edited. */
  async function edit(
    key: string,
    shown: { readonly ts: string; readonly hash: string | null },
    next: SlackMessage,
    everyMs: number,
  ): Promise<Edited> {
    if (hashOf(next) === shown.hash) return "same";
    const since = now() - (ports.edits.get(key) ?? 0);
    if (since >= 0 && since < everyMs && record.end === null) return "early";
    ports.edits.set(key, now());
    try {
      await messenger.update(progress.channel, shown.ts, next);
      return "edited";
    } catch (error) {
      if (error instanceof SlackFailure && GONE.includes(error.code)) return "gone";
      throw error;
    }
  }

  return {
    record,
    explained,
    ports,
    now,
    saved,
    postRoot,
    edit,
    /** How far Slack has come. */
    get progress(): ThreadJob {
      return progress;
    },

    /** Nothing of it is edited any more. */
    forget(): void {
      forgetEdits(ports.edits, record.id);
    },

    /** What was noted without a message; stored with the next one that is sent, and by `saved`. */
    note(changes: Partial<ThreadJob>): void {
      progress = { ...progress, ...changes };
    },

    /** Edits the card, or posts a new one if somebody deleted it; `false` when it is too early for the next edit. */
    async showCard(): Promise<boolean> {
      const ts = progress.rootTs;
      if (ts === null) return true;
      const card = renderedCard();
      const how = await edit(record.id, { ts, hash: progress.rootHash }, card, EDIT_EVERY_MS);
      if (how === "edited") {
        cardStands();
        await saved({ rootHash: hashOf(card) });
      }
      if (how === "gone") await postRoot();
      return how !== "early";
    },

    /** @param as what it is, where it may be shown in the channel as well. */
    async post(message: SlackMessage, as: Broadcast | null = null): Promise<string> {
      const broadcast = as !== null && ports.cluster.broadcast.includes(as);
      const { channel } = progress;
      return await inThread(async (root) => (await messenger.post(channel, root, message, { broadcast })).ts);
    },

    async upload(file: TextFile | PictureFile): Promise<void> {
      const { channel } = progress;
      await inThread((root) => messenger.upload(channel, root, file));
    },
  };
}

/** Nothing of a maintenance is edited any more by this process. */
export function forgetEdits(edits: Map<string, number>, id: string): void {
  for (const key of edits.keys()) if (key === id || key.startsWith(`${id}.`)) edits.delete(key);
}

/** Where the questions stand, by approval id; empty where Slack tells no address. */
function questionsOf({ approvals }: ThreadJob): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(approvals).map(([id, { link }]) => [id, link ?? ""]));
}

/** What Slack says of a message that cannot be edited any more, and never will be. */
const GONE: readonly string[] = ["message_not_found", "cant_update_message", "edit_window_closed"];

/** What Slack says of a thread that takes no more messages because its root is gone. */
const THREAD_GONE: readonly string[] = ["thread_not_found", "message_not_found", "cannot_reply_to_message"];

/** Fingerprint of what a message shows. */
export function hashOf(message: SlackMessage): string {
  return createHash("sha256").update(JSON.stringify(message)).digest("hex").slice(0, 16);
}
