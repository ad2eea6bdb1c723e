import { beforeEach, describe, expect, test } from "vitest";
import { createHome } from "../../../src/engine/bot/home.js";
import { threadJobId } from "../../../src/engine/lanes/ids.js";
import { MAINTENANCE_JOB, threadJob } from "../../../src/engine/lanes/jobs.js";
import { createNotifier } from "../../../src/engine/lanes/notifier.js";
import { openRecords } from "../../../src/engine/lanes/records.js";
import { StoreError } from "../../../src/engine/store/store-error.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { anonymousReaders } from "../../../src/slack/people/readers.js";
import { MOST_OPEN } from "../../../src/slack/render/home/home.js";
import { SlackFailure } from "../../../src/slack/wire/errors.js";
import { approvalOf, batchOf, NOW, recordOf } from "../../slack/fixtures.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE, BOB } from "../support/people.js";
import { TestClock } from "../support/test-clock.js";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const CAROL = "U03CAROL";

/** The Homes that were drawn, and addresses of messages that were asked for. */
let drawn: string[];

let asked: string[];

let store: MemoryStore;

let permalink: (channel: string, ts: string) => Promise<string>;

beforeEach(() => {
  drawn = [];
  asked = [];
  store = new MemoryStore(() => NOW);
  permalink = async (channel, ts) => {
    asked.push(ts);
    return `https://ops.slack.com/archives/${channel}/${ts}`;
  };
});

/** Alice's maintenance with a question to the approvers of `prod`, and where its messages stand. */
async function botWith(
  o: {
    approvers?: readonly string[];
    votes?: readonly string[];
    nowMs?: number;
    /** Address of the question, as its thread knows it. */
    link?: string;
    /** Open maintenances besides, each with a card. */
    others?: number;
  } = {},
) {
  const records = openRecords(store, "prod", quiet);
  const notifier = createNotifier(store, quiet, new TestClock());
  const votes = (o.votes ?? []).map((by) => ({ by, atMs: NOW }));
  const approval = approvalOf({ notBy: [ALICE], votes, votesNeeded: 2 });
  const record = recordOf({ batches: [batchOf({ phase: "awaiting_approval", approvals: [approval] })] });
  await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(record), { jobId: record.id });
  await notifier.openThread(
    record,
    {
      responseUrl: null,
      channel: "C1",
      user: ALICE,
      thread: null,
      command: "/mesos",
    },
    "drain of web-*",
  );
  const job = await notifier.queue.getJob(threadJobId(record.id));
  const thread = threadJob.parse(job?.data);
  const approvals = { [approval.id]: { ts: "2.2", hash: "", link: o.link } };
  await job?.updateData({ ...thread, channel: "C1", rootTs: "1.1", approvals });
  for (let at = 0; at < (o.others ?? 0); at += 1) {
    const other = recordOf({ id: `m-other${at}`, requestedAtMs: NOW - at });
    await records.queue.add(MAINTENANCE_JOB, encodeMaintenance(other), { jobId: other.id });
    const to = { responseUrl: null, channel: "C1", user: ALICE, thread: null, command: "/mesos" };
    await notifier.openThread(other, to, "drain of web-*");
    const card = await notifier.queue.getJob(threadJobId(other.id));
    await card?.updateData({ ...threadJob.parse(card.data), channel: "C1", rootTs: `3.${at}` });
  }
  const draw = createHome({
    messenger: {
      permalink: (channel, ts) => permalink(channel, ts),
      publish: async (user, view) => {
        drawn.push(`${user}: ${JSON.stringify(view.blocks)}`);
      },
    },
    readers: anonymousReaders(() => NOW),
    clusters: [{ name: "prod", policy: { approvers: o.approvers ?? [], membersOnly: true } }],
    records: new Map([["prod", records]]),
    threads: notifier.queue,
    personOf: async (user, groups) => ({
      user,
      groups: user === CAROL ? groups.filter((id) => id === "S0OPS") : [],
      standing: "member" as const,
      lookupFailed: false,
    }),
    version: "1.2.3",
    logger: quiet,
    now: () => o.nowMs ?? NOW,
  });
  return {
    records,
    async homeOf(user: string): Promise<string> {
      await draw(user, null);
      return drawn.at(-1) ?? "";
    },
  };
}

describe("a Home", () => {
  test("links the card of what is open and the question of who may answer it", async () => {
    const bot = await botWith();
    const home = await bot.homeOf(BOB);
    expect(home.startsWith(BOB)).toBe(true);
    expect(home).toContain("archives/C1/1.1|m-7k3q");
    expect(home).toContain("archives/C1/2.2|Open the question");
  });

  test("asks for each address once: it never changes", async () => {
    const bot = await botWith();
    for (const user of [BOB, BOB, CAROL]) await bot.homeOf(user);
    expect(asked.sort()).toEqual(["1.1", "2.2"]);
  });

  test("does not ask for the address of a question that its thread knows", async () => {
    const bot = await botWith({ link: "https://ops.slack.com/known" });
    expect(await bot.homeOf(BOB)).toContain("https://ops.slack.com/known|Open the question");
    expect(asked).toEqual(["1.1"]);
  });

  test("asks for addresses of what is shown alone", async () => {
    const bot = await botWith({ link: "https://ops.slack.com/known", others: 40 });
    expect(await bot.homeOf(BOB)).toContain("Open: 41 maintenances");
    expect(asked).toHaveLength(MOST_OPEN);
  });

  test.each([
    ["the requester, who may not answer it (invariant 6)", ALICE, {}],
    ["somebody who has answered it", BOB, { votes: [BOB] }],
    ["somebody who is not among the approvers", BOB, { approvers: ["S0OPS"] }],
    ["anybody once it has expired", BOB, { nowMs: approvalOf().expiresAtMs }],
  ] as const)("shows no question to %s", async (_, user, o) => {
    const bot = await botWith(o);
    expect(await bot.homeOf(user)).not.toContain("Open the question");
  });

  test("shows it to members of a group of approvers", async () => {
    const bot = await botWith({ approvers: ["S0OPS"] });
    expect(await bot.homeOf(CAROL)).toContain("Open the question");
  });

  test("does without the links that Slack does not tell", async () => {
    permalink = async () => {
      throw new SlackFailure("message_not_found", { doing: "asking" });
    };
    const bot = await botWith();
    const home = await bot.homeOf(BOB);
    expect(home).toContain("in the thread of m-7k3q");
    expect(home).not.toContain("archives");
  });

  test("says that the queue is away, and that it does not know what is open (invariant 13)", async () => {
    const bot = await botWith();
    Object.assign(bot.records, {
      open: async () => {
        throw new StoreError("unreachable", {
          what: "Redis is away.",
          notDone: "Nothing was read.",
          next: "Wait.",
        });
      },
    });
    const home = await bot.homeOf(BOB);
    expect(home).toContain("The bot's queue is away");
    expect(home).not.toContain("Nothing is open");
  });
});
