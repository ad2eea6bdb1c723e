import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { encodeButton } from "../../../src/slack/render/button-value.js";
import { FakeSlack } from "../fake-slack.js";
import { HOUR, keepingLogger } from "../fixtures.js";
import { Recorder } from "../recorder.js";
import { until } from "../until.js";
import { ALICE, eventsOf, filled, STRANGER } from "./slack-events.js";

let slack: FakeSlack;

let app: SlackApp;

let handlers: Recorder;

let logger: ReturnType<typeof keepingLogger>;

const { clickHome, openHome, submit } = eventsOf(() => slack);

const UP = encodeButton({ v: 1, id: "m-7k3q", decision: { kind: "up" } });

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

describe("the Home", () => {
  test("is drawn for whoever opens it, as often as Slack says so", async () => {
    for (const _ of [1, 2]) await openHome();
    await until(() => handlers.homes.length === 2);
    expect(handlers.homes[0]).toEqual({ user: ALICE.id, answer: null });
  });

  test("is not drawn for somebody who reads the bot's messages", async () => {
    await openHome({}, "messages");
    await openHome();
    await until(() => handlers.homes.length > 0);
    expect(handlers.homes).toHaveLength(1);
  });

  test.each([
    ["of another workspace", { team_id: "T09" }],
    ["of whom Slack does not say whose member they are", { is_ext_shared_channel: true }],
  ])("shows somebody %s nothing, and says why (invariant 6)", async (_, more) => {
    await openHome(more);
    const published = await until(() => slack.callsOf("views.publish")[0]);
    expect(published.user_id).toBe(ALICE.id);
    expect(JSON.stringify(published.view)).toContain("Only members of the workspace");
    expect(handlers.homes).toEqual([]);
  });

  test("that cannot be drawn is logged, and the bot goes on", async () => {
    handlers.home = async () => {
      throw new Error("no store");
    };
    await openHome();
    await until(() => logger.lines.some((line) => line.includes("a Home could not be drawn")));
    handlers.answer = async () => null;
    await clickHome(UP);
    await until(() => handlers.clicks.length === 1);
  });
});

describe("a click in the Home", () => {
  test("is answered by direct message, and the Home is drawn with the answer", async () => {
    const answer = replyOf({ tone: "refused", text: "m-7k3q is not Down." });
    handlers.answer = async () => answer;
    await clickHome(UP);
    const told = await until(() => slack.callsOf("chat.postMessage")[0]);
    expect(told).toMatchObject({ channel: ALICE.id, text: "🚫 m-7k3q is not Down." });
    await until(() => handlers.homes.length === 1);
    expect(handlers.homes).toEqual([{ user: ALICE.id, answer }]);
    expect(handlers.clicks).toMatchObject([{ channel: ALICE.id, responseUrl: null, thread: null }]);
    expect(slack.callsOf("chat.postEphemeral")).toEqual([]);
  });

  test("of somebody of another company decides nothing (invariant 6)", async () => {
    await clickHome(UP, STRANGER);
    const told = await until(() => slack.callsOf("chat.postMessage")[0]);
    expect(told).toMatchObject({ channel: STRANGER.id });
    expect(told.text).toContain("Only members of the workspace");
    expect(handlers.clicks).toEqual([]);
  });

  test("that asks for a span opens its dialog, whose answer is told in the same place", async () => {
    await clickHome(encodeButton({ v: 1, id: "m-7k3q", decision: { kind: "extend", byMs: HOUR } }));
    const opened = await until(() => slack.callsOf("views.open")[0]);
    handlers.answer = async () => replyOf({ tone: "done", text: "Extended." });
    await submit(opened.view as object, { answer: { answer: { selected_option: { value: String(HOUR) } } } });
    const told = await until(() => slack.callsOf("chat.postMessage")[0]);
    expect(told).toMatchObject({ channel: ALICE.id, text: "✅ Extended." });
  });

  test("on New maintenance opens the form, whose drain is answered by direct message", async () => {
    await clickHome(encodeButton({ v: 1, open: "form" }));
    const opened = await until(() => slack.callsOf("views.open")[0]);
    handlers.answer = async () => replyOf({ tone: "info", text: "web-01 is 1 machine." });
    await submit(opened.view as object, filled({ hosts: "web-01" }));
    const shown = await until(() => slack.callsOf("views.update")[0]);
    expect(slack.callsOf("chat.postMessage")).toEqual([]);
    handlers.answer = async () => replyOf({ tone: "info", text: "m-7k3q2: drain of web-01 is queued." });
    await submit(shown.view as object);
    const told = await until(() => slack.callsOf("chat.postMessage")[0]);
    expect(told).toMatchObject({ channel: ALICE.id });
    expect(JSON.stringify(told.blocks)).toContain("/mesos drain web-01");
  });

  test("on New maintenance says so when Slack does not open the form", async () => {
    slack.once("views.open", { error: "expired_trigger_id" });
    await clickHome(encodeButton({ v: 1, open: "form" }));
    const told = await until(() => slack.callsOf("chat.postMessage")[0]);
    expect(told.text).toContain("*Not done:* Nothing was asked for.");
  });
});
