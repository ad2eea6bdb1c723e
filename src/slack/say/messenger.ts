import { setTimeout as sleep } from "node:timers/promises";
import type { types } from "@slack/bolt";
import { scrub } from "../../base/scrub.js";
import type { SlackConfig } from "../../config/config.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { anonymousReaders, type Readers } from "../people/readers.js";
import type { SlackMessage } from "../render/blocks.js";
import { type PictureFile, renderFile, type TextFile } from "../render/fixed-text.js";
import { renderPreview } from "../render/form/preview.js";
import { free } from "../render/mrkdwn.js";
import { forPlainPage, viewForPlainPage } from "../render/plain-page.js";
import { renderReply } from "../render/reply.js";
import { attempt, SlackFailure } from "../wire/errors.js";
import { LIMITS } from "../wire/limits.js";
import { isResponseUrl } from "../wire/response-hosts.js";
import { fetchFor } from "../wire/way-out.js";
import { createWebClient, type WebClientOptions } from "../wire/web-client.js";
import { postToResponseUrl } from "./response-url.js";

const TIMEOUT_MS = 10_000;

const DIALOG_PAUSES_MS: readonly number[] = [200, 400, 800, 1_600];

/** Slack's codes for blocks it does not take; the same status goes out as text then. */
const BLOCKS_REFUSED: readonly string[] = [
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
];

/** Slack's codes for files it takes from nobody like us, now or later; their words go out as a message then. */
const FILES_REFUSED: readonly string[] = [
  "missing_scope",
  "no_permission",
  "access_denied",
  "not_allowed_token_type",
  "file_uploads_disabled",
  "file_uploads_except_images_disabled",
  "storage_limit_reached",
];

/** Slack's codes for a channel in which nobody can be answered; the person still can, in a direct message. */
const CHANNEL_REFUSED = /^(channel_not_found|(user_)?not_in_channel|is_archived|restricted_action.*)$/;

/** No previews and no guessing of links, channels or mentions: what a message holds is what we put there. */
const AS_WRITTEN = { parse: "none", link_names: false, unfurl_links: false, unfurl_media: false } as const;

/** Where one person is answered. */
export interface ReplyTarget {
  /** Of the command or click; `null` when there is none, such as long after it. */
  readonly responseUrl: string | null;
  /** Where the person asked; their own id where that was in the Home, and then they are answered by direct message. */
  readonly channel: string;
  readonly user: string;
  /** The thread in which the person clicked; `null` for a command and for a root message. */
  readonly thread: string | null;
  /** What the person calls the command: `/mesos`, or the name that the workspace gave it. */
  readonly command: string;
  /** The dialog that is waiting for what the drain of its line would do: the answer stands there and nowhere else. */
  readonly preview?: { readonly id: string; readonly line: string } | undefined;
  /** The line that a form stood for, to be typed the next time: it is told with answers that have no other line. */
  readonly line?: string | undefined;
}

/** Whether somebody asked in the Home, where nobody can be answered. */
export function isAskedAtHome({ channel, user }: Pick<ReplyTarget, "channel" | "user">): boolean {
  return channel === user;
}

/** Who the token speaks as, and what it may do. */
export interface BotIdentity {
  readonly userId: string;
  readonly team: string;
  readonly teamId: string;
  /** Scopes of the token, or `null` where the server does not tell. */
  readonly scopes: readonly string[] | null;
}

export interface PostOptions {
  /** Whether a message of a thread is shown in its channel as well. */
  readonly broadcast: boolean;
}

/** Where a message stands. */
export interface Posted {
  readonly ts: string;
  readonly channel: string;
}

/** What the bot says in Slack. Every method throws a SlackFailure and nothing else. */
export interface Messenger {
  /**
   * A new message in a channel, or in a thread of it. A person's id for the channel stands for their direct messages with
   * the bot; the channel of the answer is theirs then (`D…`). A repeated call posts a second message.
   */
  post(channel: string, thread: string | null, message: SlackMessage, how?: PostOptions): Promise<Posted>;
  /** Replaces a message of ours. */
  update(channel: string, ts: string, message: SlackMessage): Promise<void>;
  /**
   * Tells one person; nobody else sees it. Where the response URL takes no more it is an ephemeral message, and where the
   * channel takes none a direct message. The answer to a preview is told in its dialog, or nowhere once that is closed.
   *
   * @param whole where the whole table comes to, as a sentence, when the message does not hold all of it.
   */
  reply(to: ReplyTarget, reply: Reply, whole?: string | null): Promise<void>;
  /**
   * A text or a picture as a file in a channel, or in a thread of it. Slack takes no person's id here: their direct
   * messages have the channel that `post` answers with. Where the workspace takes no files from us (scope `files:write`,
   * its own rules) the text, or the caption of the picture, is posted as a message, cut to fit. A repeated call posts a second
   * file.
   */
  upload(channel: string, thread: string | null, file: TextFile | PictureFile): Promise<void>;
  /** The address of a message of ours, which takes no scope. */
  permalink(channel: string, ts: string): Promise<string>;
  /** Draws somebody's Home. */
  publish(user: string, home: types.HomeView): Promise<void>;
  whoAmI(): Promise<BotIdentity>;
}

/** Says what the bot has to say: once, within 10 s at most. The lane that calls it retries with patience. */
export function createMessenger(
  o: WebClientOptions & {
    readonly settings: Pick<SlackConfig, "markup">;
    /** @defaultValue 10,000 */
    readonly timeoutMs?: number;
    /** @defaultValue nobody is known */
    readonly readers?: Readers;
    /** How long to wait before each further look for a dialog that Slack does not know yet. */
    readonly dialogPausesMs?: readonly number[];
  },
): Messenger {
  const timeout = o.timeoutMs ?? TIMEOUT_MS;
  const dialogPauses = o.dialogPausesMs ?? DIALOG_PAUSES_MS;
  const client = createWebClient(o, timeout);
  const shown = (message: SlackMessage) => (o.settings.markup === "plain" ? forPlainPage(message) : message);
  const shownView = <V extends types.View>(view: V): V =>
    o.settings.markup === "plain" ? viewForPlainPage(view) : view;
  const readers = o.readers ?? anonymousReaders(Date.now);

  /** Sends blocks, or the same as text if Slack refuses the blocks: a status is never lost. */
  async function send<T>(
    doing: string,
    marked: SlackMessage,
    call: (content: SlackMessage & typeof AS_WRITTEN) => Promise<T>,
  ): Promise<T> {
    const message = shown(marked);
    try {
      return await call({ ...message, ...AS_WRITTEN });
    } catch (error) {
      const failure = SlackFailure.from(error, doing);
      if (!BLOCKS_REFUSED.includes(failure.code)) throw failure;
      o.logger.error(failure.fields, "Slack refused the blocks; sending the text alone");
      // An empty list clears the blocks of a message that is being updated; leaving it out would keep the old ones.
      return await attempt(doing, () => call({ ...message, ...AS_WRITTEN, blocks: [] }));
    }
  }

  function postTo(
    doing: string,
    channel: string,
    thread: string | null,
    message: SlackMessage,
    how: PostOptions = { broadcast: false },
  ) {
    return send(doing, message, (content) =>
      client.chat.postMessage(
        thread === null
          ? { ...content, channel }
          : { ...content, channel, thread_ts: thread, reply_broadcast: how.broadcast },
      ),
    );
  }

  /** Slack knows a dialog that an acknowledgement opens only once it has taken that, and no more once it is closed. */
  async function showPreview(id: string, view: types.ModalView): Promise<void> {
    const doing = "showing a preview";
    for (const pauseMs of [...dialogPauses, null]) {
      try {
        await client.views.update({ external_id: id, view: shownView(view) });
        return;
      } catch (error) {
        const failure = SlackFailure.from(error, doing);
        if (failure.code !== "not_found") throw failure;
        if (pauseMs === null) break;
        await sleep(pauseMs);
      }
    }
    o.logger.info({}, "a preview was closed before it could be shown");
  }

  return {
    async post(channel, thread, message, how) {
      const doing = `posting to ${channel}`;
      const posted = await postTo(doing, channel, thread, message, how);
      if (typeof posted.ts !== "string")
        throw new SlackFailure("server_error", { doing, detail: "No ts in the answer." });
      return { ts: posted.ts, channel: posted.channel ?? channel };
    },

    async update(channel, ts, message) {
      await send(`updating a message in ${channel}`, message, (content) =>
        client.chat.update({ ...content, channel, ts }),
      );
    },

    async reply(to, reply, whole = null) {
      const doing = "answering a person";
      const { preview } = to;
      if (preview !== undefined) {
        const view = await readers.write(to, (reader) => renderPreview(to, preview, reply, reader));
        return await showPreview(preview.id, view);
      }
      const withLine = { ...reply, line: reply.line ?? to.line ?? null };
      const message = await readers.write(to, (reader) => renderReply(withLine, reader, whole));
      if (isAskedAtHome(to)) {
        await postTo(doing, to.user, null, message);
        return;
      }
      if (to.responseUrl !== null && !isResponseUrl(to.responseUrl, o.settings.apiUrl)) {
        o.logger.warn(
          { user: to.user },
          "a response URL is not Slack's; nothing was sent there, and an ephemeral message is tried",
        );
      } else if (to.responseUrl !== null) {
        try {
          await postToResponseUrl(
            to.responseUrl,
            to.thread,
            shown(message),
            timeout,
            fetchFor(o.settings.proxy),
          );
          return;
        } catch (error) {
          const failure = SlackFailure.from(error, doing);
          o.logger.warn(
            failure.fields,
            "the response URL did not take the answer; trying an ephemeral message",
          );
        }
      }
      try {
        await send(doing, message, (content) =>
          client.chat.postEphemeral({
            ...content,
            channel: to.channel,
            user: to.user,
            ...inThread(to.thread),
          }),
        );
      } catch (error) {
        const failure = SlackFailure.from(error, doing);
        if (!CHANNEL_REFUSED.test(failure.code)) throw failure;
        o.logger.warn(failure.fields, "trying a direct message");
        // Slack takes a person's id for the channel, as their direct messages with the bot.
        await postTo(doing, to.user, null, message);
      }
    },

    async upload(channel, thread, file) {
      const doing = `uploading ${file.name} to ${channel}`;
      try {
        const where = thread === null ? { channel_id: channel } : { channel_id: channel, thread_ts: thread };
        const what = { filename: fileName(file.name), title: file.title };
        if ("png" in file) {
          // No `alt_text`: with one, Slack says ok and shows the file to nobody (slackapi/python-slack-sdk#1818).
          const above = free(file.caption, LIMITS.sectionText).text;
          await client.files.uploadV2({
            ...where,
            ...what,
            file: Buffer.from(file.png),
            initial_comment: above,
          });
        } else {
          // Slack takes no empty file.
          const content = scrub(file.text) || "\n";
          await client.files.uploadV2({ ...where, ...what, content });
        }
      } catch (error) {
        const failure = SlackFailure.from(error, doing);
        if (!FILES_REFUSED.includes(failure.code)) throw failure;
        o.logger.error(failure.fields, "Slack takes no files from us; sending their words as a message");
        await postTo(doing, channel, thread, renderFile(file, failure));
      }
    },

    async permalink(channel, ts) {
      const doing = `asking for the address of a message in ${channel}`;
      const { permalink } = await attempt(doing, () => client.chat.getPermalink({ channel, message_ts: ts }));
      if (permalink === undefined)
        throw new SlackFailure("server_error", { doing, detail: "No address in the answer." });
      return permalink;
    },

    async publish(user, home) {
      await attempt("drawing a Home", () => client.views.publish({ user_id: user, view: shownView(home) }));
    },

    async whoAmI() {
      const answer = await attempt("checking the bot token", () => client.auth.test());
      return {
        userId: answer.user_id ?? "",
        team: answer.team ?? "",
        teamId: answer.team_id ?? "",
        scopes: answer.response_metadata?.scopes ?? null,
      };
    },
  };
}

function inThread(thread: string | null): { thread_ts?: string } {
  return thread === null ? {} : { thread_ts: thread };
}

/** A name without folders, and never none: it becomes a file on the disk of whoever downloads it. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "file.txt";
}
