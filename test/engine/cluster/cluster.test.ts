import { describe, expect, test } from "vitest";
import { createCluster, SETTLE_MS } from "../../../src/engine/cluster/cluster.js";
import { PROOF_MS } from "../../../src/engine/store/owned.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { mesosError } from "../../../src/mesos/errors/errors.js";
import type { Master } from "../../../src/mesos/master.js";
import { DEFAULT_TIMEOUTS } from "../../../src/mesos/transport.js";
import { agent, framework, NOW, policyOf, worldOf } from "../../support/world.js";

test("the world is taken as the outcome of a call only when the call can no longer be under way (invariant 7)", () => {
  expect(SETTLE_MS).toBeGreaterThan(PROOF_MS + DEFAULT_TIMEOUTS.writeMs);
});

/** A cluster on a clock that is moved by hand; each look takes so long. */
function clusterOf({
  pollMs = 30_000,
  takesMs = 0,
  isAway = false,
  isKept = (): boolean => true,
  master = {} as Partial<Master>,
} = {}) {
  let elapsedMs = 0;
  let looks = 0;
  const asked: ("whole" | "look")[] = [];
  const reading = (how: "whole" | "look") => async (): Promise<World> => {
    asked.push(how);
    looks += 1;
    elapsedMs += takesMs;
    if (isAway) throw mesosError("no_leader", { cluster: "prod" }, { sent: "no" });
    return how === "look" && isKept() ? worldOf({ wholeAtMs: NOW - 1 }) : worldOf();
  };
  const config = {
    name: "prod",
    masters: [],
    credentials: null,
    ca: null,
    channel: "C1",
    broadcast: [],
    tickets: null,
    zooKeeper: null,
    marathons: [],
    inventoryFile: null,
    runbooks: [],
    defaultDurationMs: 1,
    maxDurationMs: 1,
    policy: policyOf({ pollMs }),
  };
  const cluster = createCluster(
    config,
    { snapshot: reading("whole"), look: reading("look"), ...master } as unknown as Master,
    {
      elapsed: () => elapsedMs,
      limit: (ms) => AbortSignal.timeout(ms),
    },
  );
  return {
    cluster,
    asked,
    looks: () => looks,
    elapsedMs: () => elapsedMs,
    pass: (ms: number) => {
      elapsedMs += ms;
    },
  };
}

describe("the age of a view", () => {
  test("a view is as old as the beginning of its reading, by a clock that is never set back (invariant 13)", async () => {
    const { cluster, pass } = clusterOf({ takesMs: 1_500 });
    const world = await cluster.world();
    expect(cluster.ageMs(world)).toBe(1_500);
    pass(38_500);
    expect(cluster.ageMs(world)).toBe(40_000);
    expect(cluster.ageMs(await cluster.world("fresh"))).toBe(1_500);
  });

  test("a view that this process did not read is too old for anything", () => {
    expect(clusterOf().cluster.ageMs(worldOf())).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the drivers of frameworks", () => {
  function clusterWith(agents = 3) {
    let reads = 0;
    const drivers = async () => {
      reads += 1;
      return new Map([["marathon", "old" as const]]);
    };
    const { cluster, pass } = clusterOf({ master: { drivers } });
    const world = worldOf({
      frameworks: [framework("marathon"), framework("jobs")],
      agents: Array.from({ length: agents }, (_, n) => agent(`web-${n}`)),
    });
    const driversIn = async (seen: World) =>
      (await cluster.withDrivers(seen)).frameworks.map(({ driver }) => driver);
    return { world, driversIn, pass, reads: () => reads };
  }

  test("are added to a view, and what is not known stays so", async () => {
    const { world, driversIn } = clusterWith();
    expect(await driversIn(world)).toEqual(["old", null]);
    expect(world.frameworks.map(({ driver }) => driver)).toEqual([null, null]);
  });

  test("are read at most once a minute, and anew from another leader", async () => {
    const { world, driversIn, pass, reads } = clusterWith();
    await driversIn(world);
    pass(60_000);
    await driversIn(world);
    expect(reads()).toBe(1);
    pass(1);
    await driversIn(world);
    expect(reads()).toBe(2);
    await driversIn({ ...world, leaderId: "leader-2" });
    expect(reads()).toBe(3);
  });

  test("are not asked for where the answer would be huge: above 10,000 agents", async () => {
    const { world, driversIn, reads } = clusterWith(10_001);
    expect(await driversIn(world)).toEqual([null, null]);
    expect(reads()).toBe(0);
  });
});

describe("a cluster is looked at once, however many maintenances are open", () => {
  test("one look serves every maintenance that is due, also when they take longer than the pause", async () => {
    const { cluster, looks, pass } = clusterOf({ takesMs: 50 });
    for (let n = 0; n < 100; n++) {
      await cluster.worldFor(`m-${n}`, "look");
      pass(20);
    }
    expect(looks()).toBe(1);
    await cluster.worldFor("m-0", "look");
    expect(looks()).toBe(2);
  });

  test("one look does not serve for longer than 5 s", async () => {
    const { cluster, looks, pass } = clusterOf();
    await cluster.worldFor("m-1", "look");
    pass(5_000);
    await cluster.worldFor("m-2", "look");
    expect(looks()).toBe(2);
  });

  test.for([1, 10, 100])(
    "with %i maintenances and steady events a slow master is read a fifth of the time",
    async (count) => {
      const { cluster, looks, pass, elapsedMs } = clusterOf({ takesMs: 1_000 });
      while (elapsedMs() < 60_000) {
        for (let n = 0; n < count; n++) {
          const world = await cluster.worldFor(`m-${n}`, "look");
          cluster.changed();
          expect(cluster.isCurrent(world)).toBe(false);
        }
        pass(cluster.pauseMs() / 4);
      }
      expect(looks()).toBe(12);
    },
  );

  test("a look that began before an event serves nobody after the pause", async () => {
    const { cluster, looks, pass } = clusterOf();
    const world = await cluster.worldFor("m-1", "look");
    pass(100);
    expect(cluster.isCurrent(world)).toBe(true);
    cluster.changed();
    await cluster.worldFor("m-2", "look");
    expect(looks()).toBe(1);
    pass(100);
    expect(cluster.isCurrent(await cluster.worldFor("m-3", "look"))).toBe(true);
    expect(looks()).toBe(2);
  });

  test("what is decided comes of a whole reading that has only just ended, and the looks after it share the one that began after it (invariant 5)", async () => {
    const { cluster, asked, pass } = clusterOf({ takesMs: 1_000 });
    const kept = await cluster.worldFor("m-1", "look");
    const whole = await cluster.worldFor("m-1", "decide");
    expect(whole).not.toBe(kept);
    expect(await cluster.worldFor("m-1", "decide")).toBe(whole);
    pass(500);
    expect(await cluster.worldFor("m-2", "look")).toBe(whole);
    expect(await cluster.worldFor("m-2", "decide")).not.toBe(whole);
    cluster.forget();
    for (let n = 0; n < 20; n++) await cluster.worldFor(`m-${n}`, "look");
    expect(asked).toEqual(["look", "whole", "whole", "look"]);
  });

  test("a look that read everything, because nothing was kept, is enough for what is decided at once", async () => {
    const { cluster, asked } = clusterOf({ takesMs: 1_000, isKept: () => false });
    const look = await cluster.worldFor("m-1", "look");
    expect(await cluster.worldFor("m-1", "decide")).toBe(look);
    expect(await cluster.worldFor("m-2", "look_whole")).toBe(look);
    expect(asked).toEqual(["look"]);
  });

  test("who needs what no event tells shares whole readings, with the same pause between them", async () => {
    const { cluster, asked, pass } = clusterOf({ takesMs: 1_000 });
    await cluster.worldFor("m-1", "look");
    const whole = await cluster.worldFor("m-2", "look_whole");
    pass(3_900);
    await cluster.worldFor("m-1", "look");
    expect(await cluster.worldFor("m-2", "look_whole")).toBe(whole);
    pass(200);
    await cluster.worldFor("m-1", "look");
    await cluster.worldFor("m-2", "look_whole");
    await cluster.worldFor("m-2", "look_whole");
    expect(asked).toEqual(["look", "whole", "look", "whole"]);
  });

  test("a look that failed serves every maintenance that is due, and nobody who asks or writes", async () => {
    const { cluster, looks } = clusterOf({ takesMs: 3_000, isAway: true });
    for (let n = 0; n < 20; n++) await expect(cluster.worldFor(`m-${n}`, "look")).rejects.toThrow(/leader/);
    expect(looks()).toBe(1);
    await expect(cluster.world()).rejects.toThrow(/leader/);
    await expect(cluster.worldFor("m-1", "decide")).rejects.toThrow(/leader/);
    expect(looks()).toBe(3);
  });
});
