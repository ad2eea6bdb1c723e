import { afterEach, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import { type InProcess, installInProcess } from "../support/in-process.js";
import { downCalls, downs } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB, CAROL } from "../support/surroundings.js";
import { until } from "../support/until.js";

// Above what each step may take, so that a step that fails can say what was seen instead.
const MINUTE = 60_000;

/** Above 2^53 and without an end. */
const FOREIGN = {
  machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }],
  start: 1795195128662822401n,
  duration: null,
};

const master: RehearsalOptions = {
  agents: [1, 2, 3, 4, 5, 6].map((n) => ({ hostname: `web-0${n}`, ip: `10.0.0.${n}` })),
  frameworks: [
    { name: "kafka", habit: "stayer", tasks: [{ name: "broker", on: "web-01" }], answerAfterMs: 20 },
  ],
};

/** The master's mode for a host. */
function mode(of: RehearsalMaster, hostname: string): string {
  const found = [...of.state().modes].find(([key]) => key.startsWith(`${hostname}|`));
  return found?.[1] ?? "UP";
}

suiteFor(
  "through Slack, when nobody answers and at a deadline (invariant 11)",
  localSlackAvailable(),
)(() => {
  let running: InProcess | null = null;
  afterEach(async () => {
    await running?.dispose();
    running = null;
  });

  /** A cluster with a task that stays on web-01 and a window of somebody else. */
  async function start(cluster: Readonly<Record<string, unknown>> = {}): Promise<InProcess> {
    const bot = await installInProcess({ master, cluster });
    running = bot;
    bot.master.postSchedule({ windows: [FOREIGN] });
    return bot;
  }

  /** Drains web-01, which will not become empty; resolves with the maintenance's id when the window is posted. */
  async function drainUntilDeadline(bot: InProcess, then: string): Promise<string> {
    await bot.type(ALICE, `drain web-01 4h --deadline 1h --then ${then}`);
    await bot.thread(/Scheduled/);
    expect(mode(bot.master, "web-01")).toBe("DRAINING");
    const { text } = await bot.root(/m-\w+ · Drain/);
    return /m-\w+/.exec(text)?.[0] ?? "";
  }

  test("a question reminds the requester once at half time, and takes nothing down when its time is over", async () => {
    const bot = await start();
    const threadTexts = async () =>
      (await bot.messages()).filter((m) => m.place === "thread").map((m) => m.text);
    await bot.type(ALICE, "drain web-02 4h");
    const question = await bot.question();
    await bot.pass(29 * MINUTE);
    await bot.lookAgain();
    expect((await threadTexts()).join("\n")).not.toContain("nobody has answered yet");

    await bot.pass(2 * MINUTE);
    const reminder = await bot.afterwards(/nobody has answered yet/);
    expect(reminder.text).toContain("@alice");
    await bot.lookAgain();
    await bot.pass(30 * MINUTE);
    await bot.afterwards(/nobody approved Down in time.*Nothing was taken down/);
    const settled = await until("the question without buttons", async () =>
      (await bot.messages()).find((m) => m.message.ts === question.message.ts && m.buttons.length === 0),
    );
    expect(settled.text).toMatch(/[Ee]xpired/);
    expect((await threadTexts()).filter((text) => text.includes("nobody has answered yet"))).toHaveLength(1);

    // The old button, on a phone that had been offline.
    await bot.clickAsSeen(BOB, question.message, "approve");
    await bot.told(BOB, /expired/);
    expect(downCalls(bot.master)).toBe(0);
    expect(mode(bot.master, "web-02")).toBe("DRAINING");

    // A person asks again, and then it can be approved.
    const id = /m-\w+/.exec((await bot.root(/awaiting approval|draining/)).text)?.[0] ?? "";
    await bot.type(CAROL, `down ${id}`);
    await bot.click(BOB, (await bot.question()).message, "approve");
    await bot.afterwards(/Down: 1 machine/);
    expect(downs(bot.master)).toBe(1);
  });

  test("a drain gives its machines back at the deadline, and leaves the windows of others (invariants 1 and 12)", async () => {
    const bot = await start();
    await drainUntilDeadline(bot, "release");
    await bot.pass(61 * MINUTE);
    await bot.afterwards(/The deadline has passed with 1 task left\. The machines are given back/);
    await bot.afterwards(/Cancelled/);
    expect(bot.master.state().schedule.windows).toEqual([FOREIGN]);
    expect(mode(bot.master, "web-01")).toBe("UP");
    expect(downCalls(bot.master)).toBe(0);
  });

  test("a drain asks at the deadline, and takes nothing down by itself", async () => {
    const bot = await start({ ask_after: "3h" });
    await drainUntilDeadline(bot, "ask");
    await bot.pass(61 * MINUTE);
    await bot.afterwards(/The deadline has passed with 1 task left\. The approval is asked for/);
    await bot.afterwards(/Take 1 machine down\?/);
    expect(downCalls(bot.master)).toBe(0);
  });

  test("Down is forced at the deadline where the policy allows it, and only with an approval of its own", async () => {
    const bot = await start({ allow_force: true });
    await drainUntilDeadline(bot, "force");
    await bot.pass(61 * MINUTE);
    await bot.afterwards(/Forced: the deadline has passed and tasks are left/);
    expect(downCalls(bot.master)).toBe(0);
    const question = await bot.question();
    await bot.click(ALICE, question.message, "approve");
    await bot.told(ALICE, /somebody else has to approve/);
    await bot.click(BOB, question.message, "approve");
    await bot.afterwards(/Down: 1 machine, 1 task lost/);
  });

  test("Down is not forced at the deadline where the policy says nothing about it", async () => {
    const bot = await start();
    await bot.type(ALICE, "drain web-01 4h --deadline 1h --then force");
    const told = await bot.told(ALICE, /allow_force is off/);
    expect(told.text).toContain("--then ask or --then release");
    expect(bot.master.state().schedule.windows).toEqual([FOREIGN]);
  });

  test("Down waits while somebody holds, also past the deadline", async () => {
    const bot = await start();
    const id = await drainUntilDeadline(bot, "release");
    await bot.type(BOB, `hold ${id} waiting for the backup`);
    await bot.afterwards(/@bob holds: waiting for the backup/);
    await bot.pass(61 * MINUTE);
    await bot.lookAgain();
    expect(mode(bot.master, "web-01")).toBe("DRAINING");
    await bot.type(BOB, `release ${id}`);
    await bot.afterwards(/The machines are given back/);
    await bot.afterwards(/Cancelled/);
    expect(bot.master.state().schedule.windows).toEqual([FOREIGN]);
  });
});
