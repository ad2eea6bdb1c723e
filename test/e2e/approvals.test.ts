import { afterAll, beforeAll, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import type { Channel } from "../support/channel.js";
import { downCalls, downs, type Installation, install } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB, CAROL } from "../support/surroundings.js";
import { until } from "../support/until.js";

/** Above 2^53 and without an end, in letters of its own. */
const FOREIGN = {
  machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }],
  start: 1795195128662822401n,
  duration: null,
};

/** Six machines; frameworks that promise to leave and stay, one with its only copy on web-01. */
const STAYING: RehearsalOptions = {
  agents: [1, 2, 3, 4, 5, 6].map((n) => ({ hostname: `web-0${n}`, ip: `10.0.0.${n}` })),
  frameworks: [
    {
      name: "kafka",
      habit: "stayer",
      tasks: [{ name: "broker", on: "web-01" }],
      answerAfterMs: 20,
    },
  ],
  returnAfterMs: 200,
};

/** A day of the week on which it is not now, nor about to be. */
const ANOTHER_DAY = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(new Date().getUTCDay() + 3) % 7];

const fast = { ask_after: "0s" };

async function drain(channel: Channel, line: string): Promise<string> {
  await channel.type(ALICE, `drain ${line}`);
  const hosts = line.split(" ")[0] ?? "";
  const queued = (await channel.told(ALICE, new RegExp(`drain of ${hosts} in \\w+ for .* has begun`))).text;
  return /m-[a-z0-9]{4,8}/.exec(queued)?.[0] ?? "";
}

/** The open question of this maintenance; others of the channel may be open as well. */
async function questionOf(channel: Channel, maintenance: string) {
  return await until(`the question of ${maintenance}`, async () =>
    (await channel.messages()).findLast(
      ({ text, buttons }) => text.includes(maintenance) && buttons.some((each) => each.startsWith("approve")),
    ),
  );
}

suiteFor(
  "approvals through Slack",
  localSlackAvailable(),
)(() => {
  let bot: Installation;
  beforeAll(async () => {
    bot = await install({
      store: "embedded",
      master: STAYING,
      cluster: fast,
      more: {
        two: { master: STAYING, cluster: { ...fast, approvals: 2 } },
        grouped: { master: STAYING, cluster: { ...fast, approvers: ["S0APPROVERS"] } },
        capped: {
          master: STAYING,
          cluster: { caps: { machines_per_maintenance: 2, above: "confirm" } },
        },
        hours: {
          master: STAYING,
          cluster: {
            ...fast,
            calendar: [{ days: [ANOTHER_DAY], from: "00:00", to: "24:00", time_zone: "UTC" }],
          },
        },
        owned: {
          master: STAYING,
          cluster: { ...fast, owners: [{ match: "kaf*", owners: [CAROL] }] },
        },
      },
    });
    await bot.start();
  });
  afterAll(() => bot.dispose());

  test("an approval is refused when a task came in between, and carried out once what is there now is approved (invariant 5)", async () => {
    bot.master.postSchedule({ windows: [FOREIGN] });
    const maintenance = await drain(bot, 'web-01 2h --reason "kernel update" --ticket OPS-812');
    const first = await questionOf(bot, maintenance);
    expect(first.text).toContain("Will be lost: 1 task (kafka 1)");
    bot.master.launchTask("kafka", "web-01", "late-broker");
    await bot.click(BOB, first.message, "approve");
    await bot.told(BOB, /The picture got worse since the question was asked: .*late-broker/);
    await bot.thread(/The approval by @bob was not carried out.*late-broker/s);
    expect(downCalls(bot.master)).toBe(0);
    const settled = (await bot.messages()).find((m) => m.message.ts === first.message.ts);
    expect(settled?.buttons).toEqual([]);

    const second = await questionOf(bot, maintenance);
    expect(second.text).toContain("Will be lost: 2 tasks (kafka 2)");
    await bot.click(BOB, second.message, "approve");
    await bot.thread(/Down: 1 machine, 2 tasks lost/);
    expect(downs(bot.master)).toBe(1);
    await bot.click(BOB, (await bot.root(/· down/)).message, "up");
    await bot.root(/Back in service/);
    expect(bot.master.state().schedule.windows).toEqual([FOREIGN]);

    await bot.thread(new RegExp(`${maintenance}-hand-over\\.md`));
    await bot.type(CAROL, "history");
    await bot.told(CAROL, new RegExp(maintenance));
    await bot.type(CAROL, `history ${maintenance}`);
    const told = await bot.told(CAROL, /was not carried out|got worse/);
    expect(told.text).toContain("late-broker");
  });

  test("an approval is not for the requester, is denied with a reason, and asked for again (invariant 6)", async () => {
    const maintenance = await drain(bot, "web-02 2h");
    const first = await questionOf(bot, maintenance);
    await bot.click(ALICE, first.message, "approve");
    await bot.told(ALICE, /You asked for m-\w+ yourself.*somebody else has to approve/);
    await bot.thread(/@alice wanted to approve and may not/);
    await bot.clickAndAnswer(BOB, first.message, "deny", "peak hours until six");
    await bot.thread(/@bob denied Down: peak hours until six/);
    const settled = (await bot.messages()).find((m) => m.message.ts === first.message.ts);
    expect(settled?.text).toMatch(/Denied by @bob.*peak hours until six/s);
    expect(settled?.buttons).toEqual([]);
    await bot.type(CAROL, `down ${maintenance}`);
    const second = await questionOf(bot, maintenance);
    expect(second.text).toContain("by @carol");
    expect(bot.master.state().modes.get("web-02|10.0.0.2")).toBe("DRAINING");
    await bot.type(ALICE, `cancel ${maintenance}`);
    await bot.thread(/Cancelled/);
  });

  test("a question waits while the window is extended, which leaves the windows of others as they are (invariant 1)", async () => {
    const maintenance = await drain(bot, "web-03 2h");
    const before = await questionOf(bot, maintenance);
    const card = await bot.root(new RegExp(`${maintenance}.*awaiting approval`));
    const [ours] = bot.master.state().schedule.windows.filter((window) => window.start !== FOREIGN.start);
    await bot.clickAndAnswer(ALICE, card.message, "extend", "4 h");
    await bot.thread(/@alice extended the window by 4 h/);
    const again = await questionOf(bot, maintenance);
    expect(again.message.ts).not.toBe(before.message.ts);
    const hours = 3_600_000_000_000n;
    expect(ours?.duration).toBe(2n * hours);
    expect(bot.master.state().schedule.windows).toEqual([FOREIGN, { ...ours, duration: 6n * hours }]);
    await bot.click(ALICE, card.message, "cancel");
    await until("the window to be given back", async () => bot.master.state().schedule.windows.length === 1);
    expect(bot.master.state().schedule.windows).toEqual([FOREIGN]);
  });

  test("an approval takes two different people where the policy says two", async () => {
    const two = bot.in("two");
    await drain(two, "web-03 2h");
    const question = await two.question();
    await two.click(BOB, question.message, "approve");
    await two.thread(/@bob approved Down: 1 of 2/);
    await two.told(BOB, /1 of 2/);
    // A click while the first one's job still runs is that job, so it is clicked until a job of its own has answered.
    await until("the answer to a second click", async () => {
      await two.click(BOB, question.message, "approve");
      const told = (await two.messages()).filter((m) => m.to === BOB && m.text.includes("1 of 2"));
      return told.length > 1;
    });
    await two.told(BOB, /you have already approved this \(1 of 2\)/);
    expect(downCalls(two.master)).toBe(0);
    await two.click(CAROL, question.message, "approve");
    await two.thread(/Down: 1 machine/);
    expect(downs(two.master)).toBe(1);
  });

  test("an approval is for nobody while the group of approvers cannot be looked up (invariant 6)", async () => {
    const grouped = bot.in("grouped");
    await drain(grouped, "web-03 2h");
    const question = await grouped.question();
    await grouped.click(BOB, question.message, "approve");
    const told = await grouped.told(BOB, /You are not an approver of grouped/);
    expect(told.text).toContain("could not be asked for the members of user groups, which counts as no");
    expect(told.text).toContain("Nothing was taken down");
    expect(downCalls(grouped.master)).toBe(0);
  });

  test("an approval is not even asked for above a cap, unless the number of machines was typed", async () => {
    const capped = bot.in("capped");
    await capped.type(ALICE, "drain web-0[2-4] 2h");
    const told = await capped.told(ALICE, /caps\.machines_per_maintenance allows 2 machines/);
    expect(told.text).toContain("web-02, web-03, web-04");
    expect(told.text).toContain("--confirm 3");
    expect(capped.master.state().schedule.windows).toEqual([]);
    await capped.type(ALICE, "drain web-0[2-4] 2h --confirm 2");
    await capped.told(ALICE, /stands for 3/);
    expect(capped.master.state().schedule.windows).toEqual([]);
    await capped.type(ALICE, "drain web-0[2-4] 2h --confirm 3");
    await capped.thread(/Scheduled: 3 machines/);
    expect(capped.master.state().schedule.windows.flatMap((window) => window.machines)).toHaveLength(3);
  });

  test("an approval is refused outside the hours, and goes on with an override of somebody else, with its reason", async () => {
    const hours = bot.in("hours");
    await hours.type(ALICE, "drain web-04 2h");
    const closed = await hours.told(ALICE, /calendar lets machines be drained only/);
    expect(closed.text).toContain("--override");
    expect(hours.master.state().schedule.windows).toEqual([]);

    const maintenance = await drain(hours, 'web-03 2h --override "the disk is failing"');
    await hours.thread(/@alice overrides the rule `calendar`: the disk is failing/);
    await hours.thread(/The approval is asked for then/);
    // The reason with the drain lifts it for the window alone: the requester does not decide on the Down (invariant 6).
    await hours.type(ALICE, `down ${maintenance}`);
    const question = await hours.question();
    await hours.click(BOB, question.message, "approve");
    await hours.told(BOB, /calendar lets machines be taken down only/);
    expect(downCalls(hours.master)).toBe(0);
    await hours.type(BOB, `down ${maintenance} --override "it will not last until then"`);
    await hours.thread(/@bob overrides the rule `calendar`: it will not last until then/);
    await hours.click(CAROL, question.message, "approve");
    await hours.thread(/Down: 1 machine/);
  });

  test("Down waits for an owner who holds, and goes on when they are ready", async () => {
    const owned = bot.in("owned");
    await drain(owned, "web-01 2h");
    await owned.thread(/What is yours runs on these machines: @carol \(kafka\)/);
    const question = await owned.question();
    const card = await owned.root(/awaiting approval/);
    await owned.clickAndAnswer(CAROL, card.message, "hold", "moving partitions first");
    await owned.thread(/@carol holds as an owner: moving partitions first/);
    await owned.clickAsSeen(BOB, question.message, "approve");
    await owned.told(BOB, /is held by @carol/);
    const held = await owned.root(/[Hh]eld/);
    await owned.click(BOB, held.message, "release");
    await owned.told(BOB, /Who may release it: the owners who hold it/);
    expect(downCalls(owned.master)).toBe(0);
    await owned.click(CAROL, held.message, "ready");
    await owned.thread(/@carol is ready \(kafka\)/);
    await owned.click(BOB, question.message, "approve");
    await owned.thread(/Down: 1 machine, 1 task lost/);
  });
});
