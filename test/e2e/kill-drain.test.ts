import { afterEach, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { type Installation, install } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";
import { until } from "../support/until.js";

let running: Installation | null = null;
afterEach(async () => {
  await running?.dispose();
  running = null;
});

const AGENTS = [1, 2, 3].map((n) => ({ hostname: `web-0${n}`, ip: `10.0.0.${n}` }));

/** Answers nothing, and its tasks stay until somebody ends them. */
const SILENT = {
  name: "chronos",
  habit: "silent" as const,
  driver: "old" as const,
  tasks: ["web-01", "web-02", "web-03"].map((on) => ({ name: "job", on })),
};

suiteFor(
  "a kill-drain through Slack",
  localSlackAvailable(),
)(() => {
  async function start(): Promise<Installation> {
    const master = { agents: AGENTS, frameworks: [SILENT], returnAfterMs: 300 };
    const frameworks = [{ name: "chronos", family: "chronos" }];
    running = await install({ store: "embedded", master, cluster: { frameworks } });
    await running.start();
    return running;
  }

  const accepted = ({ master }: Installation) =>
    master
      .calls()
      .flatMap(({ type, outcome }) => (outcome === "accepted" && type !== null ? [type] : []))
      .filter((type) => !type.startsWith("GET_") && type !== "SUBSCRIBE");

  test("a silent framework is killed once that is approved, goes Down under an approval of its own, and comes back", async () => {
    const bot = await start();
    await bot.type(ALICE, "drain web-0[1:2] 4h");
    await bot.thread(/Scheduled/);
    const id = /m-\w+/.exec((await bot.root(/draining/)).text)?.[0] ?? "";
    await bot.type(ALICE, `kill-drain ${id} 1m`);
    const kill = await bot.question();
    expect(kill.text).toContain("Kill what runs on 2 machines?");
    expect(kill.text).toContain("2 tasks (chronos 2). Those that do not say it themselves get 1 m to end.");
    expect(kill.text).toContain("Worse than Down:");
    expect(kill.text).toMatch(
      /chronos \(is Chronos \(clusters file\)\): killed tasks are not started again; lost by Down, they/,
    );
    await bot.click(ALICE, kill.message, "approve");
    await bot.told(ALICE, /somebody else has to approve/);
    expect(accepted(bot)).toEqual(["UPDATE_MAINTENANCE_SCHEDULE"]);

    await bot.click(BOB, kill.message, "approve");
    await bot.thread(/Killing: the master is asked to end 2 tasks on 2 agents/);
    await until(
      "both calls",
      async () => accepted(bot).filter((type) => type === "DRAIN_AGENT").length === 2,
    );
    // The grace period is the master's; the rehearsal does not wait for it.
    bot.master.tick();
    await bot.thread(/Drained: of 2 tasks none is left/);
    const down = await bot.question();
    expect(down.text).toContain("Take 2 machines down?");
    expect(down.text).toContain("No tasks are left on them");
    const soFar = [
      "UPDATE_MAINTENANCE_SCHEDULE",
      "UPDATE_MAINTENANCE_SCHEDULE",
      "DRAIN_AGENT",
      "DRAIN_AGENT",
    ];
    expect(accepted(bot)).toEqual([...soFar, "UPDATE_MAINTENANCE_SCHEDULE"]);
    await bot.click(BOB, down.message, "approve");
    await bot.thread(/Down: 2 machines, 0 tasks lost/);
    await bot.click(BOB, (await bot.root(/· down/)).message, "up");
    await bot.thread(/All are back/);
    await bot.root(/Back in service/);
    expect(bot.master.state().agents.map(({ drain }) => drain)).toEqual([null, null, null]);
    expect(bot.master.state().tasks.map(({ host }) => host)).toEqual(["web-03"]);
  });

  test("with --kill nothing is posted before the agents are drained, and a cancel after it has them take tasks again", async () => {
    const bot = await start();
    await bot.type(ALICE, "drain web-01 4h --kill");
    const kill = await bot.question();
    expect(kill.text).toContain("Kill what runs on 1 machine?");
    expect(accepted(bot)).toEqual([]);
    await bot.click(BOB, kill.message, "approve");
    await bot.thread(/Drained/);
    await bot.question();
    expect(accepted(bot)).toEqual(["DRAIN_AGENT", "UPDATE_MAINTENANCE_SCHEDULE"]);
    await bot.click(BOB, (await bot.root(/awaiting approval/)).message, "cancel");
    await bot.root(/Cancelled/);
    expect(accepted(bot)).toContain("REACTIVATE_AGENT");
    expect(bot.master.state().schedule.windows).toEqual([]);
    expect(bot.master.state().agents.map(({ drain }) => drain)).toEqual([null, null, null]);
  });
});
