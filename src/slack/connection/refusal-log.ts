import type { Logger } from "../../base/logger.js";
import type { Refused } from "./door.js";

const QUIET_MS = 60_000;

/**
 * Says which requests were refused: the first of a reason at once, and then once a minute how many more there were, so that
 * whoever reaches the port does not fill the log.
 */
export function createRefusalLog(logger: Logger, now: () => number) {
  const told = new Map<string, { atMs: number; more: number }>();

  return {
    add({ status, why }: Refused): void {
      const last = told.get(why);
      if (last !== undefined && now() - last.atMs < QUIET_MS) {
        last.more += 1;
        return;
      }
      const since = last?.more ?? 0;
      told.set(why, { atMs: now(), more: 0 });
      const more = since === 0 ? {} : { alsoSinceTheLast: since };
      logger.warn({ status, ...more }, `a request was refused: ${why}. Nothing was done.`);
    },
  };
}
