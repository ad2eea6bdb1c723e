import { type Cluster, Redis, type RedisOptions } from "ioredis";
import type { RedisConfig } from "../../../config/config.js";
import { ANSWER_LIMIT_MS } from "../store.js";
import { urlOf } from "./redis-address.js";
import { boundReads } from "./redis-bound.js";
import { redisCluster } from "./redis-cluster.js";
import { refusalOf } from "./redis-errors.js";
import { tlsOptions } from "./redis-tls.js";

export type RedisClient = Redis | Cluster;

/** `replyMapping` would choose among the constructors' overloads. */
type Options = Omit<RedisOptions, "replyMapping">;

/** 100 ms, 200 ms, … at most 2 s: workers go on soon after Redis is back, and a Redis that starts is not run over. */
const backoff = (times: number): number => Math.min(100 * 2 ** Math.min(times - 1, 10), 2_000);

/** How long a connection may take, TLS included. */
const CONNECT_MS = 2_000;

/**
 * A connection on which an answer is due and nothing comes is given up after this long: the machine of a master that is gone
 * says nothing, and the system would wait for it for a quarter of an hour. BullMQ's workers block for 10 s at most.
 */
const SILENT_MS = 15_000;

/** After a fail-over the old master answers READONLY: 1 = connect anew, 2 = and send the command again. */
const onReadOnly = (resend: boolean) => (error: Error) =>
  refusalOf(error.message) === "READONLY" ? (resend ? 2 : 1) : false;

/**
 * Clients that are not connected yet. A producer's fails soon; a worker's waits for a Redis that is away. BullMQ copies
 * the latter to block on.
 */
export function redisClients(settings: RedisConfig): { producer: RedisClient; consumer: RedisClient } {
  const common: Options = {
    ...account(settings),
    connectTimeout: CONNECT_MS,
    keepAlive: 10_000,
    socketTimeout: SILENT_MS,
  };
  const producer: Options = {
    ...common,
    maxRetriesPerRequest: 1,
    // A request that was answered with "not known" must not arrive minutes later.
    autoResendUnfulfilledCommands: false,
    reconnectOnError: onReadOnly(false),
  };
  const consumer: Options = { ...common, maxRetriesPerRequest: null, reconnectOnError: onReadOnly(true) };
  return {
    producer: boundReads(client(settings, producer, false)),
    consumer: boundReads(client(settings, consumer, true)),
  };
}

/** `enableOfflineQueue`: whether commands wait for a Redis that is away. */
function client(settings: RedisConfig, options: Options, enableOfflineQueue: boolean): RedisClient {
  const { sentinel, cluster, ca } = settings;
  const { host, port } = urlOf(settings);
  const shared = { enableOfflineQueue, lazyConnect: true };
  if (cluster !== null) {
    return redisCluster([{ host, port }, ...cluster], {
      ...shared,
      redisOptions: options,
      clusterRetryStrategy: backoff,
      // It is asked on a connection of its own, which comes about first; ioredis' 1 s is less than that may take.
      slotsRefreshTimeout: CONNECT_MS + ANSWER_LIMIT_MS,
    });
  }
  const alone: Options = { ...options, ...shared, retryStrategy: backoff };
  if (!sentinel) return new Redis({ ...alone, host, port });
  return new Redis({
    ...alone,
    name: sentinel.name,
    sentinels: sentinel.addresses.map(({ host, port }) => ({ host, port })),
    ...(sentinel.password ? { sentinelPassword: sentinel.password.reveal() } : {}),
    ...(sentinel.tls ? { sentinelTLS: tlsOptions(ca, null) } : {}),
    // Without it `tls` would not count behind Sentinel, and the password would go in clear text.
    enableTLSForSentinelMode: true,
    sentinelRetryStrategy: backoff,
  });
}

function account(settings: RedisConfig): Options {
  const { tls, host, username, password, database } = urlOf(settings);
  const isOneHost = settings.sentinel === null && settings.cluster === null;
  return {
    db: database,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: tlsOptions(settings.ca, isOneHost ? host : null) } : {}),
  };
}
