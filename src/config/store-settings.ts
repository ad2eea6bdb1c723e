import type { Secret } from "../base/secret.js";
import type { Role, SentinelConfig, StoreConfig } from "./config.js";
import type { EnvironmentReader } from "./environment.js";

/** Where the queue lives, or `null` with problems recorded. */
export function storeSettings(env: EnvironmentReader, role: Role): StoreConfig | null {
  const wantsRedis: string[] = SENTINEL.filter((name) => env.given(name));
  if (env.values.REDIS_CLUSTER) wantsRedis.push("REDIS_CLUSTER");
  if (env.given("REDIS_CLUSTER_NODES")) wantsRedis.push("REDIS_CLUSTER_NODES");
  if (!env.given("REDIS_URL") && wantsRedis.length === 0 && role === "all") {
    return { kind: "embedded", dataDir: env.values.DATA_DIR };
  }
  const why =
    role === "all"
      ? `is not set, but ${wantsRedis.join(" and ")} only mean${wantsRedis.length === 1 ? "s" : ""} something with it`
      : `is not set: a ${role} of its own needs Redis to share the queue, the embedded store serves one process only (--role all)`;
  const url = env.need("REDIS_URL", why);
  const sentinel = sentinelSettings(env);
  const cluster = env.values.REDIS_CLUSTER ? (env.values.REDIS_CLUSTER_NODES ?? []) : null;
  if (cluster === null && env.given("REDIS_CLUSTER_NODES")) {
    env.refuse("REDIS_CLUSTER_NODES", "only means something with REDIS_CLUSTER=true");
  }
  if (cluster !== null && sentinel !== null) {
    env.refuse(
      "REDIS_CLUSTER",
      "is true together with REDIS_SENTINELS: a Redis is a cluster or watched, not both",
    );
  }
  if (cluster !== null && url !== null && databaseOf(url) > 0) {
    env.refuse("REDIS_URL", "names a database, but a Redis Cluster has only database 0");
  }
  return url === null ? null : { kind: "redis", url, sentinel, cluster, prefix: env.values.REDIS_PREFIX };
}

const SENTINEL = ["REDIS_SENTINELS", "REDIS_SENTINEL_NAME", "REDIS_SENTINEL_PASSWORD"] as const;

function sentinelSettings(env: EnvironmentReader): SentinelConfig | null {
  if (!SENTINEL.some((name) => env.given(name))) return null;
  const addresses = env.need("REDIS_SENTINELS", "is not set, but the other REDIS_SENTINEL settings are");
  const name = env.need(
    "REDIS_SENTINEL_NAME",
    "is not set: the sentinels have to be told which master is meant",
  );
  if (addresses === null || name === null) return null;
  return { name, addresses, password: env.values.REDIS_SENTINEL_PASSWORD ?? null };
}

function databaseOf(url: Secret): number {
  return Number(new URL(url.reveal()).pathname.slice(1));
}
