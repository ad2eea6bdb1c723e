import type { Logger } from "../../base/logger.js";
import type { StoreConfig } from "../../config/config.js";
import { bullStore } from "./bull-store.js";
import { openEmbedded } from "./embedded/embedded.js";
import { openRedis } from "./redis/redis.js";
import { ANSWER_LIMIT_MS, type Store } from "./store.js";
import { TroubleLog } from "./trouble-log.js";

/**
 * Opens the place where the queue lives and checks that it is fit for it.
 *
 * @param answerLimitMs how long a producer may wait; more than the default only where nobody waits for an answer.
 * @throws StoreError when it cannot be used: what happened, what was not done, what to do next.
 */
export async function openStore(
  settings: StoreConfig,
  logger: Logger,
  answerLimitMs = ANSWER_LIMIT_MS,
): Promise<Store> {
  const trouble = new TroubleLog(logger);
  const driver =
    settings.kind === "redis"
      ? await openRedis(settings, logger, trouble)
      : await openEmbedded(settings, logger);
  return bullStore(driver, trouble, answerLimitMs);
}
