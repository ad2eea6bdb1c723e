import { expect, test } from "vitest";
import type { Store } from "../../../src/engine/store/store.js";
import { suiteFor } from "../../support/require.js";
import { MemoryStore } from "../support/memory-store.js";
import { PLACES } from "./places.js";
import { useStore } from "./use-store.js";

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
    const store = useStore(make);

    test("whoever takes one is told who had it before, also of all that ask at once (invariant 13)", async () => {
      await expectTurns(store());
    });
  });
}

test("so they are in memory", async () => {
  await expectTurns(new MemoryStore(Date.now));
});
