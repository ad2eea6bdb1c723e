import { afterAll, beforeAll, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { downCalls, type Installation, install } from "../support/installation.js";
import type { RehearsalMarathon } from "../support/marathon/marathon.js";
import { marathonOn } from "../support/marathon.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";
import { until } from "../support/until.js";

const APP = "/shop/api";

/** Four instances, of which three have to be healthy; two of them are on web-01. */
const MINIMUM = 3;

suiteFor(
  "moving tasks through Slack",
  localSlackAvailable(),
)(() => {
  let bot: Installation;
  let marathon: RehearsalMarathon;

  beforeAll(async () => {
    bot = await install({
      store: "embedded",
      master: {
        agents: [1, 2, 3, 4].map((n) => ({ hostname: `web-0${n}`, ip: `10.0.0.${n}` })),
        frameworks: [marathonOn("web-01", "web-01", "web-02", "web-03")],
      },
      marathon: {
        apps: [{ id: APP, minimumHealthCapacity: 0.75 }],
        killMs: 700,
        relaunchMs: 900,
        startMs: 600,
        healthyMs: 1_200,
      },
    });
    if (bot.marathon === null) throw new Error("The installation has no Marathon.");
    marathon = bot.marathon;
    await bot.start();
  });
  afterAll(() => bot.dispose());

  /** How many were healthy at each second, by what was kept of every change. */
  function healthyBySecond(fromMs: number, toMs: number): number[] {
    const history = marathon.history(APP);
    const seconds = Array.from(
      { length: Math.ceil((toMs - fromMs) / 1_000) },
      (_, at) => fromMs + at * 1_000,
    );
    return seconds.map((ms) => history.findLast(({ atMs }) => atMs <= ms)?.healthy ?? Number.NaN);
  }

  test("Move tasks takes an app off a machine and keeps it healthy, seen second by second", async () => {
    await bot.type(ALICE, "drain web-01 2h");
    const card = await until("the button Move tasks", async () =>
      (await bot.messages()).find(
        ({ place, buttons }) => place === "root" && buttons.some((id) => id.startsWith("ask_move")),
      ),
    );
    await bot.click(ALICE, card.message, "ask_move");
    const question = await bot.thread(/Move 2 tasks to other machines\?/);
    expect(question.text).toMatch(/4 of 4 healthy · at least 3 stay so/);
    expect(marathon.kills()).toEqual([]);

    const fromMs = Date.now();
    await bot.click(BOB, question.message, "approve");
    await bot.thread(/asked Marathon to kill task 1 of 2 of \/shop\/api[\s\S]*task 2 of 2/);
    await bot.thread(/Moving tasks is over: 2 of 2 are gone/);
    const seconds = healthyBySecond(fromMs, Date.now());

    expect(seconds.length).toBeGreaterThan(5);
    expect(Math.min(...seconds)).toBe(MINIMUM);
    // What lasted less than a second as well.
    const all = marathon.history(APP).map(({ healthy }) => healthy);
    expect(Math.min(...all)).toBe(MINIMUM);
    expect(marathon.tasksOf(APP).map(({ host, healthy }) => [host === "web-01", healthy])).toEqual(
      Array.from({ length: 4 }, () => [false, true]),
    );
    expect(marathon.kills().map(({ ids, scale, wipe }) => [ids.length, scale, wipe])).toEqual([
      [1, false, false],
      [1, false, false],
    ]);
    // Its approval was for the tasks alone: the Down has a question of its own.
    await bot.thread(/Take 1 machine down\?/);
    expect(downCalls(bot.master)).toBe(0);
  });
});
