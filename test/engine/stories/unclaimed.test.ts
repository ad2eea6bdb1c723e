import { describe, expect, test } from "vitest";
import type { Window } from "../../../src/maintenance/cluster/schedule.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { until } from "../../support/until.js";
import { useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";
import type { Posted } from "../support/recorded-slack.js";
import type { TestCluster } from "../support/test-cluster.js";

const HOUR = 3_600_000;

const [WEB_01, WEB_02] = [1, 2].map((n) => ({ hostname: `web-0${n}`, ip: `10.0.0.${n}` }));

const engine = useEngine();

/** A window that began an hour ago, of whoever it may be. */
function theirs(cluster: TestCluster): Window {
  const machines = [WEB_01, WEB_02].flatMap((machine) => machine ?? []);
  return { machines, start: millisToNanos(cluster.nowMs() - HOUR), duration: millisToNanos(4 * HOUR) };
}

/** Messages about machines that nobody looks after. */
const told = (cluster: TestCluster) =>
  cluster.messages().filter(({ text }) => text.includes("Nobody looks after"));

/** The look goes on beside the lanes: it takes real time, and none of the test's clock. */
async function toldOf(cluster: TestCluster, at: number): Promise<Posted> {
  return await until("it is told", async () => {
    await cluster.runsDue();
    return told(cluster)[at];
  });
}

describe("machines that are out of service, and that no open maintenance has (invariant 11)", () => {
  test("are told once in the channel when a worker starts, again when they change, and adopted with a click and brought back", async () => {
    const cluster = await engine().cluster();
    const window = theirs(cluster);
    cluster.master.postSchedule({ windows: [window] });
    cluster.master.startMaintenance([...window.machines]);
    await cluster.restart();
    const message = await toldOf(cluster, 0);
    expect(message.text).toContain("Nobody looks after 2 machines of c1");
    expect(message.text).toMatch(/Down: `web-01`, `web-02`.*The window began .*, 1 h ago/s);
    expect(message.text).toContain("/mesos adopt web-01,web-02 --cluster c1 --confirm 2");
    const posts = cluster.calls("UPDATE_MAINTENANCE_SCHEDULE");

    await cluster.restart();
    await cluster.addWorker();
    const [value] = message.adopts;
    if (value === undefined) throw new Error("There is no button.");
    await cluster.click(ALICE, value);
    const id =
      /m-\w+/.exec(await cluster.told(ALICE, /adoption of web-01,web-02 in c1 has begun/))?.[0] ?? "";
    expect(told(cluster)).toHaveLength(1);
    const maintenance = cluster.maintenance(id);
    await maintenance.thread(/Adopted: 2 machines that nobody looked after, Down/);
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(posts);
    await maintenance.click(BOB, "up");
    await maintenance.thread(/Back: `web-01`.* registered again/s);
    await maintenance.root(/Back in service/);
    expect(cluster.mode("web-01")).toBe("UP");

    cluster.master.postSchedule({ windows: [{ ...window, start: window.start + 1n }] });
    await cluster.restart();
    expect((await toldOf(cluster, 1)).text).toContain("Draining: `web-01`, `web-02`");
  });

  test("are not told where a maintenance of ours has them, and are told once a day", async () => {
    const cluster = await engine().cluster();
    const maintenance = await cluster.drainToQuestion("web-01 6h");
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 1 machine/);
    await cluster.restart();
    await cluster.looks(2);
    expect(told(cluster)).toEqual([]);
    await maintenance.click(BOB, "up");
    await maintenance.root(/Back in service/);
    const [, machine] = theirs(cluster).machines;
    cluster.master.postSchedule({
      windows: [{ ...theirs(cluster), machines: machine === undefined ? [] : [machine] }],
    });
    cluster.moveOn(24 * HOUR);
    await toldOf(cluster, 0);
  });

  test("are told by the next look where Slack did not take the message (invariant 10)", async () => {
    const cluster = await engine().cluster();
    cluster.master.postSchedule({ windows: [theirs(cluster)] });
    engine().webApi.always("chat.postMessage", { error: "not_in_channel" });
    await cluster.restart();
    await until("it is refused", async () => {
      await cluster.runsDue();
      return engine().webApi.callsOf("chat.postMessage").length > 0;
    });
    engine().webApi.always("chat.postMessage", null);
    expect(told(cluster)).toEqual([]);
    cluster.moveOn(24 * HOUR);
    await toldOf(cluster, 0);
    await cluster.restart();
    await cluster.runsDue();
    expect(told(cluster)).toHaveLength(1);
  });

  test("and whose queue was lost are found, and go on with their question", async () => {
    const cluster = await engine().cluster();
    const lost = await cluster.drainToQuestion("web-0[1-2] 6h");
    await cluster.loses(lost.id);
    await cluster.restart();
    await toldOf(cluster, 0);
    await cluster.type(ALICE, "adopt web-0[1-2]");
    expect(await cluster.told(ALICE, /A master does not tell whose window that is/)).toContain("--confirm 2");
    await cluster.type(ALICE, "adopt web-0[1-2] --confirm 2");
    const id = /m-\w+/.exec(await cluster.told(ALICE, /has begun/))?.[0] ?? "";
    const maintenance = cluster.maintenance(id);
    await maintenance.thread(/Adopted: 2 machines that nobody looked after, Draining/i);
    await maintenance.question();
    await maintenance.click(BOB, "approve");
    await maintenance.thread(/Down: 2 machines/);
  });
});
