import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { suiteFor } from "../../support/require.js";
import { MemoryStore } from "../support/memory-store.js";
import { keepLog, PLACES, type Place, UNHURRIED_MS } from "./places.js";

/** Of all that take a turn at once each is told another one: whoever came right before. */
async function expectTurns(store: Store): Promise<void> {
  expect(await store.takeTurn("one", "first")).toBeNull();
  expect(await store.takeTurn("one", "first")).toBe("first");
  expect(await store.takeTurn("another", "second")).toBeNull();
  const all = Array.from({ length: 20 }, (_, at) => `worker ${at}`);
  const before = await Promise.all(all.map((who) => store.takeTurn("one", who)));
  const last = await store.takeTurn("one", "last");
  expect([...before, last].toSorted()).toEqual(["first", ...all].toSorted());
}

for (const { name, available, make } of PLACES) {
  suiteFor(
    `turns in the ${name}`,
    available,
  )(() => {
    let place: Place;
    let store: Store;
    beforeAll(async () => {
      place = await make();
      store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
    });
    afterAll(async () => {
      await store?.close();
      await place?.dispose();
    });

    test("whoever takes one is told who had it before, also of all that ask at once (invariant 13)", async () => {
      await expectTurns(store);
    });
  });
}

test("so they are in memory", async () => {
  await expectTurns(new MemoryStore(Date.now));
});
