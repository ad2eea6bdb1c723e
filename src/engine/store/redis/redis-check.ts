import type { Logger } from "../../../base/logger.js";
import { StoreError, type StoreErrorCode } from "../store-error.js";

const OLDEST: readonly [major: number, minor: number] = [6, 2];

/**
 * Whether a Redis is set up to keep what the bot entrusts to it, from its INFO.
 *
 * @throws StoreError `too_old`, `wrong_eviction_policy`, or `refused` for a replica.
 */
export function checkRedis(info: string, address: string, logger: Logger): void {
  const said = fields(info);
  const version = said.get("redis_version") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (version && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))) {
    throw unfit(
      "too_old",
      `Redis at ${address} is version ${version}; BullMQ needs ${OLDEST.join(".")} or newer.`,
      "Upgrade it, or unset REDIS_URL to use the embedded store.",
    );
  }
  if (said.get("role") === "slave") {
    throw unfit(
      "refused",
      `Redis at ${address} is a replica and takes no writes.`,
      "Point REDIS_URL to the master, or use Sentinel so that the bot finds it.",
    );
  }
  const policy = said.get("maxmemory_policy") ?? "noeviction";
  if (policy !== "noeviction" && said.get("maxmemory") !== "0") {
    throw unfit(
      "wrong_eviction_policy",
      `Redis at ${address} deletes keys when its memory is full (maxmemory-policy ${policy}), and maintenances with them.`,
      "Set `maxmemory-policy noeviction` in its configuration; with a hosted Redis, in its parameter group.",
    );
  }
  if (policy !== "noeviction") {
    logger.warn(
      { address, policy },
      "Redis may evict jobs once it has a memory limit. Set `maxmemory-policy noeviction`",
    );
  }
  if (said.get("aof_enabled") === "0") {
    logger.warn(
      { address },
      "Redis keeps no append-only file: if it crashes, what was queued since its last snapshot is lost. Set `appendonly yes`",
    );
  }
}

function unfit(code: StoreErrorCode, what: string, next: string): StoreError {
  return new StoreError(code, { what, notDone: "The store was not opened.", next });
}

function fields(info: string): ReadonlyMap<string, string> {
  const pairs = info
    .split(/\r?\n/)
    .map((line) => line.split(":", 2))
    .filter((pair): pair is [string, string] => pair.length === 2);
  return new Map(pairs);
}
