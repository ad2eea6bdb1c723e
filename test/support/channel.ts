import { plainText } from "../../src/rehearsal/demo/plain-text.js";
import type { Program } from "../../src/rehearsal/demo/program.js";
import type { LocalMessage, LocalSlack } from "../../src/rehearsal/local-slack/local-slack.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalMarathon } from "./marathon/marathon.js";
import { until } from "./until.js";

/** One channel of the local Slack with the cluster that is maintained from there. */
export interface Channel {
  readonly slack: LocalSlack;
  readonly master: RehearsalMaster;
  readonly marathon: RehearsalMarathon | null;
  /** Slack channel id. */
  readonly channel: string;
  type(user: string, text: string): Promise<void>;
  /** Clicks a button of the message as it stands now. */
  click(user: string, message: LocalMessage, action: string): Promise<void>;
  /** Clicks a button of the message as it stood then, on a screen that has been offline since. */
  clickAsSeen(user: string, message: LocalMessage, action: string): Promise<void>;
  /** Clicks a button that opens a modal, and submits the modal with this answer. */
  clickAndAnswer(user: string, message: LocalMessage, action: string, answer?: string): Promise<void>;
  /** Everything in the channel as text, oldest first. */
  messages(): Promise<readonly Shown[]>;
  /** Waits for a message in the thread. */
  thread(words: RegExp, limitMs?: number): Promise<Shown>;
  /** Waits for a message that only this person sees. */
  told(user: string, words: RegExp, limitMs?: number): Promise<Shown>;
  /** Waits for the root message to say this. */
  root(words: RegExp, limitMs?: number): Promise<Shown>;
  /** Waits for the open question with its buttons. */
  question(limitMs?: number): Promise<Shown>;
}

export interface Shown {
  readonly message: LocalMessage;
  readonly text: string;
  readonly place: "root" | "thread" | "person";
  readonly to: string | null;
  readonly buttons: readonly string[];
}

/** What people do and see in one channel. `programs` are asked for their logs when something was not seen. */
export function channelOf(o: {
  readonly slack: LocalSlack;
  readonly master: RehearsalMaster;
  readonly marathon?: RehearsalMarathon | null;
  readonly channel: string;
  /** User ids and how they are shown. */
  readonly names: Readonly<Record<string, string>>;
  readonly programs: () => readonly Pick<Program, "log">[];
}): Channel {
  const { slack, master, marathon = null, channel, names } = o;
  const messages = async (): Promise<Shown[]> =>
    (await slack.messages(channel)).map((message) => shown(message, names));
  const find = (what: string, wanted: (m: Shown) => boolean, limitMs?: number) =>
    until(`${what}`, async () => (await messages()).findLast(wanted), limitMs).catch(
      async (error: unknown) => {
        const seen = (await messages())
          .map((m) => `  [${m.place}] ${m.text.replaceAll("\n", "\n    ")}`)
          .join("\n");
        const logs = o
          .programs()
          .map((program) => program.log().split("\n").slice(-25).join("\n"))
          .join("\n--\n");
        throw new Error(`${error instanceof Error ? error.message : error}\nShown:\n${seen}\nLog:\n${logs}`);
      },
    );
  const click = (user: string, message: LocalMessage, action: string) =>
    slack.interact({ channel, messageTs: message.ts, user, action });

  return {
    slack,
    master,
    marathon,
    channel,
    type: (user, text) => slack.command({ channel, user, text }),
    click,
    clickAsSeen: (user, seen, action) => slack.interact({ channel, messageTs: seen.ts, user, action, seen }),
    async clickAndAnswer(user, message, action, answer) {
      await click(user, message, action);
      await slack.submitModal({ user, ...(answer === undefined ? {} : { answer }) });
    },
    messages,
    thread: (words, limitMs) =>
      find(`${words} in the thread`, (m) => m.place === "thread" && words.test(m.text), limitMs),
    told: (user, words, limitMs) =>
      find(
        `${words} told to ${user}`,
        (m) => m.place === "person" && m.to === user && words.test(m.text),
        limitMs,
      ),
    root: (words, limitMs) =>
      find(`${words} on the card`, (m) => m.place === "root" && words.test(m.text), limitMs),
    question: (limitMs) =>
      find("the question", (m) => m.buttons.some((id) => id.startsWith("approve")), limitMs),
  };
}

function shown(message: LocalMessage, names: Readonly<Record<string, string>>): Shown {
  const place =
    message.ephemeral_to !== undefined
      ? "person"
      : message.thread_ts !== undefined && message.thread_ts !== message.ts
        ? "thread"
        : "root";
  return {
    message,
    text: plainText(message, names),
    place,
    to: message.ephemeral_to ?? null,
    buttons: message.blocks.flatMap(
      (block) => block.elements?.flatMap((element) => element.action_id ?? []) ?? [],
    ),
  };
}
