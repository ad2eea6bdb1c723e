import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { header, message, section } from "../../../src/slack/render/blocks.js";
import { code, mrk } from "../../../src/slack/render/mrkdwn.js";
import { createMessenger, type Messenger } from "../../../src/slack/say/messenger.js";
import { postToResponseUrl } from "../../../src/slack/say/response-url.js";
import { SlackFailure } from "../../../src/slack/wire/errors.js";
import { BOT_TOKEN, FakeSlack } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";
import { until } from "../until.js";

const CARD = message([section(mrk`*web-01* is draining`), section(mrk`17 of 64 left`)]);

let slack: FakeSlack;

let messenger: Messenger;

let logger: ReturnType<typeof keepingLogger>;

beforeEach(async () => {
  slack = await FakeSlack.start();
  logger = keepingLogger();
  messenger = createMessenger({ settings: slack.settings(), logger });
});

/** The messenger, or for a Slack that hangs one that gives up after a second. */
function messengerFor(answer: unknown): Messenger {
  return answer === "hang"
    ? createMessenger({ settings: slack.settings(), logger, timeoutMs: 1_000 })
    : messenger;
}

afterEach(async () => {
  await slack.stop();
});

async function failureOf(work: Promise<unknown>): Promise<SlackFailure> {
  const error: unknown = await work.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof SlackFailure) return error;
  throw error;
}

describe("posting", () => {
  test("the messenger sends blocks and text, into the thread, without previews", async () => {
    const posted = await messenger.post("C01OPS", "1.5", CARD);
    expect(posted).toEqual({ ts: "1.000001", channel: "C01OPS" });
    expect(slack.callsOf("chat.postMessage")).toEqual([
      expect.objectContaining({
        channel: "C01OPS",
        thread_ts: "1.5",
        text: "*web-01* is draining\n17 of 64 left",
        blocks: CARD.blocks,
        unfurl_links: "false",
        parse: "none",
      }),
    ]);
  });

  test("the messenger shows a message of a thread in its channel where it is told to, and no other", async () => {
    await messenger.post("C01OPS", "1.5", CARD, { broadcast: true });
    await messenger.post("C01OPS", "1.5", CARD);
    await messenger.post("C01OPS", null, CARD, { broadcast: true });
    const shown = slack.callsOf("chat.postMessage").map(({ reply_broadcast: also }) => also);
    expect(shown).toEqual(["true", "false", undefined]);
  });

  test("the messenger leaves the thread out for a root message", async () => {
    await messenger.post("C01OPS", null, CARD);
    expect(slack.callsOf("chat.postMessage")[0]).not.toHaveProperty("thread_ts");
  });

  test("a person's id stands for their direct messages, whose channel is told", async () => {
    expect(await messenger.post("U01ALICE", null, CARD)).toEqual({ ts: "1.000001", channel: "D01ALICE" });
  });

  test("the messenger replaces a message", async () => {
    await messenger.update("C01OPS", "1.5", CARD);
    expect(slack.callsOf("chat.update")).toEqual([expect.objectContaining({ channel: "C01OPS", ts: "1.5" })]);
  });

  test.each(["invalid_blocks", "msg_blocks_too_long"])(
    "the messenger sends the whole status as text when Slack says %s",
    async (error) => {
      slack.once("chat.postMessage", { error });
      const { ts } = await messenger.post("C01OPS", null, CARD);
      expect(ts).toBe("1.000001");
      const [, second] = slack.callsOf("chat.postMessage");
      expect(second).toMatchObject({ text: "*web-01* is draining\n17 of 64 left", blocks: [] });
      expect(logger.lines.join()).toContain("sending the text alone");
    },
  );

  test("the messenger updates as text as well, so that an old card does not stay", async () => {
    slack.once("chat.update", { error: "invalid_blocks" });
    await messenger.update("C01OPS", "1.5", CARD);
    expect(slack.callsOf("chat.update")[1]).toMatchObject({
      text: "*web-01* is draining\n17 of 64 left",
      blocks: [],
    });
  });

  test("the messenger does not repeat a post by itself: it could appear twice", async () => {
    slack.once("chat.postMessage", { status: 500 });
    await failureOf(messenger.post("C01OPS", null, CARD));
    expect(slack.callsOf("chat.postMessage")).toHaveLength(1);
  });
});

describe("failures", () => {
  test("the messenger hands Slack's Retry-After to the caller instead of waiting", async () => {
    slack.once("chat.postMessage", { status: 429, headers: { "retry-after": "7" } });
    expect(await failureOf(messenger.post("C01OPS", null, CARD))).toMatchObject({
      code: "rate_limited",
      retryAfterMs: 7000,
      permanent: false,
    });
  });

  test.each([
    ["not_in_channel", true, "/invite"],
    ["channel_not_found", true, "/invite"],
    ["is_archived", true, "Unarchive"],
    ["invalid_auth", true, "SLACK_BOT_TOKEN"],
    ["token_revoked", true, "Install the Slack app again"],
    ["fatal_error", false, "status.slack.com"],
    ["something_new", true, "docs.slack.dev"],
  ])("%s says what to do", async (error, permanent, next) => {
    slack.once("chat.postMessage", { error });
    const failure = await failureOf(messenger.post("C01OPS", null, CARD));
    expect(failure).toMatchObject({ code: error, permanent, retryAfterMs: null });
    expect(failure.what).toContain("posting to C01OPS");
    expect(failure.what).toContain(error);
    expect(failure.next).toContain(next);
  });

  test("the messenger names the scope that is missing", async () => {
    slack.once("chat.postMessage", {
      error: "missing_scope",
      more: { needed: "chat:write", provided: "commands" },
    });
    const failure = await failureOf(messenger.post("C01OPS", null, CARD));
    expect(failure.what).toContain("Needed: chat:write. It has: commands.");
    expect(failure.permanent).toBe(true);
  });

  test("a slow Slack is a timeout, to be tried again", async () => {
    slack.once("chat.postMessage", "hang");
    expect(await failureOf(messengerFor("hang").post("C01OPS", null, CARD))).toMatchObject({
      code: "timeout",
      permanent: false,
    });
  });

  test("a Slack that is away is a network failure that names the cause", async () => {
    const { port } = slack;
    await slack.stop();
    const failure = await failureOf(messenger.post("C01OPS", null, CARD));
    expect(failure).toMatchObject({ code: "network", permanent: false });
    expect(failure.what).toMatch(/Nothing listens there \(ECONNREFUSED\)\.$/);
    // A library's own words are for the log.
    expect(failure.message).not.toContain("connect");
    expect(failure.fields.said).toMatch(/^connect ECONNREFUSED/);
    slack = await FakeSlack.start(port);
  });

  test("the messenger never shows a token", async () => {
    slack.once("chat.postMessage", { error: "missing_scope", more: { needed: `${BOT_TOKEN}` } });
    const failure = await failureOf(messenger.post("C01OPS", null, CARD));
    expect(`${failure.message} ${logger.lines.join()}`).not.toContain(BOT_TOKEN);
  });
});

describe("answering a person", () => {
  const reply = replyOf({
    tone: "refused",
    text: "Nothing matches web-9*.",
    next: "Look at the names.",
    line: "/mesos hosts web-*",
  });
  const to = (responseUrl: string | null) => ({
    responseUrl,
    channel: "C01OPS",
    user: "U01ALICE",
    thread: "1.5",
    command: "/mesos",
  });

  test("the messenger uses the response URL, so that it works where the bot is no member", async () => {
    await messenger.reply(to(slack.responseUrl()), reply);
    expect(slack.responses).toEqual([
      expect.objectContaining({ response_type: "ephemeral", replace_original: false, thread_ts: "1.5" }),
    ]);
    expect(slack.calls).toEqual([]);
  });

  test("an address that is not Slack's gets nothing, and the person an ephemeral message", async () => {
    const other = await FakeSlack.start();
    onTestFinished(() => other.stop());
    await messenger.reply(to(other.responseUrl()), reply);
    expect(other.responses).toEqual([]);
    expect(slack.callsOf("chat.postEphemeral")).toHaveLength(1);
    expect(logger.lines.join()).toContain("a response URL is not Slack's");
    expect(logger.lines.join()).not.toContain(other.url);
  });

  test.each([200, 404])("of an endless answer with %i only the beginning is read", async (status) => {
    let sent = 0;
    let isHungUp = false;
    const endless = createServer((_request, response) => {
      response.writeHead(status);
      const chunk = Buffer.alloc(64 * 1024, "x");
      const more = () => {
        while (!isHungUp && response.write(chunk)) sent += chunk.length;
      };
      response.on("drain", more);
      response.on("close", () => {
        isHungUp = true;
      });
      more();
    });
    endless.listen(0, "127.0.0.1");
    await once(endless, "listening");
    onTestFinished(() => void endless.close());
    const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/response`;
    const posted = postToResponseUrl(url, null, { text: "Hello.", blocks: [] }, 60_000, fetch);
    if (status === 404) expect(await failureOf(posted)).toMatchObject({ code: "expired_url" });
    else await posted;
    await until(() => isHungUp);
    // What the system keeps on the way comes to some MB.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test.each([
    ["has expired", { status: 404, body: '{"ok":false,"error":"expired_url"}' }],
    ["is used up", { status: 404, body: "used_url" }],
    ["fails", { status: 500 }],
    ["hangs", "hang"],
  ] as const)(
    "the messenger falls back to an ephemeral message when the response URL %s",
    async (_, answer) => {
      slack.once("response_url", answer);
      await messengerFor(answer).reply(to(slack.responseUrl()), reply);
      expect(slack.callsOf("chat.postEphemeral")).toEqual([
        expect.objectContaining({ channel: "C01OPS", user: "U01ALICE", thread_ts: "1.5" }),
      ]);
    },
  );

  test.each([
    "channel_not_found",
    "not_in_channel",
    "user_not_in_channel",
    "is_archived",
    "restricted_action",
  ])("the messenger falls back to a direct message when the channel takes nothing: %s", async (error) => {
    slack.once("response_url", { status: 404, body: "expired_url" });
    slack.once("chat.postEphemeral", { error });
    await messenger.reply(to(slack.responseUrl()), reply);
    const [told] = slack.callsOf("chat.postMessage");
    expect(told).toMatchObject({ channel: "U01ALICE", text: expect.stringContaining("Nothing matches") });
    expect(told).not.toHaveProperty("thread_ts");
  });

  test("the messenger does not look for another way when Slack is away or asks to wait", async () => {
    slack.once("chat.postEphemeral", { status: 429, headers: { "retry-after": "7" } });
    expect(await failureOf(messenger.reply(to(null), reply))).toMatchObject({ retryAfterMs: 7000 });
    expect(slack.callsOf("chat.postMessage")).toEqual([]);
  });

  test("the messenger says why when nothing works", async () => {
    slack.always("chat.postEphemeral", { error: "not_in_channel" });
    slack.always("chat.postMessage", { error: "messages_tab_disabled" });
    const failure = await failureOf(messenger.reply(to(null), reply));
    expect(failure).toMatchObject({ code: "messages_tab_disabled", permanent: true });
    expect(failure.next).toContain("Messages Tab");
  });
});

describe("a file", () => {
  const HOSTS = { name: "hosts.txt", text: "web-01\nweb-02", title: "Hosts" };

  test("a file goes into the thread with its whole text", async () => {
    await messenger.upload("C01OPS", "1.5", HOSTS);
    expect(slack.callsOf("files.getUploadURLExternal")[0]).toMatchObject({ filename: "hosts.txt" });
    expect(slack.files).toEqual([expect.stringContaining("web-01\nweb-02")]);
    expect(slack.callsOf("files.completeUploadExternal")[0]).toMatchObject({
      channel_id: "C01OPS",
      thread_ts: "1.5",
      files: [{ id: "F1", title: "Hosts" }],
    });
  });

  test("a file keeps every character", async () => {
    const text = "# Übergabe 🛠\n| a | b |\n<!channel> & more\n";
    await messenger.upload("C01OPS", "1.5", { ...HOSTS, text });
    expect(slack.files[0]).toContain(text);
  });

  test.each([
    ["../../etc/passwd", "etc-passwd"],
    ["m-7k3q hand over.md", "m-7k3q-hand-over.md"],
    ["…", "-"],
    ["", "file.txt"],
  ])("named %j is called %j: no folders, never nothing", async (name, called) => {
    await messenger.upload("C01OPS", "1.5", { ...HOSTS, name });
    expect(slack.callsOf("files.getUploadURLExternal")[0]?.filename).toBe(
      called === "-" ? "file.txt" : called,
    );
  });

  test("a file without a text is one empty line, because Slack takes no empty file", async () => {
    await messenger.upload("C01OPS", "1.5", { ...HOSTS, text: "" });
    expect(slack.files).toHaveLength(1);
  });

  test.each([
    ["files.getUploadURLExternal", "missing_scope"],
    ["files.getUploadURLExternal", "file_uploads_disabled"],
    ["files.completeUploadExternal", "no_permission"],
  ])("that %s refuses with %s is posted as a message, and why", async (method, error) => {
    slack.once(method, { error, more: { needed: "files:write", provided: "commands" } });
    const text = Array.from({ length: 2000 }, (_, index) => `host-${index} <!channel>`).join("\n");
    await messenger.upload("C01OPS", "1.5", { ...HOSTS, text });
    const [posted] = slack.callsOf("chat.postMessage");
    expect(posted).toMatchObject({ channel: "C01OPS", thread_ts: "1.5" });
    const shown = JSON.stringify(posted?.blocks);
    expect(shown).toContain("host-0 &lt;!channel&gt;");
    expect(shown).toMatch(/and \d+ more lines/);
    expect(shown).toContain(error);
    expect(logger.lines.join()).toContain("sending their words as a message");
  });

  test("a file goes into direct messages, outside of any thread", async () => {
    await messenger.upload("D01ALICE", null, HOSTS);
    const [completed] = slack.callsOf("files.completeUploadExternal");
    expect(completed).toMatchObject({ channel_id: "D01ALICE" });
    expect(completed).not.toHaveProperty("thread_ts");
  });

  test("Slack takes no file for a person's id", async () => {
    expect(await failureOf(messenger.upload("U01ALICE", null, HOSTS))).toMatchObject({
      code: "invalid_arguments",
    });
  });

  const LINE = {
    name: "prod.png",
    title: "Time line",
    png: Buffer.of(0x89, 0x50, 0xff, 0x00),
    caption: "2 windows of <!channel>.",
  };

  test("a picture goes up byte by byte, with its caption above it", async () => {
    await messenger.upload("C01OPS", "1.5", LINE);
    expect(slack.fileBytes[0]?.includes(LINE.png)).toBe(true);
    expect(slack.callsOf("files.completeUploadExternal")[0]).toMatchObject({
      thread_ts: "1.5",
      initial_comment: "2 windows of &lt;!channel&gt;.",
    });
    // With one, Slack says ok and shows the file to nobody.
    expect(slack.callsOf("files.getUploadURLExternal")[0]).not.toHaveProperty("alt_text");
  });

  test("a picture that Slack does not take is its caption as a message, and why", async () => {
    slack.once("files.getUploadURLExternal", { error: "missing_scope" });
    await messenger.upload("D01ALICE", null, LINE);
    const [posted] = slack.callsOf("chat.postMessage");
    expect(posted).toMatchObject({ channel: "D01ALICE" });
    expect(posted?.text).toContain("because the picture was not taken");
    expect(JSON.stringify(posted?.blocks)).toContain("2 windows of &lt;!channel&gt;.");
  });

  test.each([
    ["files.getUploadURLExternal", { status: 429, headers: { "retry-after": "7" } }, "rate_limited", 7000],
    ["upload", { status: 503 }, "server_error", null],
    ["files.completeUploadExternal", { error: "not_in_channel" }, "not_in_channel", null],
    ["files.completeUploadExternal", "hang", "timeout", null],
  ] as const)(
    "that %s does not take now (%j) is the caller's to repeat",
    async (method, answer, code, wait) => {
      slack.once(method, answer);
      expect(await failureOf(messengerFor(answer).upload("C01OPS", "1.5", HOSTS))).toMatchObject({
        code,
        retryAfterMs: wait,
      });
      expect(slack.callsOf("chat.postMessage")).toEqual([]);
    },
  );
});

test("the messenger knows who it is", async () => {
  slack.once("auth.test", {
    status: 200,
    headers: { "content-type": "application/json", "x-oauth-scopes": "commands,chat:write" },
    body: JSON.stringify({
      ok: true,
      user_id: "U0BOT",
      bot_id: "B0BOT",
      team: "Ops",
      team_id: "T01",
      enterprise_id: "E01",
    }),
  });
  expect(await messenger.whoAmI()).toEqual({
    userId: "U0BOT",
    team: "Ops",
    teamId: "T01",
    scopes: ["commands", "chat:write"],
  });
  expect(await messenger.whoAmI()).toMatchObject({ scopes: null });
});

test("the messenger asks for the address of a message, and says when Slack tells none", async () => {
  expect(await messenger.permalink("C1", "1.000001")).toBe("https://ops.slack.com/archives/C1/p1000001");
  expect(slack.callsOf("chat.getPermalink")).toEqual([
    expect.objectContaining({ channel: "C1", message_ts: "1.000001" }),
  ]);
  slack.once("chat.getPermalink", { error: "message_not_found" });
  await expect(messenger.permalink("C1", "1.000001")).rejects.toThrow(SlackFailure);
  slack.once("chat.getPermalink", { status: 200, body: '{"ok":true}' });
  await expect(messenger.permalink("C1", "1.000001")).rejects.toThrow(SlackFailure);
});

describe("a secret in what is said reaches nobody, whoever wrote it", () => {
  const SECRET = "corr3ct-h0rse";
  beforeEach(() => {
    new Secret(SECRET);
  });

  const shown = () => JSON.stringify([slack.calls, slack.responses, slack.files]);

  test.each<[string, () => Promise<unknown>]>([
    ["a message", () => messenger.post("C01OPS", null, message([section(mrk`for ${SECRET}, now`)]))],
    ["a name in a fixed-width face", () => messenger.post("C01OPS", null, message([section(code(SECRET))]))],
    ["a header", () => messenger.post("C01OPS", null, message([header(`for ${SECRET}`)]))],
    [
      "an answer, its table and its line",
      () =>
        messenger.reply(
          {
            responseUrl: slack.responseUrl(),
            channel: "C01OPS",
            user: "U01ALICE",
            thread: null,
            command: "/mesos",
          },
          {
            ...replyOf({ tone: "info", text: `for ${SECRET}`, said: SECRET, next: SECRET }),
            line: `/mesos drain web-01 2h "${SECRET}"`,
          },
        ),
    ],
    [
      "a file",
      () => messenger.upload("C01OPS", null, { name: "run.txt", title: "Output", text: `a\n${SECRET}\nb` }),
    ],
  ])("in %s", async (_, say) => {
    await say();
    expect(shown()).toContain("[secret]");
    expect(shown()).not.toContain(SECRET);
  });

  test("in what Slack refuses with", async () => {
    slack.once("chat.postMessage", {
      error: "invalid_arguments",
      more: { response_metadata: { messages: [`${"x".repeat(290)} ${SECRET}`] } },
    });
    const failure = await failureOf(messenger.post("C01OPS", null, CARD));
    expect(failure.message).not.toContain(SECRET.slice(0, 6));
  });
});
