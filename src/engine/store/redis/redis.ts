import { createRedisBackend } from "bullmq";
import type { Logger } from "../../../base/logger.js";
import { settlesWithin } from "../../../base/within.js";
import type { RedisConfig } from "../../../config/config.js";
import type { Driver } from "../driver.js";
import type { TroubleLog } from "../trouble-log.js";
import { lookAtAnswering } from "./look-at-redis.js";
import { redisAddress } from "./redis-address.js";
import { createWorkerBackend } from "./redis-backend.js";
import { type RedisClient, redisClients } from "./redis-clients.js";
import { connectRedis, whyNotOpen } from "./redis-connect.js";
import { redisError, refusedOtherwise } from "./redis-errors.js";
import { redisWriteOwned } from "./redis-owned.js";
import { WireWatch } from "./wire-watch.js";

const QUIT_LIMIT_MS = 1_000;

const CLOSED = new Error("the connection to Redis was closed");

/**
 * The store in Redis, alone, behind Sentinel or as a Cluster.
 *
 * @throws StoreError `unreachable`, `refused`, `wrong_eviction_policy`, `too_old`.
 */
export async function openRedis(settings: RedisConfig, logger: Logger, trouble: TroubleLog): Promise<Driver> {
  const address = redisAddress(settings);
  const { producer, consumer } = redisClients(settings);
  // A client without a listener writes its errors to the console.
  for (const client of [producer, consumer]) client.on("error", () => undefined);
  try {
    await connectRedis(producer, address);
    await connectRedis(consumer, address);
    for (const verdict of await lookAtAnswering(producer, address)) {
      if (verdict.unfit !== null) throw verdict.unfit;
      for (const { what, next } of verdict.risks)
        logger.warn({ address: verdict.address }, `${what} ${next}`);
    }
  } catch (error) {
    producer.disconnect();
    consumer.disconnect();
    throw await whyNotOpen(error, settings, address);
  }
  logger.info({ address }, "the queue store in Redis is open");
  // The producer's connection stands for both: the two fail and return together.
  const wires = new WireWatch(settings, (found) => trouble.failed("redis", found));
  const explain = (error: unknown) => wires.explained(refusedOtherwise(redisError(error, address), address));
  const failed = (error: unknown) => {
    wires.failed();
    trouble.failed("redis", explain(error));
  };
  producer.on("error", failed);
  // Of a Cluster: the others may go on.
  producer.on("node error", failed);
  producer.on("close", () => failed(CLOSED));
  producer.on("ready", () => wires.stands());
  consumer.on("error", failed);
  // The braces keep all keys on one node of a Redis Cluster, as BullMQ's scripts need.
  const prefix = `{${settings.prefix}}`;
  // No key of a queue is so short.
  const written = `${prefix}:written`;
  return {
    kind: "redis",
    prefix,
    producer: (name, options, extra) => createRedisBackend(name, { ...options, connection: producer }, extra),
    consumer: (name, options, extra) =>
      createWorkerBackend(name, { ...options, connection: consumer }, extra),
    writeOwned: redisWriteOwned(consumer, prefix),
    explain,
    write: () => producer.set(written, Date.now()),
    // No queue is called so.
    claim: async (name, forMs) =>
      (await producer.set(`${prefix}:claimed:${name}`, "", "PX", forMs, "NX")) === "OK",
    takeTurn: (name, who) => consumer.set(`${prefix}:turn:${name}`, who, "GET"),
    async time() {
      const [seconds, micros] = await producer.time();
      return Number(seconds) * 1_000 + Number(micros) / 1_000;
    },
    writeAnew: async () => {
      const { producer: anew } = redisClients(settings);
      anew.on("error", () => undefined);
      try {
        await connectRedis(anew, address);
        await anew.set(written, Date.now());
      } finally {
        anew.disconnect();
      }
    },
    close: async (force) => {
      producer.removeAllListeners("close");
      await Promise.all([quit(producer, force), quit(consumer, force)]);
    },
  };
}

async function quit(client: RedisClient, force: boolean): Promise<void> {
  if (!force && client.status === "ready") await settlesWithin(QUIT_LIMIT_MS, client.quit());
  client.disconnect();
}
