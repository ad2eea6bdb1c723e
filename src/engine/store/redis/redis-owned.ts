import { QueueKeys } from "bullmq";
import type { WriteOwned } from "../driver.js";
import type { RedisClient } from "./redis-clients.js";

/**
 * BullMQ's `extendLock-2.lua` and `updateData-1.lua` (6.7) as one script. The lock of a job is the token in
 * `<job>:lock`, which expires by itself; a job in the set `stalled` is taken from its worker at the next look at locks;
 * its data is JSON in the field `data` of the hash `<job>`.
 */
const WRITE_OWNED = `
  local lock, stalled, target = KEYS[1], KEYS[2], KEYS[3]
  local token, lockMs, owner, data = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  if redis.call("GET", lock) ~= token then return "lost" end
  redis.call("SET", lock, token, "PX", lockMs)
  redis.call("SREM", stalled, owner)
  if redis.call("EXISTS", target) == 0 then return "gone" end
  redis.call("HSET", target, "data", data)
  return "written"
`;

/** @param prefix BullMQ's; its braces keep the three keys on one node of a Cluster. */
export function redisWriteOwned(client: RedisClient, prefix: string): WriteOwned {
  const keys = new QueueKeys(prefix);
  return async ({ queue, owner, token, lockMs, target, data }) => {
    const names = [
      `${keys.toKey(queue, owner)}:lock`,
      keys.toKey(queue, "stalled"),
      keys.toKey(queue, target),
    ];
    const said = await client.eval(WRITE_OWNED, names.length, ...names, token, lockMs, owner, data);
    return said === "written" || said === "gone" ? said : "lost";
  };
}
