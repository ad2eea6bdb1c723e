import { createHmac, randomUUID } from "node:crypto";
import { Pool } from "undici";
import { type ButtonValue, encodeButton } from "../../src/slack/render/button-value.js";
import { BOT_TOKEN, SIGNING_SECRET } from "../slack/fake-slack.js";
import { startChild } from "./child.js";

/** Slack as the program sees it: an API to call, and somebody who sends it signed commands. */
export interface SlackSide {
  /** Settings of the program, HTTP mode on this port. */
  env(port: number): Record<string, string>;
  /** A slash command, signed now and ready to be sent; the maintenance that it opens is named after the trigger. */
  command(text: string, trigger?: string): SignedRequest;
  /** The message in which a question was asked, by the id of its approval; `null` where it was not asked yet. */
  question(approval: string): Promise<string | null>;
  /** A click of somebody else on a button of a message. */
  click(value: ButtonValue, message: string): SignedRequest;
  stop(): Promise<void>;
}

export interface SignedRequest {
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
      // One person asks for everything.
      COMMANDS_PER_MINUTE: "10000",
    }),
    command: (text, trigger = randomUUID()) =>
      signed({
        command: "/mesos",
        text,
        user_id: "U01ALICE",
        user_name: "alice",
        channel_id: "C01OPS",
        channel_name: "ops",
        team_id: "T01",
        team_domain: "ops",
        trigger_id: trigger,
        response_url: `${url}/response/1`,
      }),
    question: async (approval) => (await child.ask(approval)) as string | null,
    click: (value, message) =>
      signed({
        payload: JSON.stringify({
          type: "block_actions",
          user: { id: "U02BOB", team_id: "T01" },
          team: { id: "T01", domain: "ops" },
          channel: { id: "C01OPS", name: "ops" },
          message: { ts: message, thread_ts: "1.1" },
          container: { type: "message", message_ts: message, channel_id: "C01OPS" },
          trigger_id: randomUUID(),
          response_url: `${url}/response/1`,
          actions: [
            {
              type: "button",
              action_id: `${value.decision.kind}:${value.id}`,
              block_id: "b",
              action_ts: "1",
              value: encodeButton(value),
            },
          ],
        }),
      }),
    stop: () => child.stop(),
  };
}

/** A request as Slack sends it, signed now. */
function signed(form: Record<string, string>): SignedRequest {
  const body = new URLSearchParams(form).toString();
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
}

/** Kept connections to one address, as a client at Slack's scale has them. */
export function connectionsTo(port: number): Pool {
  return new Pool(`http://127.0.0.1:${port}`, { connections: 64, pipelining: 1 });
}

/** Resolves when the whole answer is here. Throws unless it is a 200. */
export async function send(pool: Pool, { headers, body }: SignedRequest): Promise<void> {
  const answer = await pool.request({ path: "/slack/events", method: "POST", headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200)
    throw new Error(`A command was answered with ${answer.statusCode}: ${text.slice(0, 200)}`);
}
