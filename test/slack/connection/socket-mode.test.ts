import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { APP_TOKEN, FakeSlack } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";
import { Recorder } from "../recorder.js";
import { until } from "../until.js";

let slack: FakeSlack;

let app: SlackApp;

let handlers: Recorder;

let logger: ReturnType<typeof keepingLogger>;

beforeEach(async () => {
  slack = await FakeSlack.start();
  handlers = new Recorder();
  logger = keepingLogger();
  app = createSlackApp({ settings: slack.settings("socket"), handlers, logger });
  await app.start();
});

afterEach(async () => {
  await app.stop();
  await slack.stop();
});

function type(text: string): void {
  slack.socket()?.send(command(text));
}

function command(text: string, id = "envelope-1"): object {
  return {
    type: "slash_commands",
    envelope_id: id,
    accepts_response_payload: true,
    payload: {
      command: "/mesos",
      text,
      user_id: "U01ALICE",
      channel_id: "C01OPS",
      team_id: "T01",
      trigger_id: id,
      response_url: slack.responseUrl(),
    },
  };
}

describe("a command in Socket Mode", () => {
  test("a command in Socket Mode is acknowledged on the socket while its handler hangs (invariant 9)", async () => {
    let finish = () => {};
    handlers.answer = () =>
      new Promise((resolve) => {
        finish = () => resolve(null);
      });
    type("drain web-01");
    await until(() => slack.socket()?.received.length === 1);
    expect(slack.socket()?.received).toEqual([expect.objectContaining({ envelope_id: "envelope-1" })]);
    expect(handlers.commands).toHaveLength(1);
    finish();
  });

  test("a command in Socket Mode is answered to the person alone", async () => {
    handlers.answer = async () => replyOf({ tone: "info", text: "No maintenance is open." });
    type("status");
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]).toMatchObject({
      response_type: "ephemeral",
      text: "ℹ️ No maintenance is open.",
    });
  });
});

test("a command whose acknowledgement cannot be sent is not carried out behind the person's back", async () => {
  slack
    .socket()
    ?.sendTogether([command("drain web-01"), { type: "disconnect", reason: "refresh_requested" }]);
  await until(() => slack.responses.length === 1);
  expect(slack.responses[0]?.text).toContain("before it could be acknowledged");
  expect(slack.responses[0]?.text).toContain("Nothing was queued.");
  expect(handlers.commands).toEqual([]);
});

describe("the socket", () => {
  test("the socket is opened again when Slack asks for it, and commands arrive on the new one", async () => {
    const old = slack.socket();
    old?.send({ type: "disconnect", reason: "refresh_requested" });
    await until(() => slack.sockets.length === 2 && app.ready() === true);
    type("status");
    await until(() => handlers.commands.length === 1);
    expect(old?.closed).toBe(true);
  });

  test("the socket is opened again after the line was cut", async () => {
    slack.socket()?.destroy();
    await until(() => slack.sockets.length === 2 && app.ready() === true);
  });

  test("the socket survives a Slack that is away: not ready meanwhile, ready afterwards, the process goes on", async () => {
    const { port } = slack;
    await slack.stop();
    await until(() => String(app.ready()).includes("could not be reached"));
    slack = await FakeSlack.start(port);
    await until(() => app.ready() === true);
    type("status");
    await until(() => handlers.commands.length === 1);
  });

  test("the socket survives a token that is revoked while it runs, and says so", async () => {
    slack.always("apps.connections.open", { error: "token_revoked" });
    slack.socket()?.destroy();
    await until(() => String(app.ready()).includes("token was revoked"));
    slack.always("apps.connections.open", null);
    await until(() => app.ready() === true);
  });

  test("the socket waits as long as Slack asks when it opens sockets too often", async () => {
    slack.once("apps.connections.open", { status: 429, headers: { "retry-after": "1" } });
    slack.socket()?.destroy();
    await until(() => String(app.ready()).includes("slow down"));
    await until(() => app.ready() === true);
  });

  test("the socket is closed when stop returns", async () => {
    const socket = slack.socket();
    await app.stop();
    await until(() => socket?.closed === true);
    expect(app.ready()).toBe("The bot is shutting down.");
    expect(slack.sockets).toHaveLength(1);
  });

  test("the socket leaves no token and no ticket in the log", async () => {
    slack.socket()?.destroy();
    await until(() => slack.sockets.length === 2 && app.ready() === true);
    expect(logger.lines.join()).not.toMatch(new RegExp(`${APP_TOKEN}|secret-ticket`));
  });
});

test("the app does not start with a wrong app token and says which one it is about", async () => {
  const settings = slack.settings("socket");
  const wrong = { ...settings, mode: { kind: "socket" as const, appToken: new Secret("xapp-wrong") } };
  await expect(createSlackApp({ settings: wrong, handlers, logger }).start()).rejects.toThrow(
    /Socket Mode.*SLACK_APP_TOKEN/,
  );
});

test("the app asks who it is before it opens a connection, so that it knows its own people by then (invariant 6)", async () => {
  const opened = slack.callsOf("apps.connections.open").length;
  slack.once("auth.test", { error: "invalid_auth" });
  await expect(
    createSlackApp({ settings: slack.settings("socket"), handlers, logger }).start(),
  ).rejects.toThrow(/SLACK_BOT_TOKEN/);
  expect(slack.callsOf("apps.connections.open")).toHaveLength(opened);
});
