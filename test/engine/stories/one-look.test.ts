import { describe, expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { Gate } from "../support/gate.js";
import { ALICE } from "../support/people.js";
import type { TestCluster } from "../support/test-cluster.js";

const HOSTS = Array.from({ length: 20 }, (_, n) => ({ hostname: `web-${n + 1}`, ip: `10.0.1.${n + 1}` }));

describe("a cluster is looked at once, however many maintenances are open", () => {
  const engine = useEngine();

  /** Looks at the master while 6 polls pass, with so many machines draining, each in a maintenance of its own. */
  async function looksIn6Polls(open: number): Promise<number> {
    const cluster = await engine().cluster({ master: { agents: HOSTS }, policy: { pollMs: 30_000 } });
    const passes = async (ms: number) => {
      const from = cluster.nowMs();
      await cluster.until(`${ms} ms are over`, () => cluster.nowMs() >= from + ms);
    };
    for (const { hostname } of HOSTS.slice(0, open)) {
      await cluster.drainToQuestion(`${hostname} 20h`);
      cluster.moveOn(2_700);
    }
    await passes(60_000);
    const before = cluster.calls("GET_MAINTENANCE_STATUS");
    await passes(6 * 30_000);
    return cluster.calls("GET_MAINTENANCE_STATUS") - before;
  }

  test("the master is read as often with five open maintenances as with one", async () => {
    const one = await looksIn6Polls(1);
    expect(one).toBeGreaterThanOrEqual(6);
    expect(await looksIn6Polls(5)).toBe(one);
  });

  /** Queues drains while the first look hangs, and resolves when all stand. */
  async function drainAll(cluster: TestCluster, count: number): Promise<void> {
    const gate = new Gate();
    cluster.master.fault("GET_MAINTENANCE_STATUS", { kind: "hold", until: gate.opened });
    for (const { hostname } of HOSTS.slice(0, count)) await cluster.drain(`${hostname} 2h`, ALICE);
    gate.open();
    await cluster.until("all drain", () =>
      HOSTS.slice(0, count).every(({ hostname }) => cluster.mode(hostname) === "DRAINING"),
    );
  }

  function looksBeforePost({ master }: TestCluster): number {
    const types = master.calls().map(({ type }) => type);
    const before = types.slice(0, types.indexOf("UPDATE_MAINTENANCE_SCHEDULE"));
    return before.filter((type) => type === "GET_MAINTENANCE_STATUS").length;
  }

  test("20 drains that are queued at once stand in one post, after as many looks as one drain takes", async () => {
    const [one, many] = [
      await engine().cluster({ master: { agents: HOSTS } }),
      await engine().cluster({ master: { agents: HOSTS } }),
    ];
    await drainAll(one, 1);
    await drainAll(many, 20);
    expect(many.calls("UPDATE_MAINTENANCE_SCHEDULE")).toBe(1);
    expect(looksBeforePost(many)).toBe(looksBeforePost(one));
  });

  test("a drain that was never posted goes before maintenances that are only looked at again", async () => {
    const cluster = await engine().cluster({ master: { agents: HOSTS } });
    const first = await cluster.drainToQuestion("web-1 2h");
    const second = await cluster.drain("web-2 2h");
    expect(await cluster.priority(second.id)).toBeLessThan(await cluster.priority(first.id));
    await second.question();
    expect(await cluster.priority(second.id)).toBe(await cluster.priority(first.id));
  });
});
