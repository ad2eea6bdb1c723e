import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { suiteFor } from "../../support/require.js";
import { keepLog, PLACES, type Place, UNHURRIED_MS, until } from "./places.js";

const LONG_MS = 900_000;

for (const { name, available, make } of PLACES) {
  suiteFor(
    `a name in the ${name}`,
    available,
  )(() => {
    let place: Place;
    let store: Store;
    const open = () => openStore(place.settings, keepLog(), UNHURRIED_MS);
    beforeAll(async () => {
      place = await make();
      store = await open();
    });
    afterAll(async () => {
      await store?.close();
      await place?.dispose();
    });

    test("is the first one's alone, of all that ask at once", async () => {
      const asked = await Promise.all(Array.from({ length: 20 }, () => store.claim("one", LONG_MS)));
      expect(asked.filter((isFirst) => isFirst)).toHaveLength(1);
      expect(await store.claim("one", LONG_MS)).toBe(false);
      expect(await store.claim("another", LONG_MS)).toBe(true);
    });

    test("is free again when its time is over", async () => {
      expect(await store.claim("short", 50)).toBe(true);
      await until(() => store.claim("short", LONG_MS));
      expect(await store.claim("short", LONG_MS)).toBe(false);
    });

    test("stays taken for a process that starts later", async () => {
      expect(await store.claim("kept", LONG_MS)).toBe(true);
      await store.close();
      store = await open();
      expect(await store.claim("kept", LONG_MS)).toBe(false);
    });
  });
}
