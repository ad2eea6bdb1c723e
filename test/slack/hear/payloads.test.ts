import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { encodeButton } from "../../../src/slack/render/button-value.js";
import { FakeSlack, SIGNING_SECRET } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";
import { Recorder } from "../recorder.js";
import { until } from "../until.js";

let slack: FakeSlack;

let app: SlackApp;

let handlers: Recorder;

let logger: ReturnType<typeof keepingLogger>;

async function start(mode: "http" | "socket"): Promise<void> {
  slack = await FakeSlack.start();
  handlers = new Recorder();
  logger = keepingLogger();
  app = createSlackApp({ settings: slack.settings(mode), handlers, logger });
  await app.start();
}

afterEach(async () => {
  await app.stop();
  await slack.stop();
});

const COMMAND = {
  command: "/mesos",
  text: "status",
  user_id: "U01ALICE",
  channel_id: "C01OPS",
  team_id: "T01",
  trigger_id: "trigger-1",
};

const BUTTON = encodeButton({ v: 1, id: "m-7k3q2", decision: { kind: "hold", reason: null } });

const CLICK = {
  type: "block_actions",
  user: { id: "U02BOB", team_id: "T01" },
  team: { id: "T01", domain: "ops" },
  channel: { id: "C01OPS", name: "ops" },
  message: { ts: "1.2", thread_ts: "1.1" },
  container: { type: "message", message_ts: "1.2", channel_id: "C01OPS" },
  trigger_id: "trigger-2",
  actions: [{ type: "button", action_id: "hold:m-7k3q2", block_id: "b", action_ts: "1", value: BUTTON }],
};

const SUBMISSION = {
  type: "view_submission",
  user: { id: "U02BOB", team_id: "T01" },
  team: { id: "T01", domain: "ops" },
  trigger_id: "trigger-3",
  view: {
    type: "modal",
    id: "V1",
    callback_id: "deny",
    private_metadata: "{}",
    state: { values: { answer: { answer: { type: "plain_text_input", value: "no" } } } },
  },
};

const EVENT = {
  type: "event_callback",
  team_id: "T01",
  event: { type: "app_home_opened", user: "U01ALICE", channel: "D01", tab: "home" },
};

const { command: _, ...noCommand } = COMMAND;

/** What somebody with the secret could sign, and no Slack sends to this app. */
const ODD: readonly (readonly [string, unknown])[] = [
  ...[null, 0, 5, -1.5, true, false, "", "text", "null", [], [[]], [COMMAND], [null], {}].map(
    (body) => [`${JSON.stringify(body)}`, body] as const,
  ),
  ["a command without its name", noCommand],
  ...["user_id", "channel_id", "trigger_id"].flatMap((key) =>
    [undefined, null, 7, {}, [], "", "<!channel>"].map(
      (value) =>
        [`a command whose ${key} is ${JSON.stringify(value)}`, { ...COMMAND, [key]: value }] as const,
    ),
  ),
  ...["__proto__", "constructor", "toString"].flatMap((name): [string, unknown][] => [
    [`a command of the workspace ${name}`, { ...COMMAND, team_id: name }],
    [`a command of the organization ${name}`, { ...COMMAND, enterprise_id: name }],
    [`a click of the workspace ${name}`, { ...CLICK, user: { id: "U02BOB" }, team: { id: name } }],
    [`a click of a person of ${name}`, { ...CLICK, user: { id: "U02BOB", team_id: name } }],
  ]),
  ["a command that is a number", { ...COMMAND, command: 5 }],
  ["a command without a slash", { ...COMMAND, command: "mesos" }],
  ["a command whose text is a list", { ...COMMAND, text: ["drain"] }],
  ...["user", "trigger_id", "actions"].flatMap((key) =>
    [undefined, null, 7, "x y", []].map(
      (value) => [`a click whose ${key} is ${JSON.stringify(value)}`, { ...CLICK, [key]: value }] as const,
    ),
  ),
  ["a click of nobody", { ...CLICK, user: { team_id: "T01" } }],
  ["a click on nothing", { ...CLICK, actions: [null] }],
  ["a click on a number", { ...CLICK, actions: [1] }],
  ["a click in a container that is a text", { ...CLICK, container: "message" }],
  ["a click in a channel without an id", { ...CLICK, channel: {} }],
  ["a click of a team that is a text", { ...CLICK, team: "T01" }],
  ...["user", "view", "trigger_id"].flatMap((key) =>
    [undefined, null, 7, []].map(
      (value) =>
        [`a dialog whose ${key} is ${JSON.stringify(value)}`, { ...SUBMISSION, [key]: value }] as const,
    ),
  ),
  ["a dialog without a state", { ...SUBMISSION, view: { ...SUBMISSION.view, state: null } }],
  [
    "a dialog whose values are a list",
    { ...SUBMISSION, view: { ...SUBMISSION.view, state: { values: [] } } },
  ],
  [
    "a dialog with a value that is a number",
    { ...SUBMISSION, view: { ...SUBMISSION.view, state: { values: { answer: { answer: { value: 5 } } } } } },
  ],
  [
    "a dialog with a date beyond all calendars",
    {
      ...SUBMISSION,
      view: { ...SUBMISSION.view, state: { values: { start: { start: { selected_date_time: 1e300 } } } } },
    },
  ],
  ["a dialog without metadata", { ...SUBMISSION, view: { ...SUBMISSION.view, private_metadata: null } }],
  ["a dialog that was closed", { ...SUBMISSION, type: "view_closed" }],
  ["an event that is null", { ...EVENT, event: null }],
  ["an event that is a text", { ...EVENT, event: "app_home_opened" }],
  ["an event that is a list", { ...EVENT, event: [] }],
  ["an event of nobody", { ...EVENT, event: { type: "app_home_opened", tab: "home" } }],
  ["an event with an odd item", { ...EVENT, event: { type: "reaction_added", item: 5 } }],
  ["another event", { ...EVENT, event: { type: "app_uninstalled" } }],
  ["a look-up of options", { type: "block_suggestion", user: { id: "U1" }, value: "x" }],
  ["a shortcut", { type: "shortcut", user: { id: "U1" }, trigger_id: "1" }],
  [
    "a step of a workflow",
    { type: "event_callback", event: { type: "function_executed" }, function_data: null },
  ],
  ["a prototype", JSON.parse('{"__proto__":{"command":"/mesos"},"constructor":null}')],
  ["a type that every object has", { type: "toString" }],
];

const now = () => Math.floor(Date.now() / 1_000);

async function send(body: string, type: string): Promise<number> {
  const at = now();
  const hmac = createHmac("sha256", SIGNING_SECRET).update(`v0:${at}:${body}`).digest("hex");
  const response = await fetch(`http://127.0.0.1:${app.port()}/slack/events`, {
    method: "POST",
    headers: {
      "content-type": type,
      "x-slack-request-timestamp": String(at),
      "x-slack-signature": `v0=${hmac}`,
    },
    body,
  });
  await response.text();
  return response.status;
}

const form = (payload: unknown) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

const isSaid = () =>
  logger.lines.some((line) =>
    /^warn .*(was acknowledged and left alone|was refused).*Nothing was done\./.test(line),
  );

describe("a signed body that is not what Slack sends is answered and left alone, and the bot goes on", () => {
  beforeEach(() => start("http"));

  test.each(ODD)("%s", async (_, body) => {
    expect(await send(JSON.stringify(body), "application/json")).toBe(200);
    expect(isSaid()).toBe(true);
    expect(await send(form(body), "application/x-www-form-urlencoded")).toBe(200);
    expect(await send(new URLSearchParams(COMMAND).toString(), "application/x-www-form-urlencoded")).toBe(
      200,
    );
    await until(() => handlers.commands.length === 1);
    expect(handlers.clicks).toEqual([]);
    expect(handlers.homes).toEqual([]);
    expect(logger.lines.filter((line) => line.startsWith("error"))).toEqual([]);
  });

  test("a command whose fields are there twice is left alone", async () => {
    const twice = `${new URLSearchParams(COMMAND)}&user_id=U02BOB`;
    expect(await send(twice, "application/x-www-form-urlencoded")).toBe(200);
    expect(isSaid()).toBe(true);
    expect(handlers.commands).toEqual([]);
  });

  test("a body of brackets, as deep as it fits, is left alone", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect([200, 400]).toContain(await send(deep, "application/json"));
    expect(isSaid()).toBe(true);
  });
});

describe("the same over the socket", () => {
  beforeEach(() => start("socket"));

  test("is acknowledged and left alone, and the bot goes on", async () => {
    let sent = 0;
    for (const [, payload] of ODD) {
      for (const type of ["interactive", "slash_commands", "events_api"]) {
        sent += 1;
        slack.socket()?.send({ type, envelope_id: `odd-${sent}`, payload, accepts_response_payload: true });
      }
    }
    slack.socket()?.send({
      ...{ type: "slash_commands", envelope_id: "last", accepts_response_payload: true },
      payload: COMMAND,
    });
    await until(() => handlers.commands.length === 1);
    const known = () =>
      (slack.socket()?.received ?? []).map((one) => (one as { envelope_id: string }).envelope_id);
    await until(() => known().includes("last"));
    expect(known()).toContain("odd-1");
    expect(handlers.clicks).toEqual([]);
    expect(handlers.homes).toEqual([]);
    expect(isSaid()).toBe(true);
  });
});
