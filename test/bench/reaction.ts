import { setTimeout as wait } from "node:timers/promises";
import { allText, isReply } from "../../src/rehearsal/demo/stage.js";
import { until } from "../../src/rehearsal/demo/until.js";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { type LocalSlack, startLocalSlack } from "../../src/rehearsal/local-slack/local-slack.js";
import { startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { startChild } from "./child.js";
import { callOf, clustersFile, drillCluster, LOOK } from "./drill-cluster.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { benchRedis } from "./machine.js";
import { quantile, ratio, rounded } from "./numbers.js";
import { startMeasured } from "./program.js";
import { undoing } from "./undoing.js";

const AIM = { p95Ms: 1_500 };

const CHANNEL = "C01OPS";

/** Fifty tasks. */
const HOSTS = "web-00*";

/** The default of `poll_interval`: what is told sooner is told by events. */
const POLL_MS = 10_000;

/** A card is edited once in 1.5 s at most; with some more, ends meet no pause, and no rhythm. */
const PAUSE_MS = 2_000;

const PAUSE_SPREAD_MS = 1_500;

const LOOK_EVERY_MS = 10;

/**
 * From the end of a task at the master to the card in Slack that has one task less. The yardstick is the calls of one look and
 * one chat.update, bare, one after another.
 */
export async function measureReaction(effort: Effort): Promise<Figures> {
  const available = localSlackAvailable();
  if (available !== true) {
    progress(`reaction: left out: ${available}`);
    return { skipped: available };
  }
  progress(`reaction: ${effort.ends} ends of tasks`);
  return await undoing(async (undo) => {
    const drill = drillCluster();
    const master = await startRehearsalMaster(drill);
    undo(() => master.close());
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const slack = await startLocalSlack();
    undo(() => slack.close());
    const clusters = await clustersFile({ master: master.url, pollMs: POLL_MS });
    undo(() => clusters.dispose());
    const program = await startMeasured(
      {
        SLACK_BOT_TOKEN: slack.tokens.botToken,
        SLACK_APP_TOKEN: slack.tokens.appToken,
        SLACK_API_URL: slack.apiUrl,
        REDIS_URL: redis.url,
        CLUSTERS_FILE: clusters.path,
      },
      "all",
    );
    undo(() => program.stop());
    const { child } = await startChild("drain-yardstick");
    undo(() => child.stop());

    await slack.command({ channel: CHANNEL, user: "U01ALICE", text: `drain ${HOSTS} 4h` });
    const card = await until("the card with all its tasks", async () =>
      (await slack.messages(CHANNEL)).find((one) => !isReply(one) && / left /.test(allText(one))),
    );
    const tasks = master.state().tasks.filter(({ host }) => /^web-00/.test(host));
    const most = tasks.length;
    // What follows a post is over.
    await wait(2 * POLL_MS);
    const times: number[] = [];
    const bare: number[] = [];
    const calls = LOOK.map((type) =>
      Buffer.from(callOf(type, master.state().schedule).bytes).toString("base64"),
    );
    for (const [at, { id }] of tasks.slice(0, effort.ends).entries()) {
      await wait(PAUSE_MS + (PAUSE_SPREAD_MS * ((at * 7) % 20)) / 20);
      const endedAt = performance.now();
      master.killTask(id);
      await shown(slack, card.ts, `${most - at - 1} of ${most} left`);
      times.push(performance.now() - endedAt);
      const { ms } = (await child.ask({ url: master.url, calls })) as { ms: number };
      bare.push(ms + (await bareUpdate(slack)));
    }
    const bareMs = rounded(quantile(bare, 0.5));
    const p50Ms = rounded(quantile(times, 0.5));
    const p95Ms = rounded(quantile(times, 0.95));
    return {
      p50Ms,
      p95Ms,
      mostMs: rounded(Math.max(...times)),
      ends: times.length,
      yardstick: { p50Ms: bareMs },
      ratio: ratio(p50Ms, bareMs),
      aim: AIM,
      met: p95Ms <= AIM.p95Ms,
    };
  });
}

async function shown(slack: LocalSlack, ts: string, words: string): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const card = (await slack.messages(CHANNEL)).find((one) => one.ts === ts);
    if (card !== undefined && allText(card).includes(words)) return;
    if (performance.now() > end) throw new Error(`The card does not say "${words}" after a minute.`);
    await wait(LOOK_EVERY_MS);
  }
}

let ownMessage: string | null = null;

/** How long it takes to edit a message of our own. */
async function bareUpdate(slack: LocalSlack): Promise<number> {
  const call = async (method: string, more: object) => {
    const answer = await fetch(`${slack.apiUrl}${method}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${slack.tokens.botToken}`,
        "content-type": "application/json; charset=utf-8",
      },
      body: JSON.stringify({ channel: CHANNEL, text: `yardstick ${Date.now()}`, ...more }),
    });
    const told = (await answer.json()) as { ok: boolean; ts: string; error?: string };
    if (!told.ok) throw new Error(`The local Slack refused ${method}: ${told.error}`);
    return told.ts;
  };
  ownMessage ??= await call("chat.postMessage", {});
  const start = performance.now();
  await call("chat.update", { ts: ownMessage });
  return performance.now() - start;
}
