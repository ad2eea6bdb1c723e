import { afterEach, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import { type InProcess, installInProcess } from "../support/in-process.js";
import { downs } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";

const MINUTE = 60_000;

/** Above 2^53 and without an end. */
const FOREIGN = {
  machines: [{ hostname: "DB-01", ip: "10.1.0.1" }],
  start: 1795195128662822401n,
  duration: null,
};

const two = (n: number) => String(n).padStart(2, "0");

/** 30 machines in three racks; a framework refuses to leave the first rack. */
const master: RehearsalOptions = {
  agents: Array.from({ length: 30 }, (_, at) => ({
    hostname: `web-${two(at + 1)}`,
    ip: `10.0.0.${at + 1}`,
    attributes: { rack: `r${Math.floor(at / 10) + 1}` },
  })),
  frameworks: [
    {
      name: "kafka",
      habit: "decliner",
      tasks: ["web-05", "web-15", "web-25"].map((on) => ({ name: `broker-${on}`, on })),
      answerAfterMs: 20,
    },
  ],
};

/** Hosts of a rack, the canary apart. */
const rack = (n: number) =>
  Array.from({ length: 10 }, (_, at) => `web-${two((n - 1) * 10 + at + 1)}`).filter(
    (host) => host !== "web-01",
  );

suiteFor(
  "a drain of 30 machines in three racks through Slack",
  localSlackAvailable(),
)(() => {
  let running: InProcess | null = null;
  afterEach(async () => {
    await running?.dispose();
    running = null;
  });

  test("a canary, then rack by rack: a refusal pauses it, an agent is left behind, a late batch moves the rest, each goes down once", async () => {
    const bot = await installInProcess({ master, cluster: { ask_after: "1m", rolling: { gap: "10m" } } });
    running = bot;
    bot.master.postSchedule({ windows: [FOREIGN] });
    const line = "drain web-* 2h --batch @rack --canary 1 --approve canary --horizon 4 --confirm 30";
    await bot.type(ALICE, line);
    await bot.thread(/Scheduled \(batch 4 of 4\)/);
    const id = /m-\w+/.exec((await bot.root(/m-\w+ · Drain 30 machines/)).text)?.[0] ?? "";
    const starts = () =>
      bot.master.state().schedule.windows.map(({ start }) => Number((start - firstStart) / 60_000_000_000n));
    const firstStart = bot.master.state().schedule.windows[1]?.start ?? 0n;
    expect(starts().slice(1)).toEqual([0, 130, 260, 390]);

    // The canary has an approval of its own.
    await bot.click(BOB, (await bot.question()).message, "approve");
    await bot.afterwards(/Down \(batch 1 of 4\): 1 machine/);
    await bot.type(ALICE, `up ${id}`);
    await bot.afterwards(/🟢 Up \(batch 1 of 4\)/);
    bot.master.startAgent("web-01");
    await bot.afterwards(/Back: .web-01. registered again/);

    // The rest of the first rack: kafka refuses, and somebody goes on in spite of it.
    await bot.pass(132 * MINUTE);
    await bot.afterwards(/Paused before batch 2 of 4: kafka refused to leave/);
    expect((await bot.root(/Paused since/)).buttons).toContain(`go_on:${id}`);
    expect(downs(bot.master)).toBe(1);
    await bot.click(BOB, (await bot.root(/Paused since/)).message, "go_on");
    await bot.afterwards(/For 3 batches: .* at most 1 task lost/);
    await bot.click(BOB, (await bot.question()).message, "approve");
    await bot.afterwards(/Down \(batch 2 of 4\): 9 machines, 1 task lost/);

    // It takes longer than its window: the windows after it move, and somebody else's stays.
    await bot.pass(130 * MINUTE);
    await bot.afterwards(/Running late: the windows of the next 2 batches/);
    await bot.lookAgain();
    expect(starts().slice(-2)).not.toEqual([260, 390]);
    expect(bot.master.state().schedule.windows).toContainEqual(FOREIGN);
    await bot.type(ALICE, `up ${id}`);
    await bot.afterwards(/🟢 Up \(batch 2 of 4\)/);
    for (const host of rack(1).filter((one) => one !== "web-09")) bot.master.startAgent(host);
    // A message of its own, or a line of the progress: there was much news within one hour of the bot's.
    await bot.afterwards(/8 of 9 agents back|agents back: .*; 1 missing/);
    await bot.pass(15 * MINUTE);
    await bot.afterwards(/Paused before batch 3 of 4: 1 agent of batch 2 of 4 has not registered .*: web-09/);
    await bot.type(BOB, `leave-behind ${id}`);
    const split = await bot.afterwards(/leaves behind .web-09.: the next batch goes on. .m-\w+. waits/);
    const own = /`(m-\w+)` waits/.exec(split.text)?.[1] ?? "";
    // It is told as late there, and both cards link each other.
    await bot.afterwards(/@bob left behind .web-09.: .* goes on without/);
    await bot.afterwards(/Not back: the agents of .web-09./);
    await bot.root(new RegExp(`🛠 ${own} · 1 machine left behind by ${id}.*<http[^>]*\\|${id}>`, "s"));
    await bot.root(new RegExp(`🛠 ${id} · Drain 29 machines.*<http[^>]*\\|${own}>`, "s"));

    // The next rack: outside of the limits, because kafka refuses there too, so it is asked about alone.
    await bot.pass(60 * MINUTE);
    await bot.afterwards(/Paused before batch 3 of 4: kafka refused/);
    await bot.click(BOB, (await bot.root(/Paused since/)).message, "go_on");
    await bot.afterwards(/Paused before batch 3 of 4: it is outside of the limits .*kafka refused/);
    await bot.click(BOB, (await bot.question()).message, "approve");
    await bot.afterwards(/Down \(batch 3 of 4\): 10 machines/);
    // The last one has nothing in its way any more: under the limits it needs no question.
    for (const { id: task } of bot.master.state().tasks) bot.master.killTask(task);
    await bot.type(ALICE, `up ${id}`);
    await bot.afterwards(/🟢 Up \(batch 3 of 4\)/);
    for (const host of rack(2)) bot.master.startAgent(host);
    await bot.afterwards(/Back: .web-11.*All are back/);

    const passed = 132 + 130 + 15 + 60;
    await bot.pass(Math.max(0, (starts().at(-1) ?? 0) - passed + 2) * MINUTE);
    await bot.afterwards(/Inside of the limits \(batch 4 of 4\) that @bob approved/);
    await bot.afterwards(/Down \(batch 4 of 4\): 10 machines, 0 tasks lost/);
    await bot.type(ALICE, `up ${id}`);
    await bot.afterwards(/🟢 Up \(batch 4 of 4\)/);
    for (const host of rack(3)) bot.master.startAgent(host);
    await bot.afterwards(/Back: .web-21.*All are back/);
    await bot.pass(MINUTE);
    // The roll does not wait for who was left behind, whose own maintenance does.
    await bot.cardAfterwards(new RegExp(`🛠 ${id} .*Up.*web-09 left behind, ${own} waits`, "s"));
    bot.master.startAgent("web-09");
    await bot.afterwards(/Back: .web-09. registered again/);
    await bot.pass(MINUTE);
    await bot.cardAfterwards(new RegExp(`🛠 ${own} .*Back in service`, "s"));
    expect(downs(bot.master)).toBe(4);
    expect(bot.master.state().schedule.windows).toEqual([FOREIGN]);
  });

  test("an app that fails again and again on machines that are back pauses the next batch, and a person goes on", async () => {
    const few: RehearsalOptions = {
      agents: [1, 2, 3, 4].map((n) => ({ hostname: `web-0${n}`, ip: `10.0.0.${n}` })),
      frameworks: [{ name: "marathon", habit: "silent", tasks: [] }],
    };
    const bot = await installInProcess({ master: few, cluster: { rolling: { failing: { times: 2 } } } });
    running = bot;
    bot.master.postSchedule({ windows: [FOREIGN] });
    await bot.type(ALICE, "drain web-* 1h --batch 2 --confirm 4");
    await bot.thread(/Scheduled \(batch 2 of 2\)/);
    const id = /m-\w+/.exec((await bot.root(/m-\w+ · Drain 4 machines/)).text)?.[0] ?? "";
    await bot.click(BOB, (await bot.question()).message, "approve");
    await bot.afterwards(/Down \(batch 1 of 2\)/);
    await bot.type(ALICE, `up ${id}`);
    await bot.afterwards(/🟢 Up \(batch 1 of 2\)/);
    for (const host of ["web-01", "web-02"]) bot.master.startAgent(host);
    await bot.afterwards(/All are back/);
    for (const host of ["web-01", "web-02", "web-01"])
      bot.master.failTask(bot.master.launchTask("marathon", host, "api"));
    await bot.afterwards(
      /Paused before batch 2 of 2: api \(marathon\) failed more than 2 times .* back: web-01, web-02/,
    );
    await bot.click(BOB, (await bot.root(/Paused since/)).message, "go_on");
    await bot.afterwards(/goes on with batch 2 of 2/);
    expect(downs(bot.master)).toBe(1);
  });
});
