import { afterAll, beforeAll } from "vitest";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { type Kind, keepLog, type Place, UNHURRIED_MS } from "./places.js";

/** A store in a place of its own for all tests of a file or block. */
export function useStore(make: Kind["make"]): () => Store {
  let place: Place | null = null;
  let store: Store | null = null;
  beforeAll(async () => {
    place = await make();
    store = await openStore(place.settings, keepLog(), UNHURRIED_MS);
  });
  afterAll(async () => {
    await store?.close();
    await place?.dispose();
  });
  return () => {
    if (store === null) throw new Error("No test runs yet.");
    return store;
  };
}
