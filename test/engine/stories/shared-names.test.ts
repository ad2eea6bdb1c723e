import { describe, expect, test } from "vitest";
import { SIX, useEngine } from "../support/engine.js";
import { ALICE, BOB } from "../support/people.js";

const TWO = { master: { agents: [...SIX, { hostname: "web-01", ip: "10.0.0.91" }] } };

describe("two machines of one host name", () => {
  const engine = useEngine();

  test("a bare name is refused by drain, dry run, down, up and cancel, with the line that names one, and told by status", async () => {
    const cluster = await engine().cluster(TWO);
    const says = /.web-01. stands for 2 machines in \S+: web-01 \(10\.0\.0\.1\).*web-01 \(10\.0\.0\.91\)/;
    await cluster.type(ALICE, "drain web-01 2h");
    expect(await cluster.told(ALICE, says)).toContain("/mesos drain web-01|10.0.0.1;");
    for (const verb of ["drain", "down", "up", "cancel", "status"]) {
      const line = verb === "drain" ? "drain web-01 2h --dry-run" : `${verb} web-01`;
      await cluster.type(BOB, line);
      const told = await cluster.told(BOB, new RegExp(`${says.source}[^]*/mesos ${verb} web-01\\|10`));
      expect(told).toContain(`/mesos ${verb} web-01|10.0.0.1`);
    }
    expect(cluster.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(0);

    const maintenance = await cluster.drain("web-01|10.0.0.91 2h");
    await maintenance.thread(/Scheduled/);
    await cluster.type(BOB, "cancel web-01");
    // The one that is in a maintenance of ours is the one that was meant.
    await cluster.told(BOB, /Name the one that is meant: \/mesos cancel web-01\|10\.0\.0\.91;/);
    await cluster.type(ALICE, "cancel web-01|10.0.0.91");
    await maintenance.thread(/Cancelled/);
  });
});
