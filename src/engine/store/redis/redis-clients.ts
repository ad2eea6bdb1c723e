import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { RedisConfig } from "../../../config/config.js";

export type RedisClient = Redis | Cluster;

/** `replyMapping` would choose among the constructors' overloads. */
type Options = Omit<RedisOptions, "replyMapping">;

/** 100 ms, 200 ms, … at most 2 s: workers go on soon after Redis is back, and a Redis that starts is not run over. */
const backoff = (times: number): number => Math.min(100 * 2 ** Math.min(times - 1, 10), 2_000);

/** After a fail-over the old master answers READONLY: 1 = connect anew, 2 = and send the command again. */
const onReadOnly = (resend: boolean) => (error: Error) =>
  error.message.startsWith("READONLY") ? (resend ? 2 : 1) : false;

/**
 * Clients that are not connected yet. A producer's fails soon; a worker's waits for a Redis that is away. BullMQ copies
 * the latter to block on.
 */
export function redisClients(settings: RedisConfig): { producer: RedisClient; consumer: RedisClient } {
  const common: Options = { ...account(settings), connectTimeout: 2_000, keepAlive: 10_000 };
  const producer: Options = {
    ...common,
    maxRetriesPerRequest: 1,
    // A request that was answered with "not known" must not arrive minutes later.
    autoResendUnfulfilledCommands: false,
    reconnectOnError: onReadOnly(false),
  };
  const consumer: Options = { ...common, maxRetriesPerRequest: null, reconnectOnError: onReadOnly(true) };
  return { producer: client(settings, producer, false), consumer: client(settings, consumer, true) };
}

/** `enableOfflineQueue`: whether commands wait for a Redis that is away. */
function client(settings: RedisConfig, options: Options, enableOfflineQueue: boolean): RedisClient {
  const { sentinel, cluster } = settings;
  const shared = { enableOfflineQueue, lazyConnect: true };
  if (cluster) {
    return new Cluster([endpoint(settings)], {
      ...shared,
      redisOptions: options,
      clusterRetryStrategy: backoff,
    });
  }
  const alone: Options = { ...options, ...shared, retryStrategy: backoff };
  if (!sentinel) return new Redis({ ...alone, ...endpoint(settings) });
  return new Redis({
    ...alone,
    name: sentinel.name,
    sentinels: sentinel.addresses.map(({ host, port }) => ({ host, port })),
    ...(sentinel.password ? { sentinelPassword: sentinel.password.reveal() } : {}),
    sentinelRetryStrategy: backoff,
  });
}

/** Read by hand, so that no client ever has the URL with its password to put into an error; the configuration has checked it. */
function account(settings: RedisConfig): Options {
  const url = new URL(settings.url.reveal());
  const options: Options = { db: Number(url.pathname.slice(1) || "0") };
  if (url.username) options.username = decodeURIComponent(url.username);
  if (url.password) options.password = decodeURIComponent(url.password);
  if (url.protocol === "rediss:") options.tls = settings.sentinel ? {} : { servername: url.hostname };
  return options;
}

function endpoint(settings: RedisConfig): { host: string; port: number } {
  const url = new URL(settings.url.reveal());
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || "6379") };
}

/** Where it connects to, for people: no user, no password. */
export function redisAddress(settings: RedisConfig): string {
  const { sentinel } = settings;
  if (sentinel) {
    const addresses = sentinel.addresses.map(({ host, port }) => `${host}:${port}`).join(", ");
    return `${sentinel.name} behind the sentinels ${addresses}`;
  }
  const { host, port } = endpoint(settings);
  return `${host}:${port}`;
}
