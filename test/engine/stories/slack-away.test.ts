import { describe, expect, onTestFinished, test } from "vitest";
import { threadJobId } from "../../../src/engine/lanes/ids.js";
import { NOTIFY_QUEUE } from "../../../src/engine/lanes/jobs.js";
import { wake } from "../../../src/engine/store/store.js";
import type { Answer } from "../../slack/fake-slack.js";
import { type Engine, useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";
import type { TestCluster, TestMaintenance } from "../support/test-cluster.js";

/** The whole thread of a drain of two empty machines up to Down, in its order. */
const THREAD = [
  /^💥 What goes away with these 2 machines/,
  /^🗓️ Scheduled/,
  /^🍃 Empty/,
  /^Take 2 machines down\?[\s\S]*Approved by @bob/,
  /^✅ @bob approved Down/,
  /^⏬ Taking down/,
  /^🔻 Down: 2 machines/,
];

/** Drains and takes down, by the button values alone: nothing can be seen in Slack meanwhile. */
async function drainUnseen(cluster: TestCluster, maintenance: TestMaintenance): Promise<void> {
  await cluster.until(
    "the question is asked",
    async () => (await maintenance.record()).batches[0]?.approvals.length,
  );
  const decision = { kind: "approve", batch: "b1", approval: "b1a1" } as const;
  await cluster.click(BOB, { v: 1, id: maintenance.id, decision });
  await cluster.until("the machines are Down", async () => cluster.mode("web-01") === "DOWN");
  await cluster.until(
    "the record says so",
    async () => (await maintenance.record()).batches[0]?.phase === "down",
  );
}

/** Each message stands in the thread once, and in the order in which things happened. */
async function expectWholeThread(maintenance: TestMaintenance): Promise<void> {
  await maintenance.thread(/Down: 2 machines/);
  const texts = maintenance.texts().filter((text) => !text.startsWith("⚠️"));
  expect(texts).toHaveLength(THREAD.length);
  for (const [at, words] of THREAD.entries()) expect(texts[at]).toMatch(words);
}

/** Slack's methods answer so from now on, until the function that is returned is called. */
function slackAnswers(engine: Engine, answer: Answer, ...methods: readonly string[]): () => void {
  for (const method of methods) engine.webApi.always(method, answer);
  const back = () => {
    for (const method of methods) engine.webApi.always(method, null);
  };
  onTestFinished(back);
  return back;
}

const POSTS = ["chat.postMessage", "chat.update"] as const;

const EVERYTHING = [...POSTS, "chat.postEphemeral", "response_url"] as const;

describe("Slack that cannot be reached holds nothing up", () => {
  const engine = useEngine();

  test("a maintenance goes on at the master while Slack fails, and its thread catches up in order, nothing lost and nothing twice", async () => {
    const cluster = await engine().cluster();
    const back = slackAnswers(engine(), { status: 503 }, ...EVERYTHING);
    await cluster.type(ALICE, "drain web-0[1-2] 2h");
    const [record] = await cluster.until("the maintenance", async () => {
      const open = (await cluster.records.open()).records;
      return open.length > 0 ? open : null;
    });
    const maintenance = cluster.maintenance(record?.id ?? "");
    await drainUnseen(cluster, maintenance);
    expect(cluster.messages()).toEqual([]);
    back();
    await expectWholeThread(maintenance);
    await maintenance.root(/· down/);
    await cluster.told(BOB, /You approved/);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });

  test("a thread waits as long as Slack says with 429, then shows everything in order", async () => {
    const cluster = await engine().cluster();
    const limited = { status: 429, headers: { "retry-after": "1" } };
    engine().webApi.once("chat.postMessage", limited);
    engine().webApi.once("chat.postMessage", limited);
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await drainUnseen(cluster, maintenance);
    await expectWholeThread(maintenance);
    await maintenance.root(/· down/);
  });

  test.each<[string, Answer]>([
    ["had a 500", { status: 500 }],
    ["asked to wait", { status: 429, headers: { "retry-after": "1" } }],
    ["had archived the channel", { error: "is_archived" }],
    ["had taken the bot out of it", { error: "not_in_channel" }],
    ["did not know the token any more", { error: "token_revoked" }],
  ])("a thread shows everything once after Slack %s in the middle of it", async (_, answer) => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drain("web-0[1-2] 2h");
    await maintenance.thread(/Scheduled/);
    const back = slackAnswers(engine(), answer, ...POSTS);
    await drainUnseen(cluster, maintenance);
    back();
    await expectWholeThread(maintenance);
    expect(cluster.calls("START_MAINTENANCE")).toBe(1);
  });
});

describe("what a person has to mend in Slack", () => {
  const engine = useEngine();

  test.each([
    { error: "not_in_channel", what: /The bot is not a member of the channel/, next: /\/invite @<the bot>/ },
    { error: "channel_not_found", what: /no such channel, or it is private/, next: /Use the channel.s id/ },
    { error: "invalid_auth", what: /Slack does not accept the token/, next: /SLACK_BOT_TOKEN/ },
    { error: "token_revoked", what: /The token was revoked/, next: /Install the Slack app again/ },
    { error: "missing_scope", what: /lacks a permission \(scope\)/, next: /manifest\.json/ },
    { error: "is_archived", what: /The channel is archived/, next: /Unarchive it/ },
  ])(
    "$error is told to the requester once with what to do; the maintenance goes on",
    async ({ error, what, next }) => {
      const cluster = await engine().cluster();
      const back = slackAnswers(engine(), { error }, ...POSTS);
      const maintenance = await cluster.drain("web-0[1-2] 2h");
      const told = await cluster.told(ALICE, /goes on, but its messages cannot be shown/);
      expect(told).toMatch(what);
      expect(told).toContain("The messages wait; none is lost.");
      expect(told).toMatch(next);
      await cluster.until(
        "the question",
        async () => (await maintenance.record()).batches[0]?.approvals.length,
      );
      // Wakes the thread once more while it cannot be shown: the requester does not hear it again.
      const tries = () => engine().webApi.callsOf("chat.postMessage").length;
      const before = tries();
      await cluster.until("another try", async () => {
        const thread = await engine().store.queue(NOTIFY_QUEUE).getJob(threadJobId(maintenance.id));
        if (thread !== undefined) await wake(thread);
        return tries() > before;
      });
      await cluster.until("the try is over", async () => {
        const thread = await engine().store.queue(NOTIFY_QUEUE).getJob(threadJobId(maintenance.id));
        return await thread?.isDelayed();
      });
      expect(cluster.toldTo(ALICE).filter((text) => text.includes("cannot be shown"))).toHaveLength(1);
      back();
      await drainUnseen(cluster, maintenance);
      await expectWholeThread(maintenance);
    },
  );
});
