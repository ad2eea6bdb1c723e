import { createHmac } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { createHttpConnection, PortError } from "../../../src/slack/connection/http-connection.js";
import { encodeButton } from "../../../src/slack/render/button-value.js";
import { SlackFailure } from "../../../src/slack/wire/errors.js";
import { FakeSlack, SIGNING_SECRET } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";
import { Recorder } from "../recorder.js";
import { until } from "../until.js";

let slack: FakeSlack;

let app: SlackApp;

let handlers: Recorder;

let logger: ReturnType<typeof keepingLogger>;

let acks: [string, number][];

beforeEach(async () => {
  slack = await FakeSlack.start();
  handlers = new Recorder();
  logger = keepingLogger();
  acks = [];
  app = createSlackApp({
    settings: slack.settings("http"),
    handlers,
    logger,
    onAck: (kind, ms) => acks.push([kind, ms]),
  });
  await app.start();
});

afterEach(async () => {
  await app.stop();
  await slack.stop();
});

const now = () => Math.floor(Date.now() / 1000);

function signature(body: string, timestamp: number, secret = SIGNING_SECRET): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
}

type SendOptions = { timestamp?: number; secret?: string; headers?: Record<string, string> };

async function send(body: string, o: SendOptions = {}): Promise<number> {
  return (await post(body, o)).status;
}

async function post(body: string, o: SendOptions = {}): Promise<{ status: number; text: string }> {
  const timestamp = o.timestamp ?? now();
  const response = await fetch(`http://127.0.0.1:${app.port()}/slack/events`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(o.headers ?? {
        "x-slack-request-timestamp": String(timestamp),
        "x-slack-signature": signature(body, timestamp, o.secret),
      }),
    },
    body,
  });
  return { status: response.status, text: await response.text() };
}

function command(text: string, more: Record<string, string> = {}): string {
  return new URLSearchParams({
    command: "/mesos",
    text,
    user_id: "U01ALICE",
    channel_id: "C01OPS",
    team_id: "T01",
    trigger_id: "trigger-1",
    response_url: slack.responseUrl(),
    ...more,
  }).toString();
}

function click(value: string | undefined, more: object = {}, of: object = {}): string {
  const payload = {
    type: "block_actions",
    user: { id: "U02BOB", team_id: "T01" },
    team: { id: "T01", domain: "ops" },
    channel: { id: "C01OPS", name: "ops" },
    message: { ts: "1.2", thread_ts: "1.1" },
    container: { type: "message", message_ts: "1.2", channel_id: "C01OPS" },
    trigger_id: "trigger-2",
    response_url: slack.responseUrl(),
    actions: [{ type: "button", action_id: "approve:m-7k3q", block_id: "b", action_ts: "1", value, ...more }],
    ...of,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

const APPROVE = {
  v: 1 as const,
  id: "m-7k3q",
  decision: { kind: "approve" as const, batch: "b1", approval: "a1" },
};

const PLACE = { channel: "C01OPS", thread: "1.1" };

const DENY = { ...APPROVE, decision: { kind: "deny" as const, batch: "b1", approval: "a1", reason: null } };

function submission(reason: string, of: object = {}, responseUrl = slack.responseUrl()): string {
  const payload = {
    type: "view_submission",
    user: { id: "U02BOB", team_id: "T01" },
    team: { id: "T01", domain: "ops" },
    trigger_id: "trigger-3",
    view: {
      type: "modal",
      id: "V1",
      callback_id: "deny",
      private_metadata: JSON.stringify({
        // As 0.1.0 wrote it, with more than is read.
        button: { ...DENY, rev: 7 },
        place: { ...PLACE, responseUrl, messageTs: "1.2", actionId: "deny:m-7k3q" },
      }),
      state: { values: { answer: { answer: { type: "plain_text_input", value: reason } } } },
    },
    ...of,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

test("a port that is taken is told in a sentence with the setting, and ends the start without the words of Node", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const mode = { kind: "http" as const, signingSecret: new Secret("s3cret"), host: "127.0.0.1", port };
  const connection = createHttpConnection(mode, { debug() {}, info() {}, warn() {}, error() {} });
  const error: unknown = await connection.start().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PortError);
  expect((error as Error).message).toBe(
    `The port for Slack's requests could not be opened: something else listens there (EADDRINUSE). The bot was not started. Free port ${port} or set PORT to another one; HOST (127.0.0.1) has to be an address of this machine.`,
  );
});

describe("a command in HTTP mode", () => {
  test("a command in HTTP mode reaches the handler with all it needs, and its reply reaches the person alone", async () => {
    handlers.answer = async () => replyOf({ tone: "done", text: "Queued as m-7k3q." });
    expect(await send(command("drain web-* 4h"))).toBe(200);
    await until(() => slack.responses.length === 1);
    expect(handlers.commands).toEqual([
      {
        text: "drain web-* 4h",
        command: "/mesos",
        user: "U01ALICE",
        channel: "C01OPS",
        thread: null,
        triggerId: "trigger-1",
        responseUrl: slack.responseUrl(),
      },
    ]);
    expect(slack.responses[0]).toMatchObject({ response_type: "ephemeral", text: "✅ Queued as m-7k3q." });
    expect(acks).toEqual([["command", expect.any(Number)]]);
  });

  test("a command in HTTP mode is acknowledged even when the handler never returns (invariant 9)", async () => {
    let finish = () => {};
    handlers.answer = () =>
      new Promise((resolve) => {
        finish = () => resolve(null);
      });
    expect(await send(command("status"))).toBe(200);
    expect(handlers.commands).toHaveLength(1);
    finish();
  });

  test("a command in HTTP mode is acknowledged without asking Slack anything first", async () => {
    slack.always("auth.test", "hang");
    const before = slack.calls.length;
    expect(await send(command("status"))).toBe(200);
    expect(slack.calls).toHaveLength(before);
  });

  test("a command in HTTP mode is answered when the handler fails: that it is an error of the bot's own, and what is not known", async () => {
    handlers.answer = async () => {
      throw new Error("the queue is away");
    };
    expect(await send(command("drain web-01"))).toBe(200);
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]?.text).toContain("met an error of the bot's own");
    expect(slack.responses[0]?.text).not.toContain("the queue is away");
    expect(slack.responses[0]?.text).toContain("Whether it was queued is not known.");
  });

  test("a command in HTTP mode is heard under another name, which a workspace may give it", async () => {
    await send(command("help").replace("%2Fmesos", "%2Fmesos-staging"));
    await until(() => handlers.commands.length === 1);
    expect(handlers.commands[0]?.command).toBe("/mesos-staging");
  });
});

describe("requests that are not from Slack", () => {
  test.each([
    ["a wrong signature", () => send(command("drain web-01"), { secret: "not-the-secret" })],
    ["no signature", () => send(command("drain web-01"), { headers: {} })],
    [
      "a signature of five minutes ago and more",
      () => send(command("drain web-01"), { timestamp: now() - 301 }),
    ],
    [
      "a signature of another version",
      () =>
        send(command("drain web-01"), {
          headers: { "x-slack-request-timestamp": String(now()), "x-slack-signature": "v1=00" },
        }),
    ],
  ])("%s is refused with 401 and does nothing", async (_, request) => {
    expect(await request()).toBe(401);
    expect(handlers.commands).toEqual([]);
  });

  test("another path is not found", async () => {
    expect((await fetch(`http://127.0.0.1:${app.port()}/anything`, { method: "POST" })).status).toBe(404);
  });
});

describe("a click in HTTP mode", () => {
  test("a click in HTTP mode reaches the handler with its button, and is answered in its thread", async () => {
    handlers.answer = async () => replyOf({ tone: "refused", text: "You asked for it yourself." });
    expect(await send(click(encodeButton(APPROVE)))).toBe(200);
    await until(() => slack.responses.length === 1);
    expect(handlers.clicks).toEqual([
      {
        button: APPROVE,
        user: "U02BOB",
        channel: "C01OPS",
        thread: "1.1",
        message: expect.stringMatching(/^\d/),
        command: "/mesos",
        responseUrl: slack.responseUrl(),
        triggerId: "trigger-2",
      },
    ]);
    expect(slack.responses[0]).toMatchObject({ thread_ts: "1.1", replace_original: false });
    expect(acks).toEqual([["click", expect.any(Number)]]);
  });

  test.each([
    ["nothing", undefined],
    ["no JSON", "{"],
    ["another version", JSON.stringify({ ...APPROVE, v: 2 })],
    ["an unknown decision", JSON.stringify({ ...APPROVE, decision: { kind: "explode" } })],
    ["an empty text", ""],
    ["null", "null"],
    ["a number", "7"],
    ["a list", "[]"],
    ["a bare word", "approve"],
    ["the button of another app", JSON.stringify({ action: "approve", id: "m-7k3q" })],
    ["no version", JSON.stringify({ id: APPROVE.id, decision: APPROVE.decision })],
    ["a version that is a text", JSON.stringify({ ...APPROVE, v: "1" })],
    ["no id", JSON.stringify({ v: 1, decision: APPROVE.decision })],
    ["an id that is a path", JSON.stringify({ ...APPROVE, id: "../../etc/passwd" })],
    ["an id that mentions everybody", JSON.stringify({ ...APPROVE, id: "<!channel>" })],
    ["no decision", JSON.stringify({ v: 1, id: APPROVE.id, decision: null })],
    ["a decision without its question", JSON.stringify({ ...APPROVE, decision: { kind: "approve" } })],
    ["a prototype", '{"v":1,"__proto__":{"id":"m-7k3q","decision":{"kind":"cancel"}}}'],
    ["a span that is a text", JSON.stringify({ ...APPROVE, decision: { kind: "extend", byMs: "1h" } })],
  ])("with %s in the button is acknowledged and told so, and decides nothing", async (_, value) => {
    expect(await send(click(value))).toBe(200);
    await until(() => slack.responses.length === 1);
    expect(handlers.clicks).toEqual([]);
    expect(slack.responses[0]?.text).toContain("another version of the bot");
    expect(slack.responses[0]?.text).toContain("Nothing was decided.");
  });
});

describe("a dialog in HTTP mode", () => {
  test("a dialog in HTTP mode is closed by the acknowledgement and decides with its answer", async () => {
    expect(await post(submission("peak hours"))).toEqual({ status: 200, text: "" });
    await until(() => handlers.clicks.length === 1);
    expect(handlers.clicks).toMatchObject([
      { ...PLACE, user: "U02BOB", button: { decision: { kind: "deny", reason: "peak hours" } } },
    ]);
    expect(acks).toEqual([["modal", expect.any(Number)]]);
  });

  test("a dialog in HTTP mode stays open with a sentence beside the input when that is what is wrong", async () => {
    const { status, text } = await post(submission(""));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ response_action: "errors" });
    expect(handlers.clicks).toEqual([]);
  });
});

describe("people of other companies, in a channel shared by Slack Connect (invariant 6)", () => {
  const CAROL = { user: { id: "U09CAROL", team_id: "T09PARTNER" } };

  test.each([
    ["a command", () => command("drain web-* 4h", { team_id: "T09PARTNER" })],
    ["a click", () => click(encodeButton(APPROVE), {}, CAROL)],
    // It would open a dialog.
    ["a click on Deny", () => click(encodeButton(DENY), {}, CAROL)],
    ["an answer in a dialog", () => submission("no", { ...CAROL, team: { id: "T09PARTNER", domain: "p" } })],
    [
      "a click without a word on whose it is",
      () => click(encodeButton(APPROVE), {}, { user: { id: "U09" } }),
    ],
  ])("%s does nothing, and they are told who may", async (_, body) => {
    expect(await send(body())).toBe(200);
    await until(() => slack.responses.length === 1);
    const text = String(slack.responses[0]?.text);
    expect(text).toContain("Only members of the workspace that the bot belongs to may use it");
    expect(text).toMatch(/Nothing was queued.*Ask a member of that workspace/s);
    expect(handlers.commands).toEqual([]);
    expect(handlers.clicks).toEqual([]);
    expect(slack.callsOf("views.open")).toEqual([]);
    expect(acks).toHaveLength(1);
  });

  test("people of other companies may use it where SLACK_TEAMS names their workspace", async () => {
    await app.stop();
    app = createSlackApp({
      settings: { ...slack.settings("http"), teams: ["T09PARTNER"] },
      handlers,
      logger,
    });
    await app.start();
    await send(click(encodeButton(APPROVE), {}, CAROL));
    await until(() => handlers.clicks.length === 1);
  });

  describe("and of the other workspaces of an Enterprise Grid", () => {
    const DAN = "U07DAN";
    /** In a channel that several workspaces share, `team` is that of the bot, and nobody says whose organization is whose. */
    const shared = {
      user: { id: DAN, team_id: "T02" },
      team: { id: "T01", domain: "o", enterprise_id: "E01" },
    };
    const kinds: [string, () => string][] = [
      ["command", () => command("status", { user_id: DAN, team_id: "T02", enterprise_id: "E01" })],
      ["click", () => click(encodeButton(APPROVE), {}, shared)],
      [
        "dialog",
        () => submission("no", { ...shared, team: { id: "T02", domain: "s", enterprise_id: "E01" } }),
      ],
    ];

    async function startWith(teams: readonly string[]): Promise<void> {
      await app.stop();
      app = createSlackApp({ settings: { ...slack.settings("http"), teams }, handlers, logger });
      await app.start();
      slack.people.set(DAN, { enterprise_user: { enterprise_id: "E01", teams: ["T02"] } });
    }

    const heard = () => handlers.commands.length + handlers.clicks.length;

    test.each(kinds)("a %s is refused where nothing is named", async (_, body) => {
      await startWith([]);
      await send(body());
      await until(() => slack.responses.length === 1);
      expect(slack.responses[0]?.text).toContain("T02");
      expect(heard()).toBe(0);
    });

    test.each(kinds)("a %s is heard where the organization is named", async (_, body) => {
      await startWith(["E01"]);
      await send(body());
      await until(() => heard() === 1);
    });

    test.each(kinds)("a %s is heard where their workspace is named", async (_, body) => {
      await startWith(["T02"]);
      await send(body());
      await until(() => heard() === 1);
      expect(slack.callsOf("users.info")).toEqual([]);
    });

    test("a click of somebody whose organization Slack does not tell is refused, also of a partner", async () => {
      await startWith(["E01"]);
      slack.people.set("U09CAROL", { enterprise_user: { enterprise_id: "E09" } });
      await send(click(encodeButton(APPROVE), {}, { ...shared, ...CAROL }));
      slack.people.delete(DAN);
      await send(click(encodeButton(APPROVE), {}, shared));
      await until(() => slack.responses.length === 2);
      expect(heard()).toBe(0);
    });
  });

  test("nobody is known as ours before Slack has told which workspace that is", async () => {
    await app.stop();
    slack.always("auth.test", { status: 500 });
    app = createSlackApp({ settings: slack.settings("http"), handlers, logger });
    await app.start();
    await send(command("drain web-* 4h"));
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]?.text).toContain(
      "Slack has not told the bot yet which workspace it belongs to",
    );
    expect(slack.responses[0]?.text).toContain("Nothing was queued.");
    expect(handlers.commands).toEqual([]);
    slack.always("auth.test", null);
    await until(() => app.ready() === true);
    await send(command("status"));
    await until(() => handlers.commands.length === 1);
  });
});

describe("starting and stopping", () => {
  test("the app answers what is on its way before it has stopped, and takes nothing new", async () => {
    let finish = () => {};
    handlers.answer = () =>
      new Promise((resolve) => {
        finish = () => resolve(replyOf({ tone: "done", text: "Just in time." }));
      });
    await send(command("status"));
    const port = app.port();
    const stopped = app.stop();
    await until(() => app.ready() !== true);
    finish();
    await stopped;
    expect(slack.responses).toEqual([expect.objectContaining({ text: "✅ Just in time." })]);
    await expect(fetch(`http://127.0.0.1:${port}/slack/events`)).rejects.toThrow();
  });

  test("the app refuses to start with a wrong token and says where the right one is", async () => {
    const settings = { ...slack.settings("http"), botToken: new Secret("xoxb-wrong-token") };
    const other = createSlackApp({ settings, handlers, logger });
    await expect(other.start()).rejects.toThrow(SlackFailure);
    await expect(other.start()).rejects.toThrow(/SLACK_BOT_TOKEN/);
    expect(other.port()).toBeNull();
    expect(logger.lines.join()).not.toContain("xoxb-wrong-token");
  });

  test("the app says so when the port is taken", async () => {
    const settings = slack.settings("http");
    const taken = { ...settings, mode: { ...settings.mode, port: app.port() ?? 0 } };
    await expect(createSlackApp({ settings: taken, handlers, logger }).start()).rejects.toThrow(
      /EADDRINUSE.*was not started.*PORT/,
    );
  });

  test("the app starts while Slack is away, says it is not ready, and is ready when Slack is back", async () => {
    const { port } = slack;
    await slack.stop();
    const other = createSlackApp({ settings: slack.settingsAt(port), handlers, logger });
    await other.start();
    expect(other.ready()).toContain("could not be reached");
    slack = await FakeSlack.start(port);
    await until(() => other.ready() === true);
    await other.stop();
  });

  test("the app says that its token was revoked while it ran, and is ready again once that is mended", async () => {
    const other = createSlackApp({ settings: slack.settings("http"), handlers, logger, recheckMs: 10 });
    await other.start();
    expect(other.ready()).toBe(true);
    slack.always("auth.test", { error: "token_revoked" });
    await until(() => other.ready() !== true);
    expect(other.ready()).toContain("The token was revoked.");
    slack.always("auth.test", null);
    await until(() => other.ready() === true);
    await other.stop();
  });

  test("the app names the scopes the token lacks", async () => {
    slack.once("auth.test", {
      status: 200,
      headers: { "content-type": "application/json", "x-oauth-scopes": "commands,chat:write" },
      body: JSON.stringify({ ok: true, user_id: "U0BOT", team: "Ops", team_id: "T01" }),
    });
    const other = createSlackApp({ settings: slack.settings("http"), handlers, logger });
    await other.start();
    await other.stop();
    expect(logger.lines.join()).toContain("usergroups:read, files:write");
  });
});

describe("a response URL that is not Slack's is neither stored nor used, and the person is answered all the same", () => {
  const ELSEWHERE = "http://127.0.0.1:1/steal";

  const drainForm = {
    type: "modal",
    id: "V2",
    callback_id: "drain_preview",
    private_metadata: JSON.stringify({
      channel: "C01OPS",
      responseUrl: ELSEWHERE,
      command: "/mesos",
      line: "drain web-01 1h",
    }),
    state: { values: {} },
  };

  test.each<[string, () => string]>([
    ["a command", () => command("status", { response_url: ELSEWHERE })],
    ["a click", () => click(encodeButton(APPROVE), {}, { response_url: ELSEWHERE })],
    ["a dialog", () => submission("peak hours", {}, ELSEWHERE)],
    ["a preview", () => submission("", { view: drainForm })],
  ])("%s", async (_, body) => {
    handlers.answer = async () => replyOf({ tone: "done", text: "Queued." });
    expect(await send(body())).toBe(200);
    await until(() => slack.callsOf("chat.postEphemeral").length === 1);
    expect([...handlers.commands, ...handlers.clicks]).toEqual([
      expect.objectContaining({ responseUrl: null, channel: "C01OPS" }),
    ]);
    expect(logger.lines.join()).toContain("a response URL is not Slack's; it was dropped");
    expect(logger.lines.join()).not.toContain(ELSEWHERE);
  });
});
