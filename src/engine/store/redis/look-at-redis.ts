import { Redis } from "ioredis";
import { within } from "../../../base/within.js";
import type { RedisConfig } from "../../../config/config.js";
import { noAnswer } from "../answer-limit.js";
import { ANSWER_LIMIT_MS } from "../store.js";
import { redisAddress, written } from "./redis-address.js";
import { judgeRedis, type RedisVerdict } from "./redis-check.js";
import { type RedisClient, redisClients } from "./redis-clients.js";
import { connectRedis, whyNotOpen } from "./redis-connect.js";

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
    return await Promise.all(mastersOf(client, address).map(judged));
  } catch (error) {
    throw await whyNotOpen(error, settings, address);
  } finally {
    client.disconnect();
    unused.disconnect();
  }
}

/**
 * The same of those masters that answer in time; a Cluster works while one of them is away.
 *
 * @throws what the first of them threw, when none answers.
 */
export async function lookAtAnswering(
  client: RedisClient,
  address: string,
): Promise<readonly RedisVerdict[]> {
  const outcomes = await Promise.allSettled(
    mastersOf(client, address).map((master) =>
      within(ANSWER_LIMIT_MS, judged(master), () => {
        throw noAnswer(`Redis at ${master.address} does not answer.`);
      }),
    ),
  );
  const verdicts = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = outcomes.find((one) => one.status === "rejected");
  if (verdicts.length === 0 && failed !== undefined) throw failed.reason;
  return verdicts;
}

interface Master {
  readonly address: string;
  readonly client: Redis;
}

function mastersOf(client: RedisClient, address: string): readonly Master[] {
  if (client instanceof Redis) return [{ address, client }];
  return client.nodes("master").map((node) => {
    const { host = "", port = 0 } = node.options;
    return { address: written({ host, port }), client: node };
  });
}

async function judged({ client, address }: Master): Promise<RedisVerdict> {
  return judgeRedis(await client.info(), address);
}
