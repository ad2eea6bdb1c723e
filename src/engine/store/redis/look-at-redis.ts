import { Redis } from "ioredis";
import type { RedisConfig } from "../../../config/config.js";
import { judgeRedis, type RedisVerdict } from "./redis-check.js";
import { redisAddress, redisClients } from "./redis-clients.js";
import { connectRedis } from "./redis-connect.js";
import { redisError } from "./redis-errors.js";

/**
 * What the Redis of the settings comes to, without a write: of a Cluster each of its masters, for each keeps a part of the
 * keys when it grows.
 *
 * @throws StoreError when it cannot be reached, or refuses.
 */
export async function lookAtRedis(settings: RedisConfig): Promise<readonly RedisVerdict[]> {
  const address = redisAddress(settings);
  const { producer: client, consumer: unused } = redisClients(settings);
  // A client without a listener writes its errors to the console.
  client.on("error", () => undefined);
  try {
    await connectRedis(client, address);
    if (client instanceof Redis) return [judgeRedis(await client.info(), address)];
    return await Promise.all(
      client.nodes("master").map(async (node) => {
        const { host, port } = node.options;
        return judgeRedis(await node.info(), `${host}:${port}`);
      }),
    );
  } catch (error) {
    throw redisError(error, address);
  } finally {
    client.disconnect();
    unused.disconnect();
  }
}
