import { certificatesIn } from "./certificates.js";
import type { Role, SentinelConfig, StoreConfig } from "./config.js";
import type { EnvironmentReader } from "./environment.js";
import type { VariableName } from "./environment-schema.js";
import type { ReadFile } from "./read-file.js";
import { readRedisUrl } from "./redis-url.js";

/** Where the queue lives, or `null` with problems recorded. */
export function storeSettings(env: EnvironmentReader, role: Role, readFile: ReadFile): StoreConfig | null {
  const wantsRedis = WITH_REDIS.filter((name) => isAsked(env, name));
  if (!env.given("REDIS_URL") && wantsRedis.length === 0 && role === "all") {
    return { kind: "embedded", dataDir: env.values.DATA_DIR };
  }
  const why =
    role === "all"
      ? `is not set, but ${wantsRedis.join(" and ")} only mean${wantsRedis.length === 1 ? "s" : ""} something with it`
      : `is not set: a ${role} of its own needs Redis to share the queue, the embedded store serves one process only (--role all)`;
  const url = env.need("REDIS_URL", why);
  const read = url === null ? null : readRedisUrl(url.reveal());
  const redis = read === null || "wrong" in read ? null : read;
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
  if (cluster !== null && redis !== null && redis.database > 0) {
    env.refuse("REDIS_URL", "names a database, but a Redis Cluster has only database 0");
  }
  const ca = authorities(env, readFile);
  if (redis !== null && !redis.tls && !env.values.REDIS_SENTINEL_TLS && env.given("REDIS_CA_FILE")) {
    env.refuse("REDIS_CA_FILE", "has no effect: REDIS_URL does not begin with rediss://");
  }
  return url === null ? null : { kind: "redis", url, sentinel, cluster, ca, prefix: env.values.REDIS_PREFIX };
}

const SENTINEL = [
  "REDIS_SENTINELS",
  "REDIS_SENTINEL_NAME",
  "REDIS_SENTINEL_PASSWORD",
  "REDIS_SENTINEL_TLS",
] as const satisfies VariableName[];

/** What only means something with a `REDIS_URL`. */
const WITH_REDIS = [...SENTINEL, "REDIS_CA_FILE", "REDIS_CLUSTER", "REDIS_CLUSTER_NODES"] as const;

/** A yes or no that says no asks for nothing. */
function isAsked(env: EnvironmentReader, name: (typeof WITH_REDIS)[number]): boolean {
  return env.given(name) && env.values[name] !== false;
}

function sentinelSettings(env: EnvironmentReader): SentinelConfig | null {
  if (!SENTINEL.some((name) => isAsked(env, name))) return null;
  const addresses = env.need("REDIS_SENTINELS", "is not set, but the other REDIS_SENTINEL settings are");
  const name = env.need(
    "REDIS_SENTINEL_NAME",
    "is not set: the sentinels have to be told which master is meant",
  );
  if (addresses === null || name === null) return null;
  const { REDIS_SENTINEL_PASSWORD: password = null, REDIS_SENTINEL_TLS: tls } = env.values;
  return { name, addresses, password, tls };
}

function authorities(env: EnvironmentReader, readFile: ReadFile): string | null {
  const path = env.values.REDIS_CA_FILE;
  if (path === undefined) return null;
  return certificatesIn(path, readFile, (what) => env.refuse("REDIS_CA_FILE", what));
}
