import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { anybody } from "../../../src/maintenance/text/reader.js";
import { plainText } from "../../../src/rehearsal/demo/plain-text.js";
import type { SlackMessage } from "../../../src/slack/render/blocks.js";
import { type AdoptValue, type ButtonValue, parseButton } from "../../../src/slack/render/button-value.js";
import { renderReply } from "../../../src/slack/render/reply.js";
import type { Messenger } from "../../../src/slack/say/messenger.js";

/** A message in a channel as it stands there now. */
export interface Posted {
  readonly ts: string;
  readonly channel: string;
  /** `null` for the root message of a thread. */
  readonly thread: string | null;
  readonly text: string;
  readonly buttons: readonly ButtonValue[];
  /** Its buttons for machines that nobody looks after. */
  readonly adopts: readonly AdoptValue[];
}

/** What one person was told. */
export interface Told {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
}

/** A file in a thread, or in somebody's direct messages. */
export interface Filed {
  readonly channel: string;
  readonly thread: string | null;
  readonly name: string;
  readonly title: string;
  /** Of a picture, its caption. */
  readonly text: string;
}

const NAMES = { U01ALICE: "alice", U02BOB: "bob", U03CAROL: "carol" };

/** Keeps what Slack has taken from the messenger, by channel, thread and person, so that a test can read it. */
export class RecordedSlack {
  readonly told: Told[] = [];
  readonly files: Filed[] = [];
  #posted: Posted[] = [];

  /** All messages of a channel, oldest first, each as it stands now. */
  channel(channel: string): readonly Posted[] {
    return this.#posted.filter((message) => message.channel === channel);
  }

  /** The same messenger, with an eye on what it got through. */
  through(messenger: Messenger): Messenger {
    return {
      ...messenger,
      post: async (channel, thread, message, how) => {
        const posted = await messenger.post(channel, thread, message, how);
        this.#posted.push({ ...posted, thread, ...shown(message) });
        return posted;
      },
      update: async (channel, ts, message) => {
        await messenger.update(channel, ts, message);
        this.#posted = this.#posted.map((old) => (old.ts === ts ? { ...old, ...shown(message) } : old));
      },
      upload: async (channel, thread, file) => {
        await messenger.upload(channel, thread, file);
        const { name, title } = file;
        this.files.push({ channel, thread, name, title, text: "text" in file ? file.text : file.caption });
      },
      reply: async (to, reply, whole) => {
        await messenger.reply(to, reply, whole);
        this.told.push({
          channel: to.channel,
          user: to.user,
          text: shown(renderReply(reply, anybody(to.command, Date.now()), whole)).text,
        });
      },
    };
  }
}

/** The newest button of a kind among messages. */
export function buttonOf(
  messages: readonly Posted[],
  kind: Decision["kind"],
): { readonly message: Posted; readonly value: ButtonValue } | null {
  const message = messages.findLast((one) => one.buttons.some((value) => value.decision.kind === kind));
  const value = message?.buttons.find((one) => one.decision.kind === kind);
  return message === undefined || value === undefined ? null : { message, value };
}

function shown({ text, blocks }: SlackMessage): Pick<Posted, "text" | "buttons" | "adopts"> {
  const rows = blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
  const values = rows.flatMap((element) => parseButton("value" in element ? element.value : undefined) ?? []);
  const buttons = values.filter((value) => "decision" in value);
  const adopts = values.filter((value) => "adopt" in value);
  return {
    text: plainText({ ts: "", text, blocks } as unknown as Parameters<typeof plainText>[0], NAMES),
    buttons,
    adopts,
  };
}
