import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { threadJobId } from "../../../src/engine/lanes/ids.js";
import {
  MAINTENANCE_JOB,
  NOTIFY_QUEUE,
  THREAD_JOB,
  type ThreadJob,
  threadJob,
} from "../../../src/engine/lanes/jobs.js";
import { createLostClusters } from "../../../src/engine/lanes/lost-clusters.js";
import { MAINTENANCE_JOB_OPTIONS, THREAD_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords, type Records } from "../../../src/engine/lanes/records.js";
import { runsIn } from "../../../src/engine/lanes/runs-in.js";
import { notifyProcessor } from "../../../src/engine/notify/notify.js";
import { NOTIFY_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { wake } from "../../../src/engine/store/store.js";
import { encodeMaintenance, type Maintenance } from "../../../src/maintenance/record/record.js";
import { anonymousReaders } from "../../../src/slack/people/readers.js";
import { createMessenger } from "../../../src/slack/say/messenger.js";
import { FakeSlack } from "../../slack/fake-slack.js";
import { threadJobOf } from "../../support/threads.js";
import { batchOf, HOUR, recordOf } from "../../support/world.js";
import { keepLog } from "../store/places.js";
import { StepByStep } from "../support/course.js";
import { MemoryStore } from "../support/memory-store.js";
import { TestClock } from "../support/test-clock.js";

let clock: TestClock;

let store: MemoryStore;

let course: StepByStep;

let slack: FakeSlack;
beforeEach(async () => {
  clock = new TestClock();
  store = new MemoryStore(clock.wall);
  course = new StepByStep(store, clock);
  slack = await FakeSlack.start();
});
afterEach(() => slack.stop());

const HISTORY_MS = 400 * 86_400_000;

/** A bot with these clusters, and a maintenance of `prod` whose thread it shows. */
async function bot(configured: readonly string[], now = clock.now) {
  const log = { ...keepLog(), debug() {} };
  const records = new Map<string, Records>(
    configured.map((name) => [name, openRecords(store, name, log)] as const),
  );
  const queue = store.queue(NOTIFY_QUEUE);
  const messenger = createMessenger({ settings: slack.settings(), logger: log, timeoutMs: 120_000 });
  const lost = createLostClusters(store, records, log);
  const worker = store.worker(
    NOTIFY_QUEUE,
    notifyProcessor({
      messenger,
      readers: anonymousReaders(now),
      drawTimeline: async () => null,
      home: async () => {},
      queue,
      records,
      shownIn: () => ({ broadcast: [], tickets: null, scheme: "http", calendar: [] }),
      historyMs: HISTORY_MS,
      runsOf: runsIn(store),
      shown() {},
      lost,
      logger: log,
      now,
      wall: now,
    }),
    NOTIFY_WORKER_OPTIONS,
  );
  void worker.run();
  const stop = () => worker.close();
  onTestFinished(stop);
  return Object.assign(log, { stop });
}

const maintenance = (parts: Partial<Maintenance>) =>
  recordOf({ id: `m-${randomUUID().slice(0, 5)}`, batches: [batchOf({ phase: "draining" })], ...parts });

async function placeRecord(record: Maintenance): Promise<void> {
  const { queue } = openRecords(store, "prod", { ...keepLog(), debug() {} });
  await queue.add(MAINTENANCE_JOB, encodeMaintenance(record), {
    ...MAINTENANCE_JOB_OPTIONS,
    jobId: record.id,
  });
}

async function placeThread(id: string, parts: Partial<ThreadJob> = {}) {
  const data = threadJobOf({ maintenance: id, rootTs: "1.0", rootHash: "old", ...parts });
  await store.queue(NOTIFY_QUEUE).add(THREAD_JOB, data, { ...THREAD_JOB_OPTIONS, jobId: threadJobId(id) });
}

async function threadOf(id: string) {
  const job = await store.queue(NOTIFY_QUEUE).getJob(threadJobId(id));
  if (job === undefined) throw new Error(`${id} has no thread.`);
  return job;
}

/** What Slack was sent of a maintenance. */
const sent = (method: string, id: string): readonly string[] =>
  slack
    .callsOf(method)
    .map((args) => JSON.stringify(args))
    .filter((text) => text.includes(id));

test("a cluster that is gone from the clusters file: its open maintenance says so once, in its thread (invariants 10, 11)", async () => {
  const log = await bot(["renamed"]);
  const record = maintenance({});
  await placeRecord(record);
  await placeThread(record.id);
  const [told] = await course.until("the thread hears of it", async () => {
    const texts = sent("chat.postMessage", record.id);
    return texts.length > 0 ? texts : null;
  });
  expect(told).toContain('"thread_ts":"1.0"');
  expect(told).toContain("<@U01ALICE>");
  expect(told).toContain(`${record.id} belongs to prod, which is not in the bot's clusters file any more`);
  expect(told).toContain("Its last state was draining");
  expect(told).toContain("Put prod back into the clusters file");
  await course.until("it waits", async () => (await threadOf(record.id)).isDelayed());
  const { attemptsStarted } = await threadOf(record.id);
  await course.until("it has looked again, and waits", async () => {
    const thread = await threadOf(record.id);
    return thread.attemptsStarted > attemptsStarted && (await thread.isDelayed());
  });
  expect(sent("chat.postMessage", record.id)).toHaveLength(1);
  expect(log.lines.filter(({ level }) => level === "error")).toHaveLength(1);
});

test("bots of which one has not got the new clusters file yet do not tell it in turn", async () => {
  const record = maintenance({});
  await placeRecord(record);
  await placeThread(record.id);
  const thread = await threadOf(record.id);
  const lost = () => sent("chat.postMessage", record.id).filter((text) => text.includes("clusters file"));
  for (const clusters of [["older"], ["prod"], ["older"]]) {
    const started = (await threadOf(record.id)).attemptsStarted;
    if (await thread.isDelayed()) await wake(thread);
    const { stop } = await bot(clusters);
    await course.until("it has looked, and waits", async () => {
      const looked = (await threadOf(record.id)).attemptsStarted > started;
      return looked && (await thread.isDelayed());
    });
    await stop();
  }
  expect(lost()).toHaveLength(1);
});

test("a cluster that is gone before its maintenance has a thread: the requester hears it", async () => {
  await bot(["renamed"]);
  const record = maintenance({});
  await placeRecord(record);
  await placeThread(record.id, { rootTs: null });
  const told = await course.until("alice hears of it", async () => sent("chat.postEphemeral", record.id)[0]);
  expect(told).toContain("U01ALICE");
  expect(told).toContain("belongs to prod, which is not in the bot's clusters file any more");
});

test("a record that is gone though its thread had begun is not said to have posted nothing", async () => {
  await bot(["prod"], () => clock.now() + HOUR);
  const { id } = maintenance({});
  await placeThread(id);
  const told = await course.until("alice hears of it", async () => sent("chat.postEphemeral", id)[0]);
  expect(told).toContain("Windows that it posted to the master stay there");
  expect(told).toContain("The history of prod has no maintenance that has ended.");
  expect(told).not.toContain("Nothing was posted");
  const queue = store.queue(NOTIFY_QUEUE);
  await course.until("its thread is gone", async () => (await queue.getJob(threadJobId(id))) === undefined);
});

test("a thread that is over is kept as long as the record of its maintenance", async () => {
  slack.always("chat.update", { error: "is_archived" });
  onTestFinished(() => slack.always("chat.update", null));
  await bot(["prod"]);
  const over = async () => {
    const end = { phase: "up" as const, atMs: clock.now() - 25 * HOUR, why: null };
    const record = maintenance({ batches: [batchOf({ phase: "up" })], end });
    await placeRecord(record);
    await placeThread(record.id);
    await course.until("its thread is given up", async () => (await threadOf(record.id)).isCompleted());
    return record.id;
  };
  const first = await over();
  clock.moveOn(HISTORY_MS - HOUR);
  await over();
  expect(await (await threadOf(first)).isCompleted()).toBe(true);
  clock.moveOn(2 * HOUR);
  await over();
  await expect(threadOf(first)).rejects.toThrow("has no thread");
});

test("a maintenance that was never placed is said to have posted nothing", async () => {
  await bot(["prod"], () => clock.now() + HOUR);
  const { id } = maintenance({});
  await placeThread(id, { rootTs: null });
  const told = await course.until("alice hears of it", async () => sent("chat.postEphemeral", id)[0]);
  expect(told).toContain("Nothing was posted to the master");
});

test.each(["channel_not_found", "is_archived"])(
  "an ended maintenance waits a day for its channel, not for ever: %s",
  async (error) => {
    for (const method of ["chat.update", "chat.postMessage", "chat.postEphemeral"])
      slack.always(method, { error });
    onTestFinished(() => {
      for (const method of ["chat.update", "chat.postMessage", "chat.postEphemeral"])
        slack.always(method, null);
    });
    const log = await bot(["prod"]);
    const ended = (hours: number) =>
      maintenance({
        batches: [batchOf({ phase: "up" })],
        end: { phase: "up", atMs: clock.now() - hours * HOUR, why: null },
      });
    const [recent, old] = [ended(23), ended(25)];
    for (const record of [recent, old]) {
      await placeRecord(record);
      await placeThread(record.id);
    }
    await course.until("the old one is given up", async () => (await threadOf(old.id)).isCompleted());
    await course.until("the recent one waits", async () => (await threadOf(recent.id)).isDelayed());
    expect(log.lines.filter(({ text }) => text.includes("was given up"))).toHaveLength(1);
  },
);

describe("the response URL of the command, in the job of the thread", () => {
  const URL = "https://hooks.slack.com/commands/T01/1/abc";
  const replyTo = { ...threadJobOf().replyTo, responseUrl: URL };
  const urlOf = async (id: string) => threadJob.parse((await threadOf(id)).data).replyTo.responseUrl;

  test("goes once the requester has heard what came of it", async () => {
    const record = maintenance({});
    await placeRecord(record);
    await placeThread(record.id, { rootTs: null, replyTo, asked: { what: "drain", queued: true } });
    expect(await urlOf(record.id)).toBe(URL);
    await bot(["prod"]);
    await course.until("it is gone", async () => (await urlOf(record.id)) === null);
  });

  test("goes after half an hour, when Slack takes nothing there any more", async () => {
    const record = maintenance({});
    await placeRecord(record);
    await placeThread(record.id, { replyTo });
    await bot(["prod"], () => clock.now() + HOUR);
    await course.until("it is gone", async () => (await urlOf(record.id)) === null);
  });

  test("is not in what is kept of a thread that is over", async () => {
    const end = { phase: "failed" as const, atMs: clock.now(), why: "Nothing matches." };
    const record = maintenance({ batches: [], end });
    await placeRecord(record);
    await placeThread(record.id, { rootTs: null, replyTo, asked: { what: "drain", queued: false } });
    await bot(["prod"]);
    await course.until("it is over", async () => (await threadOf(record.id)).isCompleted());
    expect(await urlOf(record.id)).toBeNull();
  });
});
