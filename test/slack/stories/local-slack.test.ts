import { afterEach, beforeEach, expect, test } from "vitest";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { message, section } from "../../../src/slack/render/blocks.js";
import { renderCard } from "../../../src/slack/render/card/card.js";
import { mrk } from "../../../src/slack/render/mrkdwn.js";
import { renderApproval } from "../../../src/slack/render/question/question.js";
import { createMessenger, type Messenger } from "../../../src/slack/say/messenger.js";
import { type LocalSlack, localSlackSuite, settingsFor, startLocalSlack } from "../../support/local-slack.js";
import { approvalOf, batchOf, HOUR, keepingLogger, NOW, recordOf } from "../fixtures.js";
import { renderText } from "../plain-text.js";
import { Recorder } from "../recorder.js";
import { until } from "../until.js";

const suite = localSlackSuite("Socket Mode against the local Slack");

suite(() => {
  let slack: LocalSlack;
  let app: SlackApp;
  let handlers: Recorder;
  let messenger: Messenger;

  beforeEach(async () => {
    slack = await startLocalSlack();
    handlers = new Recorder();
    const o = { settings: settingsFor(slack), logger: keepingLogger() };
    messenger = createMessenger(o);
    app = createSlackApp({ ...o, handlers, messenger });
    await app.start();
  });

  afterEach(async () => {
    await app.stop();
    await slack.close();
  });

  test("the bot hears what Alice types and answers her alone", async () => {
    handlers.answer = async () =>
      replyOf({ tone: "refused", text: "Nothing matches <web-9*>.", line: "/mesos hosts web-*" });
    await slack.command({ channel: "C01OPS", user: "U01ALICE", text: "drain web-9* 4h" });
    const [told] = await until(async () => {
      const messages = await slack.messages("C01OPS");
      return messages.length > 0 ? messages : null;
    });
    expect(handlers.commands[0]).toMatchObject({
      text: "drain web-9* 4h",
      user: "U01ALICE",
      channel: "C01OPS",
    });
    expect(told).toMatchObject({ subtype: "ephemeral", ephemeral_to: "U01ALICE" });
    expect(told?.text).toContain("&lt;web-9*&gt;");
  });

  test("the bot posts a card, the question in its thread, and hears Bob's click on it", async () => {
    const record = recordOf();
    const { ts } = await messenger.post("C01OPS", null, renderCard(record, NOW));
    const question = renderApproval(record, batchOf(), approvalOf(), NOW);
    const asked = await messenger.post("C01OPS", ts, question);
    await slack.interact({ channel: "C01OPS", messageTs: asked.ts, user: "U02BOB", action: "approve" });
    await until(() => handlers.clicks.length === 1);
    expect(handlers.clicks[0]).toMatchObject({
      user: "U02BOB",
      button: { id: "m-7k3q", decision: { kind: "approve", batch: "b1", approval: "a1" } },
    });
  });

  test("the bot takes the buttons away once it is settled", async () => {
    const record = recordOf();
    const { ts } = await messenger.post("C01OPS", null, renderApproval(record, batchOf(), approvalOf(), NOW));
    const settled = approvalOf({ outcome: { kind: "granted", by: "U02BOB", atMs: NOW } });
    await messenger.update("C01OPS", ts, renderApproval(record, batchOf(), settled, NOW));
    await expect(
      slack.interact({ channel: "C01OPS", messageTs: ts, user: "U02BOB", action: "approve" }),
    ).rejects.toThrow(/has no button/);
    const [message] = await slack.messages("C01OPS");
    expect(message?.text).toContain("Approved");
    expect(renderText(renderApproval(record, batchOf(), settled, NOW))).toContain("Approved by @U02BOB");
  });

  test("the bot asks Bob in a dialog why he denies, and hears the reason", async () => {
    const { ts } = await messenger.post(
      "C01OPS",
      null,
      renderApproval(recordOf(), batchOf(), approvalOf(), NOW),
    );
    await slack.interact({ channel: "C01OPS", messageTs: ts, user: "U02BOB", action: "deny" });
    await expect(slack.submitModal({ user: "U02BOB", answer: " " })).rejects.toThrow(/in a few words/);
    expect(await slack.submitModal({ user: "U02BOB", answer: "peak hours" })).toBe("Deny Down of m-7k3q");
    await until(() => handlers.clicks.length === 1);
    expect(handlers.clicks[0]).toMatchObject({
      user: "U02BOB",
      button: { decision: { kind: "deny", approval: "a1", reason: "peak hours" } },
    });
  });

  test("the bot offers spans to extend by, one hour unless another one is chosen", async () => {
    const { ts } = await messenger.post("C01OPS", null, renderCard(recordOf(), NOW));
    const extend = () =>
      slack.interact({ channel: "C01OPS", messageTs: ts, user: "U01ALICE", action: "extend" });
    await extend();
    await slack.submitModal({ user: "U01ALICE" });
    await until(() => handlers.clicks.length === 1);
    await extend();
    await slack.submitModal({ user: "U01ALICE", answer: "4 h" });
    await until(() => handlers.clicks.length === 2);
    expect(handlers.clicks.map((click) => "decision" in click.button && click.button.decision)).toEqual([
      { kind: "extend", byMs: HOUR },
      { kind: "extend", byMs: 4 * HOUR },
    ]);
  });

  test("the bot shows the details to who pressed the button alone", async () => {
    handlers.answer = async () => replyOf({ tone: "info", text: "m-7k3q is draining." });
    const { ts } = await messenger.post("C01OPS", null, renderCard(recordOf(), NOW));
    await slack.interact({ channel: "C01OPS", messageTs: ts, user: "U01ALICE", action: "details" });
    const told = await until(async () => (await slack.messages("C01OPS")).find((one) => one.ephemeral_to));
    expect(told).toMatchObject({ ephemeral_to: "U01ALICE", text: "ℹ️ m-7k3q is draining." });
    expect(handlers.clicks).toMatchObject([{ button: { id: "m-7k3q", show: "details" } }]);
  });

  test("a line that is offered to Alice is sent by her clicks, each of which carries the same line and offer", async () => {
    const line = "/mesos drain web-01 2h --at 2026-12-01T22:00+08:00";
    handlers.answer = async () => replyOf({ tone: "info", text: "That is tomorrow.", line, offer: "13.37" });
    await slack.command({ channel: "C01OPS", user: "U01ALICE", text: "drain web-01 2h --at tomorrow 22:00" });
    const told = await until(async () => (await slack.messages("C01OPS")).find((one) => one.ephemeral_to));
    handlers.answer = async () => null;
    for (const clicks of [1, 2]) {
      await slack.interact({ channel: "C01OPS", messageTs: told.ts, user: "U01ALICE", action: "line" });
      await until(() => handlers.clicks.length === clicks);
    }
    const sent = { user: "U01ALICE", channel: "C01OPS", button: { v: 1, line, offer: "13.37" } };
    expect(handlers.clicks).toMatchObject([sent, sent]);
  });

  test("the bot is there again after the local Slack was restarted on its port", async () => {
    const { port } = slack;
    await slack.close();
    slack = await startLocalSlack({ port });
    await until(() => app.ready() === true, 15_000);
    await slack.command({ channel: "C01OPS", user: "U01ALICE", text: "status" });
    await until(() => handlers.commands.length === 1);
  });

  test("the bot puts a file into the thread", async () => {
    const { ts } = await messenger.post("C01OPS", null, renderCard(recordOf(), NOW));
    await messenger.upload("C01OPS", ts, { name: "hosts.txt", text: "web-01\nweb-02", title: "Hosts" });
    await until(async () => (await slack.messages("C01OPS")).some((message) => message.thread_ts === ts));
  });

  test("the bot puts a file into somebody's direct messages", async () => {
    const word = message([section(mrk`All of it:`)]);
    const { channel } = await messenger.post("U01ALICE", null, word);
    expect(channel).toMatch(/^D/);
    await messenger.upload(channel, null, { name: "hosts.txt", text: "web-01", title: "Hosts" });
    await until(async () => JSON.stringify(await slack.messages(channel)).includes("hosts.txt"));
  });
});

localSlackSuite("HTTP mode against the local Slack")(() => {
  test("the bot hears signed commands from it", async () => {
    const first = await startLocalSlack();
    const handlers = new Recorder();
    const app = createSlackApp({
      settings: settingsFor(first, { port: 0 }),
      handlers,
      logger: keepingLogger(),
    });
    await app.start();
    const requestUrl = `http://127.0.0.1:${app.port()}/slack/events`;
    const slack = await startLocalSlack({ delivery: { kind: "http", requestUrl } });
    try {
      await slack.command({ channel: "C01OPS", user: "U01ALICE", text: "status" });
      await until(() => handlers.commands.length === 1);
    } finally {
      await app.stop();
      await Promise.all([first.close(), slack.close()]);
    }
  });
});
