import { StoreError, type StoreErrorCode } from "../store-error.js";

const OLDEST: readonly [major: number, minor: number] = [6, 2];

/** Against what may lose jobs one day. */
const NEXT = {
  evicting: "Set `maxmemory-policy noeviction`.",
  forgetting: "Set `appendonly yes`.",
  alone:
    "Set `min-replicas-to-write 1`, with two replicas or more, so that it takes writes when one of them is gone.",
} as const;

/** What a Redis comes to as the place of the queue, by what it says of itself in its INFO. */
export interface RedisVerdict {
  /** Where it is, for people. */
  readonly address: string;
  /** Such as `7.0.15`; empty when it does not say. */
  readonly version: string;
  /** Why it cannot be used: `too_old`, `wrong_eviction_policy`, or `refused` for a replica. */
  readonly unfit: StoreError | null;
  /** What may lose jobs one day, and what to do about it, in sentences. */
  readonly risks: readonly { readonly what: string; readonly next: string }[];
}

/** Whether a Redis is set up to keep what the bot entrusts to it. */
export function judgeRedis(info: string, address: string): RedisVerdict {
  const said = fields(info);
  const version = said.get("redis_version") ?? "";
  const policy = policyIn(said);
  const risks = [];
  if (policy !== "noeviction" && !evicts(said)) {
    const what = `Redis at ${address} may evict jobs once it has a memory limit (maxmemory-policy ${policy}).`;
    risks.push({ what, next: NEXT.evicting });
  }
  if (said.get("aof_enabled") === "0") {
    const what = `Redis at ${address} keeps no append-only file: if it crashes, what was queued since its last snapshot is lost.`;
    risks.push({ what, next: NEXT.forgetting });
  }
  // The field is there only where `min-replicas-to-write` and `min-replicas-max-lag` are both set.
  if (Number(said.get("connected_slaves") ?? 0) > 0 && !said.has("min_slaves_good_slaves")) {
    const what = `Redis at ${address} takes writes that none of its replicas gets (min-replicas-to-write): a master that is cut off goes on alone, and a fail-over loses what was queued there.`;
    risks.push({ what, next: NEXT.alone });
  }
  return { address, version, unfit: whyUnfit(said, version, address), risks };
}

function whyUnfit(said: ReadonlyMap<string, string>, version: string, address: string): StoreError | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (version && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))) {
    return unfit(
      "too_old",
      `Redis at ${address} is version ${version}; BullMQ needs ${OLDEST.join(".")} or newer.`,
      "Upgrade it, or unset REDIS_URL to use the embedded store.",
    );
  }
  if (said.get("role") === "slave") {
    return unfit(
      "refused",
      `Redis at ${address} is a replica and takes no writes.`,
      "Point REDIS_URL to the master, or use Sentinel so that the bot finds it.",
    );
  }
  if (evicts(said)) {
    return unfit(
      "wrong_eviction_policy",
      `Redis at ${address} deletes keys when its memory is full (maxmemory-policy ${policyIn(said)}), and maintenances with them.`,
      "Set `maxmemory-policy noeviction` in its configuration; with a hosted Redis, in its parameter group.",
    );
  }
  return null;
}

function policyIn(said: ReadonlyMap<string, string>): string {
  return said.get("maxmemory_policy") ?? "noeviction";
}

/** Whether it deletes keys as it is: without a memory limit (0) it does not come to that. */
function evicts(said: ReadonlyMap<string, string>): boolean {
  return policyIn(said) !== "noeviction" && said.get("maxmemory") !== "0";
}

function unfit(code: StoreErrorCode, what: string, next: string): StoreError {
  return new StoreError(code, { what, notDone: "The store was not opened.", next });
}

function fields(info: string): ReadonlyMap<string, string> {
  const pairs = info
    .split(/\r?\n/)
    .map((line) => line.split(":", 2))
    .filter((pair): pair is [string, string] => pair.length === 2);
  return new Map(pairs);
}
