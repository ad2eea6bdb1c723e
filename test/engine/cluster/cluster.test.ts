import { describe, expect, test } from "vitest";
import { createCluster, SETTLE_MS } from "../../../src/engine/cluster/cluster.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import type { Master } from "../../../src/mesos/master.js";
import { DEFAULT_TIMEOUTS } from "../../../src/mesos/transport.js";
import { policyOf, worldOf } from "../../support/world.js";

test("the world is taken as the outcome of a call only when the call can no longer be under way (invariant 7)", () => {
  expect(SETTLE_MS).toBeGreaterThan(DEFAULT_TIMEOUTS.writeMs);
});

/** A cluster on a clock that is moved by hand; each look takes so long. */
function clusterOf({ pollMs = 30_000, takesMs = 0 } = {}) {
  let elapsedMs = 0;
  let looks = 0;
  const snapshot = async (): Promise<World> => {
    looks += 1;
    elapsedMs += takesMs;
    return { ...worldOf() };
  };
  const config = {
    name: "prod",
    masters: [],
    credentials: null,
    ca: null,
    channel: "C1",
    inventoryFile: null,
    defaultDurationMs: 1,
    maxDurationMs: 1,
    policy: policyOf({ pollMs }),
  };
  const cluster = createCluster(config, { snapshot } as unknown as Master, { elapsed: () => elapsedMs });
  return {
    cluster,
    looks: () => looks,
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
