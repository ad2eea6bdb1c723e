import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { Gate } from "../support/gate.js";
import { MemoryStore } from "../support/memory-store.js";
import { ALICE, BOB, CAROL } from "../support/people.js";
import type { TestCluster } from "../support/test-cluster.js";

describe("a worker whose proof of its lock travels 20 s, while another worker goes on (invariants 5, 8 and 13)", () => {
  const engine = useEngine();

  /** From here on the next proof travels, until the lock has run out and another worker has the job. */
  async function lateProof(cluster: TestCluster, lead: () => Promise<void>): Promise<Gate> {
    const { store } = engine();
    if (!(store instanceof MemoryStore)) throw new Error("Only the store in memory delays a proof.");
    const arrived = new Gate();
    let asked = false;
    store.delayNextProof(arrived.opened, () => {
      asked = true;
    });
    await lead();
    await cluster.untilInside("a proof under way", () => asked);
    cluster.moveOn(20_000);
    store.locksRunOut();
    await cluster.addWorker();
    return arrived;
  }

  test("nothing goes down against a deny", async () => {
    const cluster = await engine().cluster({
      master: {
        frameworks: [{ name: "marathon", habit: "silent", tasks: [{ name: "api", on: "web-02" }] }],
      },
    });
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const arrived = await lateProof(cluster, () => maintenance.click(BOB, "approve"));
    cluster.master.launchTask("marathon", "web-01", "billing");
    await maintenance.thread(/was not carried out/);
    await maintenance.click(BOB, "deny");
    await maintenance.thread(/@bob denied Down/);
    arrived.open();
    await cluster.looks(3);
    expect(cluster.calls("START_MAINTENANCE")).toBe(0);
    expect(cluster.mode("web-01")).toBe("DRAINING");
  });

  test("no window is posted for a maintenance that was cancelled meanwhile", async () => {
    const cluster = await engine().cluster();
    await cluster.drainToQuestion("web-02 2h");
    let id = "";
    const arrived = await lateProof(cluster, async () => {
      ({ id } = await cluster.drain("web-01 2h"));
    });
    const maintenance = cluster.maintenance(id);
    await cluster.type(CAROL, `cancel ${id}`);
    await maintenance.root(/Cancelled/);
    arrived.open();
    await cluster.looks(3);
    expect(cluster.mode("web-01")).toBe("UP");
  });

  test("machines that were taken down again meanwhile are not brought up", async () => {
    const cluster = await engine().cluster();
    await cluster.drainToQuestion("web-02 2h");
    const first = await cluster.drainToQuestion("web-01 2h");
    await first.click(BOB, "approve");
    await first.thread(/Down: 1 machine,/);
    const arrived = await lateProof(cluster, () => cluster.type(ALICE, `up ${first.id}`));
    await first.thread(/All agents are back|All are back/);
    const second = await cluster.drainToQuestion("web-01 2h");
    await second.click(BOB, "approve");
    await second.thread(/Down: 1 machine,/);
    arrived.open();
    await cluster.looks(3);
    expect(cluster.calls("STOP_MAINTENANCE")).toBe(1);
    expect(cluster.mode("web-01")).toBe("DOWN");
  });
});
