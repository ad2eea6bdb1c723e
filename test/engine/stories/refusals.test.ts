import { describe, expect, test } from "vitest";
import { SIX, useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

/** The line to copy in what somebody was told. */
function lineIn(told: string): string {
  const line = /^`*(\/mesos .+?)`*$/m.exec(told)?.[1];
  if (line === undefined) throw new Error(`No line to copy in: ${told}`);
  return line.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
}

describe("the line that a refusal offers is taken as it is", () => {
  const engine = useEngine();

  test("without the machines of another maintenance, told in one sentence", async () => {
    const cluster = await engine().cluster({ policy: { selfApproval: true } });
    const maintenance = await cluster.drain("web-0[1-3] 2h", BOB);
    await maintenance.thread(/Scheduled/);
    await cluster.type(ALICE, "drain web-0[1-5] 2h");
    const told = await cluster.told(ALICE, /3 machines \(web-01, web-02, web-03\) are already draining, by/);
    expect(told).toMatch(
      new RegExp(`by ${maintenance.id} of @bob, until 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC`),
    );
    const others = await cluster.drain(lineIn(told).replace("/mesos drain ", ""));
    await others.thread(/Scheduled/);
    const { batches } = await others.record();
    expect(batches[0]?.machines.map(({ hostname }) => hostname)).toEqual(["web-04", "web-05"]);
  });

  test("without a machine that somebody wrote into the schedule with a wrong address: the real one stays", async () => {
    const cluster = await engine().cluster();
    const wrong = { hostname: "WEB-01", ip: "10.0.0.77" };
    cluster.master.postSchedule({ windows: [{ machines: [wrong], start: 7n, duration: null }] });
    await cluster.type(ALICE, "drain web-0[1-2] 2h");
    const told = await cluster.told(ALICE, /WEB-01 \(10\.0\.0\.77\) is already draining/);
    const maintenance = await cluster.drain(lineIn(told).replace("/mesos drain ", ""));
    await maintenance.thread(/Scheduled/);
    const { batches } = await maintenance.record();
    expect(batches[0]?.machines).toEqual(SIX.slice(0, 2));
  });

  test("with all that is in the way told at once, a line for each, and mended by one", async () => {
    const cluster = await engine().cluster({
      policy: {
        requireReason: true,
        caps: { machinesPerMaintenance: { kind: "count", count: 1 }, outOfService: null, above: "confirm" },
      },
    });
    await cluster.type(ALICE, "drain web-0[1-3] 2h --confirm 2");
    const told = await cluster.told(ALICE, /3 things are in the way/);
    expect(told).toMatch(
      /^\(1\) --confirm 2 was typed, and web-0\[1-3\] stands for 3 machines \(.*\); it may stand for more now/m,
    );
    expect(told).toMatch(
      /^\(2\) clusters\.\S+\.caps\.machines_per_maintenance .*stands for 3: web-01, web-02, web-03/m,
    );
    expect(told).toMatch(/^\(3\) clusters\.\S+\.require_reason .* Add --reason "why" to the line\.$/m);
    expect(told).toContain("Next: If you mean all 3, say so with --confirm 3");
    const line = lineIn(told).replace("/mesos drain ", "").replace("<why>", "kernel");
    const maintenance = await cluster.drain(line);
    await maintenance.thread(/Scheduled/);
    expect((await maintenance.record()).batches[0]?.machines).toHaveLength(3);
  });

  test("with a reason once it is filled in, and not before", async () => {
    const cluster = await engine().cluster({ policy: { requireReason: true } });
    await cluster.type(ALICE, "drain web-01 2h --ticket OPS-1");
    const line = lineIn(await cluster.told(ALICE, /require_reason/));
    await cluster.type(BOB, line.replace("/mesos ", ""));
    await cluster.told(BOB, /--reason still has <why>/);
    const maintenance = await cluster.drain(line.replace("/mesos drain ", "").replace("<why>", "kernel"));
    await maintenance.thread(/Scheduled/);
    expect(await maintenance.record()).toMatchObject({ reason: "kernel", ticket: "OPS-1" });
  });
});
