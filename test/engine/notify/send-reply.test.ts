import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { threadJobId } from "../../../src/engine/lanes/ids.js";
import { NOTIFY_QUEUE, REPLY_JOB, replyJob, THREAD_JOB } from "../../../src/engine/lanes/jobs.js";
import { createDrawTimeline } from "../../../src/engine/notify/draw-timeline.js";
import type { NotifyPorts } from "../../../src/engine/notify/ports.js";
import { sendReply } from "../../../src/engine/notify/send-reply.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createReaders } from "../../../src/slack/people/readers.js";
import { createMessenger } from "../../../src/slack/say/messenger.js";
import { FakeSlack } from "../../slack/fake-slack.js";
import { keepingLogger } from "../../slack/fixtures.js";
import { threadJobOf } from "../../support/threads.js";
import { lineOf, rowOf } from "../../timeline/example.js";
import { MemoryStore } from "../support/memory-store.js";

const TO = { responseUrl: null, channel: "C01OPS", user: "U01ALICE", thread: null, command: "/mesos" };

const LONG = Array.from({ length: 900 }, (_, index) => `web-${index}  up`).join("\n");

const TABLE = { maintenance: null, name: "prod-hosts.txt", what: { kind: "table" } };

let slack: FakeSlack;

let queue: ReturnType<MemoryStore["queue"]>;

beforeEach(async () => {
  slack = await FakeSlack.start();
  queue = new MemoryStore(Date.now).queue(NOTIFY_QUEUE);
});

afterEach(() => slack.stop());

const answerOf = (table: string) =>
  replyOf({ tone: "info", text: "900 machines match web-*. /mesos hosts shows them.", table });

/** A reply that waits in the queue. `send` runs it once, as its lane does. */
async function queued(
  data: object,
  png = async (svg: string): Promise<Uint8Array> => Buffer.from(svg),
  o = { laterMs: 0 },
) {
  const logger = keepingLogger();
  const people = {
    of: async (id: string) => ({ name: id === "U01ALICE" ? "alice" : "bob", timeZone: "Asia/Shanghai" }),
    groupName: async () => null,
  };
  const readers = createReaders(people, Date.now);
  const ports = {
    drawTimeline: createDrawTimeline({ readers, logger, png }),
    messenger: createMessenger({ settings: slack.settings(), logger }),
    readers,
    queue,
    logger,
    now: () => Date.now() + o.laterMs,
  } as unknown as NotifyPorts;
  await queue.add(REPLY_JOB, data, { jobId: "r1", attempts: 12 });
  const job = await queue.getJob("r1");
  if (job === undefined) throw new Error("It is not in the queue.");
  return { job, logger, send: () => sendReply(job, ports) };
}

async function threadOf(maintenance: string): Promise<void> {
  const data = threadJobOf({ maintenance, channel: "C02ROLL", rootTs: "9.9" });
  await queue.add(THREAD_JOB, data, { jobId: threadJobId(maintenance) });
}

const answer = () => JSON.stringify(slack.callsOf("chat.postEphemeral")[0]?.blocks);

test("a table that does not fit goes whole to the person, and the answer says where it is", async () => {
  const { send } = await queued({ to: TO, reply: answerOf(LONG), attachments: [TABLE] });
  await send();
  expect(answer()).toMatch(/and \d+ more lines/);
  expect(answer()).toContain("The whole table comes as a file into your direct messages with the bot.");
  expect(slack.callsOf("chat.postMessage")).toMatchObject([
    { channel: "U01ALICE", text: expect.stringContaining("900 machines match web-*.") },
  ]);
  const [completed] = slack.callsOf("files.completeUploadExternal");
  expect(completed).toMatchObject({ channel_id: "D01ALICE", files: [{ title: "prod-hosts.txt" }] });
  expect(completed).not.toHaveProperty("thread_ts");
  expect(slack.files[0]).toContain("web-899  up");
});

test("a table that fits needs no file", async () => {
  const { send } = await queued({ to: TO, reply: answerOf("web-01  up"), attachments: [TABLE] });
  await send();
  expect(answer()).not.toContain("whole table");
  expect(slack.callsOf("chat.postMessage")).toEqual([]);
  expect(slack.files).toEqual([]);
});

test("a table that belongs to a maintenance goes into its thread, and the answer says so", async () => {
  await threadOf("m-7k3q");
  const attachments = [{ ...TABLE, maintenance: "m-7k3q" }];
  const { send } = await queued({ to: TO, reply: answerOf(LONG), attachments });
  await send();
  expect(answer()).toContain("The whole table comes as a file into the thread of m-7k3q.");
  expect(slack.callsOf("chat.postMessage")).toEqual([]);
  expect(slack.callsOf("files.completeUploadExternal")[0]).toMatchObject({
    channel_id: "C02ROLL",
    thread_ts: "9.9",
  });
});

test("a table of a maintenance without a thread goes to the person", async () => {
  const attachments = [{ ...TABLE, maintenance: "m-7k3q" }];
  const { send } = await queued({ to: TO, reply: answerOf(LONG), attachments });
  await send();
  expect(answer()).toContain("your direct messages with the bot");
  expect(slack.callsOf("files.completeUploadExternal")[0]).toMatchObject({ channel_id: "D01ALICE" });
});

test("a reply that comes again after Slack failed repeats neither the answer nor the word above the file", async () => {
  slack.once("upload", { status: 503 });
  const { send } = await queued({ to: TO, reply: answerOf(LONG), attachments: [TABLE, TABLE] });
  await expect(send()).rejects.toMatchObject({ code: "server_error" });
  await send();
  expect(slack.callsOf("chat.postEphemeral")).toHaveLength(1);
  expect(slack.callsOf("chat.postMessage")).toHaveLength(1);
  expect(slack.files).toHaveLength(2);
});

test("the person is told when the file cannot come (invariant 10)", async () => {
  slack.once("chat.postMessage", { error: "messages_tab_disabled" });
  const { send } = await queued({ to: TO, reply: answerOf(LONG), attachments: [TABLE] });
  await send();
  const [, told] = slack.callsOf("chat.postEphemeral");
  expect(told?.text).toContain("The file prod-hosts.txt could not be sent");
  expect(told?.text).toContain("*Next:* Turn the Messages Tab on");
  expect(slack.files).toEqual([]);
});

test.each([
  [{ maintenance: "m-7k3q", name: "m-7k3q-status.txt" }, "m-7k3q-status.txt"],
  [null, null],
])("a reply that 0.1.0 queued with the attachment %j is read", async (attachment, name) => {
  await threadOf("m-7k3q");
  const { send } = await queued({ to: TO, reply: answerOf(LONG), attachment, answered: true });
  await send();
  expect(slack.callsOf("chat.postEphemeral")).toEqual([]);
  const titles = slack.callsOf("files.completeUploadExternal").map(({ files }) => files);
  expect(titles).toEqual(name === null ? [] : [[{ id: "F1", title: name }]]);
});

describe("a time line", () => {
  const timeline = lineOf([rowOf({ ours: { id: "m-7k3q", who: "U02BOB" } })]);
  const attachments = [
    TABLE,
    { maintenance: null, name: "prod-schedule.png", what: { kind: "timeline", timeline } },
  ];
  const data = { to: TO, reply: answerOf("web-01  up"), attachments };

  test("goes to the person as a picture, with the names of people and in the zone of who reads it", async () => {
    const { send } = await queued(data);
    await send();
    expect(answer()).toContain("A picture of it comes into your direct messages with the bot.");
    expect(slack.callsOf("chat.postMessage")).toMatchObject([{ channel: "U01ALICE" }]);
    expect(slack.callsOf("files.completeUploadExternal")).toMatchObject([
      {
        channel_id: "D01ALICE",
        files: [{ title: "Windows of prod" }],
        initial_comment: "Windows of prod: 1 window. Times are those of Asia/Shanghai.",
      },
    ]);
    expect(slack.files[0]).toContain("m-7k3q bob");
    expect(slack.files[0]).toContain("Asia/Shanghai, UTC+8");
  });

  test("that cannot be drawn is left out, and the log says so once: the answer has it in words", async () => {
    const broken = async () => {
      throw new Error("Cannot find module '@resvg/resvg-js-linux-riscv64-gnu'");
    };
    const again = [...attachments, ...attachments];
    const { send, logger } = await queued({ ...data, attachments: again }, broken);
    await send();
    expect(answer()).toContain("web-01  up");
    expect(slack.callsOf("chat.postMessage")).toEqual([]);
    expect(slack.files).toEqual([]);
    expect(logger.lines.filter((line) => line.includes("tables alone are shown"))).toHaveLength(1);
  });
});

test("what is stored of a reply says how far it came", async () => {
  const { job, send } = await queued({ to: TO, reply: answerOf(LONG), attachments: [TABLE] });
  await send();
  expect(replyJob.parse(job.data)).toMatchObject({ answered: true, filed: 1, direct: "D01ALICE" });
});

describe("the response URL of a reply", () => {
  const data = () => ({ to: { ...TO, responseUrl: slack.responseUrl() }, reply: answerOf("web-01  up") });

  /** Slack takes the answer nowhere. */
  function refuseAll(error: string): void {
    slack.always("response_url", { status: 404, body: "expired_url" });
    for (const method of ["chat.postEphemeral", "chat.postMessage"]) slack.always(method, { error });
  }

  test("stays in the queue while the reply is tried again", async () => {
    refuseAll("internal_error");
    const { job, send } = await queued(data());
    await expect(send()).rejects.toThrow();
    expect(replyJob.parse(job.data).to.responseUrl).toBe(slack.responseUrl());
  });

  test("is not in what is kept of a reply that was given up", async () => {
    refuseAll("restricted_action");
    const { job, send } = await queued(data());
    await expect(send()).rejects.toThrow(/restricted_action/);
    expect(replyJob.parse(job.data).to.responseUrl).toBeNull();
  });

  test("is not in what is kept of a reply after its last try", async () => {
    refuseAll("internal_error");
    const { job, send } = await queued(data());
    job.attemptsMade = 11;
    await expect(send()).rejects.toThrow();
    expect(replyJob.parse(job.data).to.responseUrl).toBeNull();
  });

  test("is dropped and not tried once it is older than Slack takes answers", async () => {
    slack.always("chat.postEphemeral", { error: "internal_error" });
    const { job, send } = await queued(data(), undefined, { laterMs: 30 * 60_000 + 1_000 });
    await expect(send()).rejects.toThrow();
    expect(slack.responses).toEqual([]);
    expect(replyJob.parse(job.data).to.responseUrl).toBeNull();
  });
});
