import { afterEach, describe, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { downs, type Installation, type InstallationOptions, install } from "../support/installation.js";
import { redisAvailable } from "../support/redis.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";

const VARIANTS: readonly InstallationOptions[] = [
  { store: "embedded", mode: "socket" },
  { store: "redis", mode: "http", roles: "apart" },
];

let running: Installation | null = null;
afterEach(async () => {
  await running?.dispose();
  running = null;
});

suiteFor(
  "from drain to up through Slack",
  redisAvailable === true ? localSlackAvailable() : redisAvailable,
)(() => {
  describe.each(VARIANTS)("$store, $mode", (variant) => {
    test("a maintenance drains, asks, goes down, lives through a restart in between, and comes up", async () => {
      const bot = await install(variant);
      running = bot;
      await bot.start();
      await bot.type(ALICE, 'drain web-0[1-3] 4h --reason "kernel update" --ticket OPS-812');
      await bot.told(ALICE, /m-\w+: the drain of web-0\[1-3\] in test for 4 h has begun/);
      await bot.thread(/Scheduled/);
      await bot.thread(/Empty/);
      const first = await bot.question();
      expect(first.text).toContain("Take 3 machines down?");
      expect(first.text).toContain("No tasks are left on them");

      // A restart in the middle: nothing is lost, and the same question is still answered.
      await bot.stop();
      await bot.start();
      await bot.click(ALICE, first.message, "approve");
      await bot.told(ALICE, /somebody else has to approve/);
      expect(downs(bot.master)).toBe(0);
      await bot.click(BOB, first.message, "approve");
      await bot.thread(/Down: 3 machines, 0 tasks lost/);
      const settled = (await bot.messages()).find((m) => m.message.ts === first.message.ts);
      expect(settled?.text).toMatch(/Approved by @bob/);
      expect(settled?.buttons).toEqual([]);
      expect([...bot.master.state().modes.values()].filter((mode) => mode === "DOWN")).toHaveLength(3);

      const root = await bot.root(/· down/);
      const id = /m-\w+/.exec(root.text)?.[0] ?? "";
      await bot.click(BOB, root.message, "up");
      await bot.thread(/All are back/);
      await bot.root(/Back in service/);
      expect(bot.master.state().schedule.windows).toEqual([]);
      expect(downs(bot.master)).toBe(1);

      await bot.type(ALICE, `status ${id}`);
      await bot.told(ALICE, new RegExp(`${id}`));
    });

    test("a cancel gives draining machines back and leaves other people's windows bit for bit (invariants 1 and 12)", async () => {
      const bot = await install(variant);
      running = bot;
      const foreign = {
        machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }],
        start: 1795195128662822401n,
        duration: null,
      };
      bot.master.postSchedule({ windows: [foreign] });
      await bot.start();
      await bot.type(ALICE, "drain web-01 2h");
      await bot.thread(/Scheduled/);
      expect(bot.master.state().schedule.windows).toContainEqual(foreign);
      const root = await bot.root(/draining|awaiting approval/);
      await bot.click(BOB, root.message, "cancel");
      await bot.root(/Cancelled/);
      expect(bot.master.state().schedule.windows).toEqual([foreign]);
      await bot.type(ALICE, "drain web-06 2h");
      await bot.told(ALICE, /web-06 is already draining, in a window of somebody else/i);
      expect(bot.master.state().schedule.windows).toEqual([foreign]);
    });
  });
});
