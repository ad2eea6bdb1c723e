import { describe, expect, test } from "vitest";
import type { ThreadJob } from "../../../src/engine/lanes/jobs.js";
import { deliver } from "../../../src/engine/notify/deliver.js";
import type { ThreadPorts } from "../../../src/engine/notify/thread.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import type { Run } from "../../../src/maintenance/record/run.js";
import { BROADCASTS } from "../../../src/maintenance/show/telling.js";
import { anonymousReaders } from "../../../src/slack/people/readers.js";
import type { SlackMessage } from "../../../src/slack/render/blocks.js";
import { SlackFailure } from "../../../src/slack/wire/errors.js";
import { approvalOf } from "../../slack/fixtures.js";
import { runningRun } from "../../support/runs.js";
import { threadJobOf } from "../../support/threads.js";
import { batchOf, NOW, recordOf } from "../../support/world.js";

const START = threadJobOf({
  rootTs: "1.0",
  rootHash: "old",
  approvals: { b1a1: { ts: "1.1", hash: "old" } },
});

/** Slack without the messages that somebody has deleted; where it is told so, it refuses threads of theirs. */
function slackWithout(deleted: readonly string[], refusal: string | null = null) {
  const calls: string[] = [];
  let posted = 0;
  const update = async (_channel: string, ts: string) => {
    calls.push(`update ${ts}`);
    if (deleted.includes(ts)) throw new SlackFailure("message_not_found", { doing: "updating" });
  };
  const post = async (channel: string, thread: string | null, _message: SlackMessage) => {
    calls.push(`post in ${thread ?? "channel"}`);
    if (refusal !== null && thread !== null && deleted.includes(thread))
      throw new SlackFailure(refusal, { doing: "posting" });
    posted += 1;
    return { ts: `2.${posted}`, channel };
  };
  const upload = async (_channel: string, thread: string | null) => {
    calls.push(`upload in ${thread}`);
  };
  const permalink = async (channel: string, ts: string) => `https://ops.example/${channel}/${ts}`;
  return { calls, messenger: { update, post, upload, permalink } };
}

/** What was done, and what is remembered of it. */
async function delivered(
  record: Maintenance,
  start: ThreadJob,
  slack: ReturnType<typeof slackWithout>,
  parts: Partial<ThreadPorts> = {},
) {
  let progress = start;
  const outcome = await deliver(record, start, {
    messenger: slack.messenger,
    readers: anonymousReaders(() => NOW),
    reply: async () => {},
    save: async (next) => {
      progress = next;
    },
    edits: new Map(),
    outputs: { of: async () => null, drop: async () => {} },
    cluster: { broadcast: BROADCASTS, tickets: null, scheme: "http", calendar: [] },
    drawWindows: async () => null,
    habits: new Map(),
    shown() {},
    now: () => NOW,
    ...parts,
  });
  return { outcome, progress, calls: slack.calls };
}

const UP = recordOf({
  batches: [batchOf({ phase: "up" })],
  events: [{ seq: 1, atMs: NOW, kind: "up", batch: "b1", machines: 2 }],
  seq: 1,
  end: { phase: "up", atMs: NOW, why: null },
});

const ASKED = recordOf({
  batches: [batchOf({ phase: "awaiting_approval", approvals: [approvalOf({ id: "b1a1" })] })],
});

test("a deleted card is posted anew before its thread goes on there, and takes the hand-over record with it", async () => {
  const { outcome, progress, calls } = await delivered(UP, START, slackWithout(["1.0"]));
  expect(outcome).toBe("finished");
  expect(calls).toEqual(["update 1.0", "post in channel", "post in 2.1", "upload in 2.1"]);
  expect(progress).toMatchObject({ rootTs: "2.1", postedSeq: 1, handedOver: true });
});

test.each(["thread_not_found", "cannot_reply_to_message"])(
  "a thread that Slack refuses with %s, its root being deleted, goes on under a new card (invariant 10)",
  async (refusal) => {
    const shown = await delivered(UP, { ...START, postedSeq: 1 }, slackWithout([]));
    // The card as it stands there now: nothing of it is to be edited.
    const { outcome, progress, calls } = await delivered(
      UP,
      { ...START, rootHash: shown.progress.rootHash },
      slackWithout(["1.0"], refusal),
    );
    expect(outcome).toBe("finished");
    expect(calls).toEqual(["post in 1.0", "post in channel", "post in 2.1", "upload in 2.1"]);
    expect(progress).toMatchObject({ rootTs: "2.1", postedSeq: 1 });
  },
);

test("an open question whose message was deleted is asked again, and that message is kept up to date (invariant 10)", async () => {
  const { progress, calls } = await delivered(ASKED, START, slackWithout(["1.1"]));
  expect(calls).toEqual(["update 1.1", "update 1.0", "post in 1.0"]);
  expect(progress.approvals).toMatchObject({
    b1a1: { ts: "2.1", link: "https://ops.example/C1/2.1" },
  });
  const linked = await delivered(ASKED, progress, slackWithout(["1.1"]));
  expect(linked.calls).toEqual(["update 1.0"]);
  const again = await delivered(ASKED, linked.progress, slackWithout(["1.1"]));
  expect(again.calls).toEqual([]);
});

test("a settled question whose message was deleted is left alone", async () => {
  const outcome = { kind: "denied", by: "U0BOB", atMs: NOW, reason: null } as const;
  const record = recordOf({
    batches: [batchOf({ phase: "draining", approvals: [approvalOf({ id: "b1a1", outcome })] })],
  });
  const { progress, calls } = await delivered(record, START, slackWithout(["1.1"]));
  expect(calls).toEqual(["update 1.1", "update 1.0"]);
  expect((await delivered(record, progress, slackWithout(["1.1"]))).calls).toEqual([]);
});

test("an open question is asked though its event is not in the log any more (invariant 10)", async () => {
  const { progress, calls } = await delivered(
    ASKED,
    { ...START, approvals: {}, postedSeq: 9 },
    slackWithout([]),
  );
  expect(calls).toEqual(["update 1.0", "post in 1.0"]);
  expect(progress).toMatchObject({ approvals: { b1a1: { ts: "2.1" } }, postedSeq: 9 });
});

test("an event that changes nothing on the card or in a question edits neither", async () => {
  const asked = await delivered(ASKED, { ...START, approvals: {} }, slackWithout([]));
  // With the link to the question.
  const shown = await delivered(ASKED, asked.progress, slackWithout([]));
  const noted: Maintenance = {
    ...ASKED,
    events: [{ seq: ASKED.seq + 1, atMs: NOW, kind: "note", text: "Agents changed at the master." }],
    seq: ASKED.seq + 1,
  };
  const { calls } = await delivered(noted, shown.progress, slackWithout([]));
  expect(calls).toEqual(["post in 1.0"]);
});

describe("the message of a run", () => {
  const RUN = runningRun();
  const about = { batch: "b1", run: "b1r1", runbook: "kernel-update" };
  const withRun = (run: Run) =>
    recordOf({
      batches: [batchOf({ phase: "down" })],
      runs: [run],
      events: [{ seq: 1, atMs: NOW, kind: "run_started", ...about, worker: "w1" }],
      seq: 1,
    });
  const RUNNING = withRun(RUN);
  const ENDED = withRun({ ...RUN, outcome: { kind: "ok", atMs: NOW, words: "Exit code 0.", hosts: [] } });
  /** The card and the question are as they stand there now. */
  const FRESH = { ...START, approvals: {} };

  /** What the job of the run knows. */
  function outputs(tail: readonly string[], output: string | null = null) {
    const dropped: string[] = [];
    return {
      dropped,
      of: async () => ({ tail: [...tail], output }),
      drop: async ({ id }: Run) => void dropped.push(id),
    };
  }

  test("is posted when it starts, edited when it prints, at most every 2 s, and left alone otherwise", async () => {
    const edits = new Map<string, number>();
    const at = (ms: number, line: string) => ({ edits, now: () => NOW + ms, outputs: outputs([line]) });
    const first = await delivered(RUNNING, FRESH, slackWithout([]), at(0, "one"));
    expect(first.calls).toEqual(["update 1.0", "post in 1.0"]);
    const soon = await delivered(RUNNING, first.progress, slackWithout([]), at(1_999, "two"));
    expect(soon).toMatchObject({ outcome: "edit_later", calls: [] });
    const later = await delivered(RUNNING, soon.progress, slackWithout([]), at(2_000, "three"));
    expect(later).toMatchObject({ outcome: "waiting", calls: ["update 2.1"] });
    const same = await delivered(RUNNING, later.progress, slackWithout([]), at(9_000, "three"));
    expect(same).toMatchObject({ outcome: "waiting", calls: [] });
  });

  test("is posted again while it runs when somebody deleted it", async () => {
    const first = await delivered(RUNNING, FRESH, slackWithout([]), { outputs: outputs(["one"]) });
    const again = await delivered(RUNNING, first.progress, slackWithout(["2.1"]), {
      outputs: outputs(["two"]),
    });
    expect(again.calls).toEqual(["update 2.1", "post in 1.0"]);
    expect(again.progress.runs).toMatchObject({ b1r1: { ts: "2.1", isFiled: false } });
  });

  test("comes with all of the output as a file at its end, once, which the queue need not keep then", async () => {
    const own = outputs(["done"], "all of it\n");
    const first = await delivered(ENDED, FRESH, slackWithout([]), { outputs: own });
    expect(first.calls).toEqual(["update 1.0", "post in 1.0", "upload in 1.0"]);
    expect(own.dropped).toEqual(["b1r1"]);
    const again = await delivered(ENDED, first.progress, slackWithout([]), { outputs: own });
    expect(again.calls).toEqual([]);
  });

  test.each([
    ["is empty", outputs([], " \n")],
    ["nobody has any more", outputs([], null)],
  ])("comes without a file where the output %s", async (_, own) => {
    const { calls, progress } = await delivered(ENDED, FRESH, slackWithout([]), { outputs: own });
    expect(calls).toEqual(["update 1.0", "post in 1.0"]);
    expect(progress.runs).toMatchObject({ b1r1: { isFiled: true } });
  });

  test("and the output go under a new card when somebody deleted the thread", async () => {
    const { calls, progress } = await delivered(ENDED, FRESH, slackWithout(["1.0"], "thread_not_found"), {
      outputs: outputs([], "all of it\n"),
    });
    expect(calls).toEqual(["update 1.0", "post in channel", "post in 2.1", "upload in 2.1"]);
    expect(progress.rootTs).toBe("2.1");
  });
});

test("a card that is posted after a process died while posting one says that an older one may stand above", async () => {
  const none = { ...START, rootTs: null, approvals: {} };
  const noted: (boolean | undefined)[] = [];
  const died = slackWithout([]);
  died.messenger.post = async () => {
    throw new Error("The process dies here.");
  };
  const save = async (next: ThreadJob) => void noted.push(next.rootPosting);
  await expect(delivered(recordOf({ batches: [batchOf()] }), none, died, { save })).rejects.toThrow("dies");
  expect(noted).toEqual([true]);
  const texts: string[] = [];
  const again = slackWithout([]);
  const { post } = again.messenger;
  again.messenger.post = async (channel, thread, message) => {
    texts.push(message.text);
    return await post(channel, thread, message);
  };
  const record = recordOf({ batches: [batchOf()] });
  const { progress } = await delivered(record, { ...none, rootPosting: true }, again);
  expect(texts.join("\n")).toContain("an older one may stand above this one");
  expect(progress.rootPosting).toBe(false);
  texts.length = 0;
  await delivered(record, none, again);
  expect(texts.join("\n")).not.toContain("an older one");
});

test("a drain that was first looked at long after it was asked for has a card, with how it goes on (invariants 10, 13)", async () => {
  const late = recordOf({ batches: [], unwatched: { sinceMs: NOW - 3_600_000, noticedAtMs: NOW } });
  const { calls } = await delivered(late, { ...START, rootTs: null, approvals: {} }, slackWithout([]));
  expect(calls).toContain("post in channel");
});

describe("the picture of the windows of a drain in batches", () => {
  const rolling = recordOf({
    batches: [batchOf({ id: "b1", phase: "draining" }), batchOf({ id: "b2", phase: "scheduled" })],
    events: [{ seq: 1, atMs: NOW, kind: "scheduled", batch: "b1", machines: 2 }],
    seq: 1,
  });
  const picture = { name: "m-7k3q-batches.png", title: "Batches", png: Buffer.of(1), caption: "2 windows" };
  const start = { ...START, approvals: {} };

  test("stands in the thread once they are announced", async () => {
    const slack = slackWithout([]);
    const first = await delivered(rolling, start, slack, { drawWindows: async () => picture });
    expect(first.calls.filter((call) => call.startsWith("upload"))).toEqual(["upload in 1.0"]);
    const again = await delivered(rolling, first.progress, slackWithout([]), {
      drawWindows: async () => picture,
    });
    expect(again.calls.filter((call) => call.startsWith("upload"))).toEqual([]);
  });

  test("is left out where it cannot be drawn", async () => {
    const { calls } = await delivered(rolling, start, slackWithout([]));
    expect(calls.filter((call) => call.startsWith("upload"))).toEqual([]);
  });
});
