import { noAnswer } from "../answer-limit.js";
import { StoreError } from "../store-error.js";

const NOT_SENT =
  /enableOfflineQueue|Connection is in (?:subscriber|monitor)|ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN/;

const CUT_OFF =
  /Connection is closed|max retries per request|ECONNRESET|EPIPE|Command timed out|ClusterAllFailedError/;

const REFUSED =
  /^(?:WRONGPASS|NOAUTH|NOPERM|READONLY|OOM|MISCONF|LOADING|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|ERR AUTH)/;

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^(?:WRONGPASS|NOAUTH|ERR AUTH)/, "Check user and password in REDIS_URL."],
  [/^NOPERM/, "Give the user of REDIS_URL all commands on the bot's keys."],
  [/^OOM/, "Give Redis more memory (maxmemory); nothing that is stored is lost."],
  [/^MISCONF/, "Redis cannot write its disk: look at its log and its free space."],
  [/^READONLY/, "REDIS_URL points to a replica: point it to the master, or use Sentinel."],
];

const OTHERWISE =
  "It may be starting or failing over: try again shortly, and look at Redis' log if it stays.";

const NOT_QUEUED = "Nothing was queued.";

/** What ioredis threw, as a `StoreError`; errors of other kinds, such as BullMQ's own, are returned as they are. */
export function redisError(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const said = saidBy(error);
  if (REFUSED.test(said)) {
    const what = `Redis at ${address} refuses: ${said}.`;
    const next = ADVICE.find(([pattern]) => pattern.test(said))?.[1] ?? OTHERWISE;
    return new StoreError("refused", { what, notDone: NOT_QUEUED, next }, error);
  }
  if (NOT_SENT.test(said)) return unreachable(address, undefined, error);
  if (CUT_OFF.test(`${error.name} ${said}`)) {
    return noAnswer(`The connection to Redis at ${address} broke before it answered.`, error);
  }
  return error;
}

/** Redis is away and nothing was sent. */
export function unreachable(address: string, why?: string, cause?: unknown): StoreError {
  const what = `Redis at ${address} is not reachable${why ? `: ${why}` : ""}.`;
  const next = "Start it, or check REDIS_URL and the network; the bot connects again by itself.";
  return new StoreError("unreachable", { what, notDone: NOT_QUEUED, next }, cause);
}

/** The words of the innermost failure: a cluster client wraps those of its nodes. */
export function saidBy(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return saidBy(error.errors[0]);
  if ("lastNodeError" in error && error.lastNodeError instanceof Error) return saidBy(error.lastNodeError);
  return error.message;
}
