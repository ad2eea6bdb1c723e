import { expect, test } from "vitest";
import { startStepByStep } from "../engine/support/engine.js";
import { ALICE, BOB } from "../engine/support/people.js";
import type { TestCluster } from "../engine/support/test-cluster.js";
import { chosen, Tally } from "./support/tally.js";

const HOUR = 3_600_000;

/** Between two looks that nothing asks for: enough of them to believe a new time. */
const POLL_MS = 10_000;

/** A window of other people, exact and without an end. */
const FOREIGN = {
  windows: [
    { machines: [{ hostname: "WEB-06", ip: "10.0.0.6" }], start: 1795195128662822401n, duration: null },
  ],
};

const STEPS = [
  "before the post",
  "while machines drain",
  "while it is asked",
  "while machines are Down",
  "after Up",
];

const JUMPS: readonly { readonly name: string; jump(cluster: TestCluster): Promise<void> }[] = [
  { name: "ahead by 3 h", jump: async (cluster) => cluster.setClockBy(3 * HOUR) },
  { name: "back by 3 h", jump: async (cluster) => cluster.setClockBy(-3 * HOUR) },
  { name: "back by a day", jump: async (cluster) => cluster.setClockBy(-24 * HOUR) },
  {
    name: "ahead by a day, and right again after 4 s",
    async jump(cluster) {
      cluster.setClockBy(24 * HOUR);
      await cluster.runsDue();
      cluster.moveOn(4_000);
      await cluster.runsDue();
      cluster.setClockBy(-24 * HOUR);
    },
  },
];

/** A maintenance of a window of 12 h from drain to Up, whose worker's clock jumps at one step. */
async function maintained(at: string, jump: (typeof JUMPS)[number]): Promise<void> {
  const engine = await startStepByStep();
  try {
    const cluster = await engine.cluster({ policy: { pollMs: POLL_MS } });
    cluster.master.postSchedule(FOREIGN);
    const step = async (name: string) => {
      if (name === at) await jump.jump(cluster);
    };
    const maintenance = await cluster.drain("web-0[1-2] 12h");
    await step("before the post");
    await maintenance.thread(/Scheduled/);
    await step("while machines drain");
    await cluster.looks(8);
    await step("while it is asked");
    await cluster.looks(8);
    const isAsked = async () =>
      (await maintenance.record()).batches.some((batch) => batch.phase === "awaiting_approval");
    // It expires by the new time, and the thread says so.
    if (!(await isAsked())) await cluster.type(ALICE, `down ${maintenance.id}`);
    await cluster.until("the question", isAsked);
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 2 machines/);
    await step("while machines are Down");
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await maintenance.thread(/Up: the master/);
    await step("after Up");
    await maintenance.root(/Back in service/);
    for (const type of ["UPDATE_MAINTENANCE_SCHEDULE", "START_MAINTENANCE", "STOP_MAINTENANCE"] as const)
      expect([type, cluster.calls(type, "accepted")]).toEqual([type, 1]);
    expect(cluster.master.state().schedule).toEqual(FOREIGN);
    const often = ["Scheduled:", "@bob approved Down", "Down: 2 machines", "Up: the master", "was set"].map(
      (words) => maintenance.texts().filter((text) => text.includes(words)).length,
    );
    expect(Math.max(...often)).toBe(1);
  } finally {
    await engine.close();
  }
}

test("a clock that jumps at each step of a maintenance: everything is changed once, and told once (invariants 5, 7, 11 and 13)", async () => {
  const tally = new Tally("A clock that jumps");
  const all = STEPS.flatMap((at) => JUMPS.map((jump) => ({ at, jump })));
  for (const { at, jump } of chosen(all, 5))
    await tally.inject(`${jump.name}, ${at}`, () => maintained(at, jump));
  tally.close();
});
