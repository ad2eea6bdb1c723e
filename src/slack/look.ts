import type { Secret } from "../base/secret.js";
import { groupMembers } from "./people/group-members.js";
import { attempt, SlackFailure } from "./wire/errors.js";
import { createWebClient, type WebClientOptions } from "./wire/web-client.js";

const TIMEOUT_MS = 10_000;

/** No message has this `ts`: Slack counts from 1970. */
const NO_MESSAGE = "1.000000";

/** What a token is told of a channel. */
export type ChannelSight =
  /** The bot is a member; `null` where the token may not know. */
  | { readonly kind: "seen"; readonly isMember: boolean | null }
  /** There is no such channel, or it is private and the bot is not in it. */
  | { readonly kind: "hidden"; readonly failure: SlackFailure };

/** Questions to Slack that post and change nothing. Each throws a SlackFailure and nothing else. */
export interface SlackLook {
  /** Whether a socket could be opened with an app-level token: Slack gives out an address, and nobody connects to it. */
  tryAppToken(appToken: Secret): Promise<void>;
  /**
   * Whether a channel is there, by asking for the address of a message that cannot be: that takes no scope. Whether the bot
   * is a member only `channels:read` tells (`groups:read` of a private channel), which the bot does not ask for; where a
   * token has it all the same it is used.
   */
  channel(id: string, scopes: readonly string[]): Promise<ChannelSight>;
  /** How many people are in a user group. */
  groupSize(id: string): Promise<number>;
}

export function createSlackLook(o: WebClientOptions): SlackLook {
  const client = createWebClient(o, TIMEOUT_MS);

  async function isMember(channel: string): Promise<boolean | null> {
    const asked = await client.conversations.info({ channel });
    return asked.channel?.is_member ?? null;
  }

  return {
    async tryAppToken(appToken) {
      const token = appToken.reveal();
      await attempt("asking for a Socket Mode connection", () => client.apps.connections.open({ token }));
    },

    async channel(id, scopes) {
      const doing = `looking for the channel ${id}`;
      try {
        await attempt(doing, () => client.chat.getPermalink({ channel: id, message_ts: NO_MESSAGE }));
      } catch (error) {
        const failure = SlackFailure.from(error, doing);
        if (failure.code === "channel_not_found") return { kind: "hidden", failure };
        if (failure.code !== "message_not_found") throw failure;
      }
      const mayAsk = scopes.includes("channels:read") || scopes.includes("groups:read");
      return { kind: "seen", isMember: mayAsk ? await isMember(id).catch(() => null) : null };
    },

    groupSize: async (id) => (await groupMembers(client, id)).length,
  };
}
