import { EmbeddedStore } from "./embedded-store.js";
import { openRedisStore } from "./redis-store.js";
import type { Store, StoreLogger, StoreSettings } from "./store.js";

/**
 * Opens the place where the queue lives and checks that it is fit for it.
 *
 * @throws StoreError when it cannot be used: what happened, what was not done, what to do next.
 */
export function openStore(settings: StoreSettings, logger: StoreLogger): Promise<Store> {
  switch (settings.kind) {
    case "redis":
      return openRedisStore(settings, logger);
    case "embedded":
      return EmbeddedStore.open(settings, logger);
  }
}
