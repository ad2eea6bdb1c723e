import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import { downs, type Installation, install } from "../support/installation.js";
import { redisAvailable } from "../support/redis.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";

const MINUTE = 60_000;

/** One seed, so that a change is red because of what it changes; `npm run fuzz` takes a new one each time. */
const SEED = process.env.FUZZ === "1" ? Date.now() % 2 ** 31 : 20_261_120;

/** Above 2^53 and without an end. */
const FOREIGN = {
  machines: [{ hostname: "DB-01", ip: "10.1.0.1" }],
  start: 1795195128662822401n,
  duration: null,
};

const HOSTS = Array.from({ length: 30 }, (_, at) => `web-${String(at + 1).padStart(2, "0")}`);

const RACKS = [HOSTS.slice(0, 10), HOSTS.slice(10, 20), HOSTS.slice(20)];

/** 30 machines in three racks; a framework refuses to leave the second. */
const MASTER: RehearsalOptions = {
  agents: HOSTS.map((hostname, at) => ({
    hostname,
    ip: `10.0.0.${at + 1}`,
    attributes: { rack: `r${Math.floor(at / 10) + 1}` },
  })),
  frameworks: [
    {
      name: "kafka",
      habit: "decliner",
      tasks: [{ name: "broker-1", on: "web-15" }],
      answerAfterMs: 20,
    },
  ],
  returnAfterMs: 300,
};

/** Who dies, how long after the last ones are back. */
const DEATHS = fc.record({
  afterMs: fc.integer({ min: 200, max: 4_000 }),
  victims: fc.constantFrom(["worker"], ["bot"], ["worker", "bot"]),
});

suiteFor(
  "a drain of 30 machines in three racks while bot and worker are killed",
  redisAvailable === true ? localSlackAvailable() : redisAvailable,
)(() => {
  let running: Installation | null = null;
  afterEach(async () => {
    await running?.dispose();
    running = null;
  });

  test("at random moments it comes to the same end: one START_MAINTENANCE for each batch, foreign windows untouched (invariants 1, 5, 7 and 11)", {
    timeout: 5 * MINUTE,
  }, async () => {
    const bot = await install({ store: "redis", roles: "apart", master: MASTER });
    running = bot;
    bot.master.postSchedule({ windows: [FOREIGN] });
    await bot.start();
    await bot.type(ALICE, "drain web-* 2h --batch @rack --horizon 3 --confirm 30");
    const id = /m-\w+/.exec((await bot.root(/m-\w+ · Drain/)).text)?.[0] ?? "";

    const deaths = fc.sample(DEATHS, { numRuns: 3, seed: SEED });
    const killing = killed(bot, deaths);
    const seenDown = new Set<number>();
    const people = async () => {
      const end = Date.now() + 4 * MINUTE;
      for (;;) {
        if (Date.now() > end) throw new Error("It is not back in service after four minutes.");
        const { modes, schedule } = bot.master.state();
        expect(schedule.windows).toContainEqual(FOREIGN);
        const messages = await bot.messages();
        // The channel also hears of machines that nobody looks after.
        const card = messages.findLast(
          ({ place, text }) => place === "root" && text.includes(`${id} · Drain`),
        );
        if (card !== undefined && /Back in service/.test(card.text)) return;
        const down = HOSTS.filter((host) =>
          [...modes].some(([key, mode]) => key.startsWith(`${host}|`) && mode === "DOWN"),
        );
        const rack = RACKS.findIndex((hosts) => hosts.join() === down.join());
        if (rack >= 0) seenDown.add(rack);
        const question = messages.findLast(({ buttons }) => buttons.some((one) => one.startsWith("approve")));
        // Whoever gets no answer, because nobody is there, tries again.
        const act = async () => {
          if (down.length > 0) await bot.type(ALICE, `up ${id}`);
          else if (card?.buttons.some((one) => one.startsWith("go_on"))) await bot.type(BOB, `go-on ${id}`);
          else if (question !== undefined) await bot.click(BOB, question.message, "approve");
          else await bot.type(ALICE, `down ${id}`);
        };
        await act().catch(() => undefined);
        await wait(400);
      }
    };
    try {
      await Promise.all([people(), killing]);
      expect([...seenDown].sort()).toEqual([0, 1, 2]);
      expect(downs(bot.master)).toBe(3);
      expect(bot.master.state().schedule.windows).toEqual([FOREIGN]);
    } catch (error) {
      const shown = (await bot.messages()).map(({ place, text }) => `[${place}] ${text}`).join("\n");
      throw new Error(`With seed ${SEED} and ${JSON.stringify(deaths)}:\n${shown}`, { cause: error });
    }
  });
});

/** Kills as many times as there are deaths, and starts what it killed again. */
async function killed(
  bot: Installation,
  deaths: readonly { readonly afterMs: number; readonly victims: readonly string[] }[],
): Promise<void> {
  for (const { afterMs, victims } of deaths) {
    await wait(afterMs);
    await Promise.all([
      victims.includes("worker") ? bot.killWorker().then(() => bot.startWorker()) : null,
      victims.includes("bot") ? bot.killBot().then(() => bot.startBot()) : null,
    ]);
  }
}
