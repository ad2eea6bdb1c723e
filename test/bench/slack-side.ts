import { createHmac, randomUUID } from "node:crypto";
import { Pool } from "undici";
import { BOT_TOKEN, SIGNING_SECRET } from "../slack/fake-slack.js";
import { startChild } from "./child.js";

/** Slack as the program sees it: an API to call, and somebody who sends it signed commands. */
export interface SlackSide {
  /** Settings of the program, HTTP mode on this port. */
  env(port: number): Record<string, string>;
  /** A slash command, signed now and ready to be sent. */
  command(text: string): SignedCommand;
  stop(): Promise<void>;
}

export interface SignedCommand {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Starts the fake Slack in a process of its own. */
export async function startSlackSide(): Promise<SlackSide> {
  const { child, first } = await startChild("slack-process");
  const { url } = first as { url: string };
  return {
    env: (port) => ({
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_SIGNING_SECRET: SIGNING_SECRET,
      SLACK_API_URL: `${url}/api/`,
      PORT: String(port),
    }),
    command(text) {
      const body = new URLSearchParams({
        command: "/mesos",
        text,
        user_id: "U01ALICE",
        user_name: "alice",
        channel_id: "C01OPS",
        channel_name: "ops",
        team_id: "T01",
        team_domain: "ops",
        trigger_id: randomUUID(),
        response_url: `${url}/response/1`,
      }).toString();
      const timestamp = Math.floor(Date.now() / 1000);
      const signature = createHmac("sha256", SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest("hex");
      return {
        body,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "x-slack-request-timestamp": String(timestamp),
          "x-slack-signature": `v0=${signature}`,
        },
      };
    },
    stop: () => child.stop(),
  };
}

/** Kept connections to one address, as a client at Slack's scale has them. */
export function connectionsTo(port: number): Pool {
  return new Pool(`http://127.0.0.1:${port}`, { connections: 64, pipelining: 1 });
}

/** Resolves when the whole answer is here. Throws unless it is a 200. */
export async function send(pool: Pool, { headers, body }: SignedCommand): Promise<void> {
  const answer = await pool.request({ path: "/slack/events", method: "POST", headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200)
    throw new Error(`A command was answered with ${answer.statusCode}: ${text.slice(0, 200)}`);
}
