import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { DECISION_JOB, decisionJob } from "../../../src/engine/lanes/jobs.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { StoreError } from "../../../src/engine/store/store-error.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import type { SlackHandlers } from "../../../src/slack/hear/handlers.js";
import { encodeButton } from "../../../src/slack/render/button-value.js";
import { FakeSlack, SIGNING_SECRET } from "../../slack/fake-slack.js";
import { keepingLogger } from "../../slack/fixtures.js";
import { until } from "../../slack/until.js";
import { redisAvailable, startRedis } from "../../support/redis.js";
import { suiteFor } from "../../support/require.js";
import { keepLog, redisAt, UNHURRIED_MS } from "../store/places.js";
import { botOf } from "../support/bot.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE, BOB } from "../support/people.js";
import { TestClock } from "../support/test-clock.js";

let slack: FakeSlack;

let store: MemoryStore;

let clock: TestClock;

let bot: ReturnType<typeof botOf>;

/** Two processes with one queue. */
let apps: SlackApp[];

let id: string;

let triggers = 0;

/** How many requests were worked on to their end. */
let worked: number;

beforeEach(async () => {
  slack = await FakeSlack.start();
  clock = new TestClock();
  store = new MemoryStore(clock.now);
  bot = botOf(store, "prod");
  worked = 0;
  apps = [bot, botOf(store, "prod")].map(({ handlers }) =>
    createSlackApp({
      settings: slack.settings("http"),
      handlers: counted(handlers),
      logger: keepingLogger(),
    }),
  );
  for (const app of apps) await app.start();
  id = await bot.opened(() => bot.type(ALICE, "drain web-01 1h"));
});

afterEach(async () => {
  for (const app of apps) await app.stop();
  await slack.stop();
});

function counted(handlers: SlackHandlers): SlackHandlers {
  return {
    ...handlers,
    once: (trigger, run) =>
      handlers.once(trigger, run).finally(() => {
        worked += 1;
      }),
  };
}

interface Request {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request as Slack signs it; it can be sent as it is by whoever has seen it. */
function signed(fields: Record<string, string>, more: Record<string, string> = {}): Request {
  const body = new URLSearchParams(fields).toString();
  const at = String(Math.floor(Date.now() / 1_000));
  const hmac = createHmac("sha256", SIGNING_SECRET).update(`v0:${at}:${body}`).digest("hex");
  const type = "application/x-www-form-urlencoded";
  return {
    body,
    headers: {
      "content-type": type,
      "x-slack-request-timestamp": at,
      "x-slack-signature": `v0=${hmac}`,
      ...more,
    },
  };
}

/** The same command, click or dialog has the same trigger, whenever Slack sends it. */
const next = () => `trigger.${++triggers}`;

const typed = (text: string, trigger = next()) => ({
  command: "/mesos",
  text,
  user_id: BOB,
  channel_id: "C1",
  team_id: "T01",
  trigger_id: trigger,
  response_url: slack.responseUrl(),
});

const from = () => ({ user: { id: BOB, team_id: "T01" }, team: { id: "T01" }, trigger_id: next() });

function clicked(decision: Decision): Record<string, string> {
  const value = encodeButton({ v: 1, id, decision });
  const payload = {
    type: "block_actions",
    ...from(),
    channel: { id: "C1" },
    container: { channel_id: "C1" },
    response_url: slack.responseUrl(),
    actions: [{ type: "button", action_id: "x", block_id: "b", value }],
  };
  return { payload: JSON.stringify(payload) };
}

function answered(decision: Decision, reason: string): Record<string, string> {
  const place = { channel: "C1", thread: null, responseUrl: slack.responseUrl() };
  const payload = {
    type: "view_submission",
    ...from(),
    view: {
      id: "V1",
      callback_id: decision.kind,
      private_metadata: JSON.stringify({ button: { v: 1, id, decision }, place }),
      state: { values: { answer: { answer: { value: reason } } } },
    },
  };
  return { payload: JSON.stringify(payload) };
}

/** Sends it to one process after the other. Resolves when each has done what comes of it. */
async function send({ body, headers }: Request, times = 1): Promise<void> {
  for (let sent = 0; sent < times; sent += 1) {
    const before = worked;
    const port = apps[sent % apps.length]?.port();
    const answer = await fetch(`http://127.0.0.1:${port}/slack/events`, { method: "POST", headers, body });
    expect(answer.status).toBe(200);
    await until(() => worked > before);
  }
}

/** What was queued since it was asked last, and done by a worker: a decision that is done leaves no job behind. */
async function decided(): Promise<readonly Decision["kind"][]> {
  const jobs = (await bot.records.queue.getJobs(["waiting"])).filter(({ name }) => name === DECISION_JOB);
  for (const job of jobs) await job.remove();
  return jobs.map(({ data }) => decisionJob.parse(data).decision.kind);
}

/** How often somebody was told something, once nothing is under way any more. */
async function answers(): Promise<number> {
  for (const app of apps) await app.stop();
  return slack.responses.length;
}

async function sendEach(request: Request, times: number): Promise<readonly Decision["kind"][]> {
  const all: Decision["kind"][] = [];
  for (let sent = 0; sent < times; sent += 1) {
    await send(request);
    all.push(...(await decided()));
    apps.reverse();
  }
  return all;
}

describe("what Slack signed takes effect once, however often it is sent, to whichever process", () => {
  test("a command that extends, sent four times, extends once", async () => {
    expect(await sendEach(signed(typed(`extend ${id} 1h`)), 4)).toEqual(["extend"]);
  });

  test("the same command typed again is another one", async () => {
    for (const _ of [1, 2]) await send(signed(typed(`extend ${id} 1h`)));
    expect(await decided()).toEqual(["extend", "extend"]);
  });

  test("an old release does not undo a newer hold", async () => {
    const release = signed(clicked({ kind: "release" }));
    await send(signed(typed(`hold ${id}`)));
    await send(release);
    await send(signed(typed(`hold ${id}`)));
    await decided();
    await send(release, 2);
    expect(await decided()).toEqual([]);
  });

  test("a dialog that is sent twice decides once", async () => {
    expect(await sendEach(signed(answered({ kind: "hold", reason: null }, "backup")), 3)).toEqual(["hold"]);
  });

  test("a click that opened a dialog does not decide without it when it is sent again", async () => {
    const click = signed(clicked({ kind: "hold", reason: null }));
    await send(click);
    expect(slack.callsOf("views.open")).toHaveLength(1);
    await send(click, 2);
    expect(slack.callsOf("views.open")).toHaveLength(1);
    expect(await decided()).toEqual([]);
    expect(await answers()).toBe(0);
  });

  test("it is remembered for 15 minutes, longer than a signature counts", async () => {
    const extend = signed(typed(`extend ${id} 1h`));
    await sendEach(extend, 1);
    clock.moveOn(15 * 60_000 - 1);
    expect(await sendEach(extend, 1)).toEqual([]);
  });

  test("all that come at once are one", async () => {
    const { body, headers } = signed(typed(`extend ${id} 1h`));
    const ports = Array.from({ length: 8 }, (_, index) => apps[index % 2]?.port());
    await Promise.all(
      ports.map((port) => fetch(`http://127.0.0.1:${port}/slack/events`, { method: "POST", headers, body })),
    );
    await until(() => worked === 8);
    expect(await decided()).toEqual(["extend"]);
  });
});

suiteFor(
  "two bots on one Redis",
  redisAvailable,
)(() => {
  test("the same click that comes to both at once counts once", async () => {
    const server = await startRedis();
    onTestFinished(() => server.dispose());
    const both = await Promise.all(
      [1, 2].map(async () => {
        const own = await openStore(redisAt(server.url), keepLog(), UNHURRIED_MS);
        const one = botOf(own, "prod");
        const app = createSlackApp({
          settings: slack.settings("http"),
          handlers: counted(one.handlers),
          logger: keepingLogger(),
        });
        await app.start();
        onTestFinished(async () => {
          await app.stop();
          await own.close();
        });
        return { ...one, port: () => app.port() };
      }),
    );
    const [first = bot] = both;
    id = await first.opened(() => first.type(ALICE, "drain web-01 1h"));
    for (const _ of [1, 2, 3]) {
      const { body, headers } = signed(clicked({ kind: "release" }));
      const before = worked;
      await Promise.all(
        [...both, ...both].map(({ port }) =>
          fetch(`http://127.0.0.1:${port()}/slack/events`, { method: "POST", headers, body }),
        ),
      );
      await until(() => worked === before + 4);
    }
    const jobs = await first.records.queue.getJobs(["waiting", "prioritized"]);
    expect(jobs.filter(({ name }) => name === DECISION_JOB)).toHaveLength(3);
  });
});

describe("what Slack delivers again is answered once", () => {
  const RETRY = { "x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout" };

  test.each([
    ["help", "help"],
    ["a mistake", "drian web-01"],
    ["a maintenance that is not there", "hold m-zzzzz"],
  ])("%s", async (_, text) => {
    const trigger = next();
    await send(signed(typed(text, trigger)));
    await send(signed(typed(text, trigger), RETRY), 2);
    expect(await answers()).toBe(1);
  });

  test("a drain is one maintenance, and nobody hears that it was sent before", async () => {
    const trigger = next();
    await send(signed(typed("drain web-02 1h", trigger)));
    await send(signed(typed("drain web-02 1h", trigger), RETRY), 2);
    expect((await bot.records.open()).records).toHaveLength(2);
    expect(await answers()).toBe(0);
  });
});

describe("a queue that cannot say whether it was here before (invariant 9)", () => {
  test("is not waited for with the acknowledgement", async () => {
    let answerNow = () => {};
    const claim = new Promise<boolean>((resolve) => {
      answerNow = () => resolve(true);
    });
    store.claim = () => claim;
    const { body, headers } = signed(typed(`extend ${id} 1h`));
    const url = `http://127.0.0.1:${apps[0]?.port()}/slack/events`;
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(200);
    expect(worked).toBe(0);
    answerNow();
    await until(() => worked === 1);
    expect(await decided()).toEqual(["extend"]);
  });

  test("lets nothing be done, and the person is told so", async () => {
    store.claim = async () => {
      const what = "Redis is not reachable at 10.0.0.1:6379.";
      throw new StoreError("unreachable", { what, notDone: "Nothing was written.", next: "Start it." });
    };
    await send(signed(typed(`extend ${id} 1h`)));
    expect(await decided()).toEqual([]);
    expect(await answers()).toBe(1);
    expect(slack.responses[0]?.text).toMatch(/queue is away: Redis is not reachable.*Nothing was queued/s);
  });
});
