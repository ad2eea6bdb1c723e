import { type Cluster, Redis, type RedisOptions } from "ioredis";
import type { HostPort, RedisConfig } from "../../../config/config.js";
import { StoreError } from "../store-error.js";
import { redisCluster } from "./redis-cluster.js";
import { refusalOf } from "./redis-errors.js";

export type RedisClient = Redis | Cluster;

/** `replyMapping` would choose among the constructors' overloads. */
type Options = Omit<RedisOptions, "replyMapping">;

/** 100 ms, 200 ms, … at most 2 s: workers go on soon after Redis is back, and a Redis that starts is not run over. */
const backoff = (times: number): number => Math.min(100 * 2 ** Math.min(times - 1, 10), 2_000);

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
    connectTimeout: 2_000,
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
  return { producer: client(settings, producer, false), consumer: client(settings, consumer, true) };
}

/** `enableOfflineQueue`: whether commands wait for a Redis that is away. */
function client(settings: RedisConfig, options: Options, enableOfflineQueue: boolean): RedisClient {
  const { sentinel, cluster } = settings;
  const shared = { enableOfflineQueue, lazyConnect: true };
  if (cluster !== null) {
    return redisCluster([endpoint(settings), ...cluster], {
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

/** Read by hand, so that no client ever has the URL with its password to put into an error. */
function account(settings: RedisConfig): Options {
  const url = parsed(settings.url.reveal());
  const options: Options = { db: Number(url.pathname.slice(1) || "0") };
  if (url.username) options.username = decodeURIComponent(url.username);
  if (url.password) options.password = decodeURIComponent(url.password);
  if (url.protocol === "rediss:") options.tls = settings.sentinel ? {} : { servername: url.hostname };
  return options;
}

function endpoint(settings: RedisConfig): HostPort {
  const url = parsed(settings.url.reveal());
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || "6379") };
}

/** The configuration has checked it; Node's own error for a bad URL would hold all of it, its password too. */
function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^rediss?:$/.test(url.protocol) && /^\/?\d*$/.test(url.pathname)) return url;
  throw new StoreError("refused", {
    what: "The Redis URL is not one this bot can use.",
    notDone: "Nothing was connected.",
    next: "Write it as redis://user:password@host:6379/0, or rediss:// for TLS; special characters percent-encoded.",
  });
}

/** Where it connects to, for people: no user, no password. */
export function redisAddress(settings: RedisConfig): string {
  const { sentinel, cluster } = settings;
  const written = (addresses: readonly HostPort[]) =>
    addresses.map(({ host, port }) => `${host}:${port}`).join(", ");
  if (sentinel) return `${sentinel.name} behind the sentinels ${written(sentinel.addresses)}`;
  return written([endpoint(settings), ...(cluster ?? [])]);
}
