import type { Logger } from "../../../base/logger.js";
import { StoreError } from "../store-error.js";

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
    throw new StoreError("too_old", {
      what: `Redis at ${address} is version ${version}; BullMQ needs ${OLDEST.join(".")} or newer.`,
      notDone: "The store was not opened.",
      next: "Upgrade it, or unset REDIS_URL to use the embedded store.",
    });
  }
  if (said.get("role") === "slave") {
    throw new StoreError("refused", {
      what: `Redis at ${address} is a replica and takes no writes.`,
      notDone: "The store was not opened.",
      next: "Point REDIS_URL to the master, or use Sentinel so that the bot finds it.",
    });
  }
  checkEviction(said, address, logger);
  if (said.get("aof_enabled") === "0") {
    logger.warn(
      { address },
      "Redis keeps no append-only file: if it crashes, what was queued since its last snapshot is lost. Set `appendonly yes`",
    );
  }
}

function checkEviction(said: ReadonlyMap<string, string>, address: string, logger: Logger): void {
  const policy = said.get("maxmemory_policy");
  if (policy === undefined || policy === "noeviction") return;
  if (said.get("maxmemory") === "0") {
    logger.warn(
      { address, policy },
      "Redis may evict jobs once it has a memory limit. Set `maxmemory-policy noeviction`",
    );
    return;
  }
  throw new StoreError("wrong_eviction_policy", {
    what: `Redis at ${address} deletes keys when its memory is full (maxmemory-policy ${policy}), and maintenances with them.`,
    notDone: "The store was not opened.",
    next: "Set `maxmemory-policy noeviction` in its configuration; with a hosted Redis, in its parameter group.",
  });
}

function fields(info: string): ReadonlyMap<string, string> {
  const pairs = info
    .split(/\r?\n/)
    .map((line) => line.split(":", 2))
    .filter((pair): pair is [string, string] => pair.length === 2);
  return new Map(pairs);
}
