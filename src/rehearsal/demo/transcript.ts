import { setInterval } from "node:timers";
import type { LocalMessage, LocalSlack } from "../local-slack/local-slack.js";
import { plainText } from "./plain-text.js";

/** Prints what appears in a channel, as text, while it happens. */
export interface Transcript {
  /** Prints what is new by now. */
  flush(): Promise<void>;
  /** Prints what is new and stops. */
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 200;

const NAMES: Readonly<Record<string, string>> = { U0BOT: "mesos", U01ALICE: "alice", U02BOB: "bob" };

/** @param print takes one block of text at a time. */
export function startTranscript(
  slack: LocalSlack,
  channel: string,
  print: (text: string) => void,
): Transcript {
  const shown = new Map<string, string>();
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    for (const message of await slack.messages(channel)) {
      const text = plainText(message, NAMES);
      const before = shown.get(message.ts);
      if (before === text) continue;
      shown.set(message.ts, text);
      print(entry(message, text, before !== undefined));
    }
  }

  const timer = setInterval(() => {
    // One look at a time; a local Slack that is being stopped answers no more.
    looking = looking.then(look).catch(() => undefined);
  }, LOOK_EVERY_MS);

  async function flush(): Promise<void> {
    looking = looking.then(look);
    await looking;
  }

  return {
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

function entry(message: LocalMessage, text: string, edited: boolean): string {
  const inThread = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  const indent = inThread ? "    │ " : "";
  const who = NAMES[message.user ?? ""] ?? "mesos";
  const to =
    message.ephemeral_to === undefined
      ? ""
      : ` (only ${NAMES[message.ephemeral_to] ?? message.ephemeral_to} sees this)`;
  const head = `${indent}${who}${to}${edited ? " (edited)" : ""}:`;
  return [head, ...text.split("\n").map((line) => `${indent}  ${line}`)].join("\n");
}
