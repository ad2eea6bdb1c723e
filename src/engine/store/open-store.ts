import { BullStore } from "./bull-store.js";
import { openEmbedded } from "./embedded.js";
import { openRedis } from "./redis.js";
import type { Store, StoreLogger, StoreSettings } from "./store.js";
import { TroubleLog } from "./trouble-log.js";

/**
 * Opens the place where the queue lives and checks that it is fit for it.
 *
 * @throws StoreError when it cannot be used: what happened, what was not done, what to do next.
 */
export async function openStore(settings: StoreSettings, logger: StoreLogger): Promise<Store> {
  const trouble = new TroubleLog(logger);
  switch (settings.kind) {
    case "redis":
      return new BullStore(await openRedis(settings, logger, trouble), trouble);
    case "embedded":
      return new BullStore(await openEmbedded(settings, logger), trouble);
  }
}
