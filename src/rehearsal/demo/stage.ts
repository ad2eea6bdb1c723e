import type { World } from "../../maintenance/cluster/world.js";
import type { LocalMessage } from "../local-slack/local-slack.js";
import type { Installation } from "./installation.js";
import { until } from "./until.js";

export interface Person {
  readonly id: string;
  readonly name: string;
}

export const ALICE: Person = { id: "U01ALICE", name: "alice" };

export const BOB: Person = { id: "U02BOB", name: "bob" };

/** Tells what people do, and what was seen at the master. */
export interface Narrator {
  does(who: string, what: string): Promise<void>;
  seen(what: string): Promise<void>;
}

export type Stage = ReturnType<typeof stageOf>;

/**
 * What people do in Slack, and what is awaited there and at the master; the first thing that is not seen is thrown.
 *
 * @param patienceMs how long things are awaited where nothing else is said.
 */
export function stageOf({ slack, channel, master }: Installation, narrator: Narrator, patienceMs?: number) {
  const inSlack = (what: string, wanted: (message: LocalMessage) => boolean) =>
    until(what, async () => (await slack.messages(channel)).find(wanted), patienceMs);
  return {
    inSlack,
    async type(who: Person, text: string): Promise<void> {
      await narrator.does(who.name, `/mesos ${text}`);
      await slack.command({ channel, user: who.id, text });
    },
    async press(who: Person, message: LocalMessage, label: string, action: string): Promise<void> {
      await narrator.does(who.name, `[${label}]`);
      await slack.interact({ channel, messageTs: message.ts, user: who.id, action });
    },
    inThread: (what: string, words: RegExp) =>
      inSlack(`${what} in the thread`, (m) => isReply(m) && words.test(allText(m))),
    told: (who: Person, what: string, words: RegExp) =>
      inSlack(what, (m) => m.ephemeral_to === who.id && words.test(allText(m))),
    root: () =>
      inSlack(
        "the maintenance's message in the channel",
        (m) => !isReply(m) && m.ephemeral_to === undefined && /m-[a-z0-9]+ · Drain/.test(allText(m)),
      ),
    /** The newest question that can be answered. */
    openQuestion: async () =>
      (await slack.messages(channel)).findLast((m) => isReply(m) && hasButton(m, "approve")),
    atMaster: <T>(
      what: string,
      look: (world: World) => T | null | false | Promise<T | null | false>,
      limitMs = patienceMs,
    ) => until(`${what} at the master`, async () => look(await master.snapshot()), limitMs),
  };
}

export function isReply(message: LocalMessage): boolean {
  return (
    message.thread_ts !== undefined && message.thread_ts !== message.ts && message.ephemeral_to === undefined
  );
}

export function hasButton(message: LocalMessage, action: string): boolean {
  return message.blocks.some((block) =>
    block.elements?.some((element) => element.action_id?.startsWith(action)),
  );
}

export function allText(message: LocalMessage): string {
  return `${message.text}\n${JSON.stringify(message.blocks)}`;
}

/** The id of the maintenance that a message is about. */
export function idIn(message: LocalMessage): string {
  return /m-[a-z0-9]+/.exec(allText(message))?.[0] ?? "";
}
