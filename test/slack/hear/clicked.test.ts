import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { INPUT } from "../../../src/slack/hear/modals.js";
import { encodeButton } from "../../../src/slack/render/button-value.js";
import { FakeSlack } from "../fake-slack.js";
import { HOUR, keepingLogger } from "../fixtures.js";
import { Recorder } from "../recorder.js";
import { until } from "../until.js";

const DENY = { kind: "deny" as const, batch: "b1", approval: "a1", reason: null };

let slack: FakeSlack;

let app: SlackApp;

let handlers: Recorder;

let acks: string[];

let count = 0;

beforeEach(async () => {
  slack = await FakeSlack.start();
  handlers = new Recorder();
  acks = [];
  app = createSlackApp({
    settings: slack.settings("socket"),
    handlers,
    logger: keepingLogger(),
    onAck: (kind) => acks.push(kind),
  });
  await app.start();
});

afterEach(async () => {
  await app.stop();
  await slack.stop();
});

/** Sends something interactive and resolves with the payload of its acknowledgement. */
async function send(payload: object): Promise<unknown> {
  count += 1;
  const id = `envelope-${count}`;
  slack.socket()?.send({ type: "interactive", envelope_id: id, accepts_response_payload: true, payload });
  const ack = await until(() =>
    (slack.socket()?.received ?? []).find((one) => (one as { envelope_id: string }).envelope_id === id),
  );
  return (ack as { payload?: unknown }).payload;
}

const BOB = { id: "U02BOB", name: "bob", team_id: "T01" };

const TEAM = { id: "T01", domain: "ops" };

function click(value: string, trigger = `trigger-${count}`): Promise<unknown> {
  return send({
    type: "block_actions",
    user: BOB,
    team: TEAM,
    channel: { id: "C01OPS", name: "ops" },
    message: { ts: "1.2", thread_ts: "1.1" },
    container: { type: "message", message_ts: "1.2", channel_id: "C01OPS" },
    trigger_id: trigger,
    response_url: slack.responseUrl(),
    actions: [{ type: "button", action_id: "x:m-7k3q", block_id: "b", action_ts: "1", value }],
  });
}

const decide = (decision: Decision) => click(encodeButton({ v: 1, id: "m-7k3q", decision }));

/** Submits the modal that Slack was asked to open. */
async function submit(input: object): Promise<unknown> {
  const opened = await until(() => slack.callsOf("views.open").at(-1));
  const view = { ...(opened.view as object), id: "V1", state: { values: { [INPUT]: { [INPUT]: input } } } };
  return await send({ type: "view_submission", user: BOB, team: TEAM, trigger_id: "trigger-v", view });
}

describe("Deny", () => {
  test("Deny asks for the reason first and decides nothing until it is there", async () => {
    await decide(DENY);
    const opened = await until(() => slack.callsOf("views.open")[0]);
    expect(opened).toMatchObject({ view: { title: { text: "Deny Down of m-7k3q" } } });
    expect(handlers.clicks).toEqual([]);
    expect(slack.responses).toEqual([]);
  });

  test("Deny is decided with its reason once it is submitted, and answered where it was clicked", async () => {
    handlers.answer = async () => replyOf({ tone: "refused", text: "Already denied by <@U03CAROL>." });
    await decide(DENY);
    expect(await submit({ type: "plain_text_input", value: "peak hours" })).toEqual({});
    await until(() => slack.responses.length === 1);
    expect(handlers.clicks).toEqual([
      {
        button: { v: 1, id: "m-7k3q", decision: { ...DENY, reason: "peak hours" } },
        user: "U02BOB",
        channel: "C01OPS",
        thread: "1.1",
        command: "/mesos",
        responseUrl: slack.responseUrl(),
        triggerId: "trigger-v",
      },
    ]);
    expect(slack.responses[0]).toMatchObject({ text: "🚫 Already denied by <@U03CAROL>.", thread_ts: "1.1" });
    expect(acks).toEqual(["click", "modal"]);
  });

  test("Deny without a reason stays open and decides nothing", async () => {
    await decide(DENY);
    expect(await submit({ type: "plain_text_input", value: "  " })).toEqual({
      response_action: "errors",
      errors: { [INPUT]: expect.stringContaining("in a few words") },
    });
    expect(handlers.clicks).toEqual([]);
  });

  test.each([
    ["refuses", { error: "expired_trigger_id" }],
    ["asks to wait", { status: 429, headers: { "retry-after": "30" } }],
  ] as const)(
    "Deny goes on without a reason, and says so, when Slack %s to open the dialog",
    async (_, answer) => {
      slack.once("views.open", answer);
      await decide(DENY);
      await until(() => slack.responses.length === 1);
      expect(handlers.clicks).toMatchObject([{ button: { decision: DENY } }]);
      expect(slack.responses[0]?.text).toContain("Deny goes on without a reason");
    },
  );

  test("a Deny that cannot be queued either is not said to go on", async () => {
    slack.once("views.open", { error: "expired_trigger_id" });
    handlers.answer = async () => replyOf({ tone: "error", text: "The bot's queue is away." });
    await decide(DENY);
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]?.text).toBe("❗ The bot's queue is away.");
  });
});

describe("Extend", () => {
  test("Extend asks by how much", async () => {
    await decide({ kind: "extend", byMs: HOUR });
    await submit({ type: "radio_buttons", selected_option: { value: String(2 * HOUR) } });
    await until(() => handlers.clicks.length === 1);
    expect(handlers.clicks).toMatchObject([{ button: { decision: { kind: "extend", byMs: 2 * HOUR } } }]);
  });

  test("Extend changes nothing when Slack does not open the dialog, and names the command", async () => {
    slack.once("views.open", { error: "expired_trigger_id" });
    await decide({ kind: "extend", byMs: HOUR });
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]?.text).toContain("*Not done:* The window was not extended.");
    expect(JSON.stringify(slack.responses[0])).toContain("/mesos extend m-7k3q 1h");
    expect(handlers.clicks).toEqual([]);
  });
});

test("Details shows the person alone what the handler says", async () => {
  handlers.answer = async () => replyOf({ tone: "info", text: "m-7k3q is draining." });
  await click(encodeButton({ v: 1, id: "m-7k3q", show: "details" }));
  await until(() => slack.responses.length === 1);
  expect(handlers.clicks).toMatchObject([
    { button: { id: "m-7k3q", show: "details" }, user: "U02BOB", thread: "1.1" },
  ]);
  expect(slack.responses[0]).toMatchObject({ response_type: "ephemeral", text: "ℹ️ m-7k3q is draining." });
  expect(slack.callsOf("views.open")).toEqual([]);
});

test("a dialog of another version stays open with a word on what to do", async () => {
  const view = {
    callback_id: "deny",
    private_metadata: "{}",
    id: "V1",
    type: "modal",
    state: { values: {} },
  };
  expect(await send({ type: "view_submission", user: BOB, team: TEAM, trigger_id: "t", view })).toEqual({
    response_action: "errors",
    errors: { [INPUT]: expect.stringContaining("press the button again") },
  });
});

test("Approve decides at once: Slack has asked already", async () => {
  await decide({ kind: "approve", batch: "b1", approval: "a1" });
  await until(() => handlers.clicks.length === 1);
  expect(slack.callsOf("views.open")).toEqual([]);
});
