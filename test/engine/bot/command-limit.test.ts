import { beforeEach, describe, expect, test } from "vitest";
import { DECISION_JOB, HOSTS_JOB } from "../../../src/engine/lanes/jobs.js";
import { botOf } from "../support/bot.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE, BOB } from "../support/people.js";

const LIMIT = 3;

let bot: ReturnType<typeof botOf>;

let id: string;
beforeEach(async () => {
  bot = botOf(new MemoryStore(Date.now), "prod", { commandsPerMinute: LIMIT });
  id = await bot.opened(() => bot.type(ALICE, "drain web-01 1h"));
  while ((await bot.type(ALICE, "help"))?.tone !== "refused");
});

const jobs = async (name: string) =>
  (await bot.records.queue.getJobs(["waiting"])).filter((job) => job.name === name);

describe("a person who has sent as many commands in a minute as one may", () => {
  test("is told so, that nothing was done, and when it goes through again", async () => {
    bot.clock.moveOn(18_500);
    const reply = await bot.type(ALICE, "drain web-02 1h");
    expect(reply).toMatchObject({
      tone: "refused",
      text: "You have sent 3 commands within a minute, and COMMANDS_PER_MINUTE lets one person send no more.",
      notDone: "This one was not carried out, and nothing was queued for it.",
      next: "Send it again in 42 s. Buttons go on working, and so do /mesos cancel, up, hold and stop-run.",
    });
    expect((await bot.records.open()).records).toHaveLength(1);
  });

  test.each(["cancel", "up"])("can still give machines back with %s (invariant 11)", async (verb) => {
    expect(await bot.type(ALICE, `${verb} ${id}`)).toBeNull();
    expect(await jobs(DECISION_JOB)).toHaveLength(1);
  });

  test("can still give machines back by their hosts (invariant 11)", async () => {
    expect(await bot.type(ALICE, "cancel web-01")).toBeNull();
    expect(await jobs(HOSTS_JOB)).toHaveLength(1);
  });

  test.each(["hold", "stop-run"])(
    "can still keep things from going on with %s (invariant 11)",
    async (verb) => {
      expect(await bot.type(ALICE, `${verb} ${id}`)).toBeNull();
      expect(await jobs(DECISION_JOB)).toHaveLength(1);
    },
  );

  test("can still click", async () => {
    for (const _ of [1, 2, 3, 4]) expect(await bot.cancel(id)).toBeNull();
  });

  test("holds nobody else up", async () => {
    for (const _ of [1, 2, 3]) expect((await bot.type(BOB, "help"))?.tone).toBe("info");
    expect((await bot.type(BOB, "help"))?.tone).toBe("refused");
  });

  test("is heard again as soon as their oldest command is a minute old, and tries in between do not count", async () => {
    bot.clock.moveOn(59_999);
    for (const _ of [1, 2, 3]) expect((await bot.type(ALICE, "help"))?.tone).toBe("refused");
    bot.clock.moveOn(1);
    expect((await bot.type(ALICE, "help"))?.tone).toBe("info");
  });

  test("is still told what is wrong with a line that is no command", async () => {
    expect((await bot.type(ALICE, "cancell"))?.text).not.toContain("COMMANDS_PER_MINUTE");
  });
});
