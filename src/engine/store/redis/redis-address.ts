import type { HostPort, RedisConfig } from "../../../config/config.js";
import { type RedisUrl, readRedisUrl } from "../../../config/redis-url.js";
import { StoreError } from "../store-error.js";

/** What stands in `REDIS_URL`. The configuration has checked it; no client ever has the text with its password. */
export function urlOf(settings: RedisConfig): RedisUrl {
  const url = readRedisUrl(settings.url.reveal());
  if (!("wrong" in url)) return url;
  throw new StoreError("refused", {
    what: `The Redis URL ${url.wrong}.`,
    notDone: "Nothing was connected.",
    next: "Write it as redis://user:password@host:6379/0, or rediss:// for TLS; special characters percent-encoded.",
  });
}

/** Where it connects to, for people: no user, no password. */
export function redisAddress(settings: RedisConfig): string {
  const { sentinel, cluster } = settings;
  if (sentinel) return `${sentinel.name} behind the sentinels ${sentinel.addresses.map(written).join(", ")}`;
  return [urlOf(settings), ...(cluster ?? [])].map(written).join(", ");
}

/** An end of a connection, for people. */
export function written({ host, port }: HostPort): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
