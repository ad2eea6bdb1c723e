import { describe, expect, test } from "vitest";
import { whyNotServed } from "../../../src/engine/lanes/served.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { suiteFor } from "../../support/require.js";
import { keepLog, PLACES, UNHURRIED_MS } from "../store/places.js";
import { MemoryStore } from "../support/memory-store.js";

const at = (...masters: string[]) => ({ name: "prod", masters, zooKeeper: null });

for (const { name, available, make } of PLACES) {
  suiteFor(
    `whose a cluster's queue is on ${name}`,
    available,
  )(() => {
    test("a queue serves whoever came first, learns masters beside known ones, and refuses an installation that shares none (invariant 13)", async () => {
      const place = await make();
      const store = await openStore(place.settings, { ...keepLog(), debug() {} }, UNHURRIED_MS);
      try {
        expect(await whyNotServed(store, at("http://m1:5050", "http://m2:5050"))).toBeNull();
        expect(await whyNotServed(store, at("http://M2:5050", "http://m3:5050"))).toBeNull();
        // m1 is one of before: the queue knows the masters of now.
        const why = await whyNotServed(store, at("http://other:5050"));
        expect(why).toContain("The queue of prod serves other masters (http://m2:5050, http://m3:5050)");
        expect(why).toContain("REDIS_PREFIX");
        expect(await whyNotServed(store, { ...at("http://other:5050"), name: "staging" })).toBeNull();
        expect(await whyNotServed(store, at("http://m3:5050"))).toBeNull();
        expect(await whyNotServed(store, at("http://other:5050"), true)).toBeNull();
        expect(await whyNotServed(store, at("http://m3:5050"))).toContain("serves other masters");
      } finally {
        await store.close();
        await place.dispose();
      }
    });
  });
}

describe("masters in ZooKeeper", () => {
  test("are known by the servers and the path", async () => {
    const store = new MemoryStore(Date.now);
    const zk = (path: string, ...hosts: string[]) => ({
      name: "prod",
      masters: [],
      zooKeeper: {
        servers: hosts.map((host) => ({ host, port: 2181 })),
        path,
        auth: null,
        scheme: "http" as const,
        allowed: [],
      },
    });
    expect(await whyNotServed(store, zk("/mesos", "z1", "z2"))).toBeNull();
    expect(await whyNotServed(store, zk("/mesos", "z2", "z3"))).toBeNull();
    expect(await whyNotServed(store, zk("/other", "z2", "z3"))).toContain("zk://z2:2181/other");
  });
});
