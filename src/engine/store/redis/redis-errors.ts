import { ReplyError } from "ioredis";
import { noAnswer } from "../answer-limit.js";
import { StoreError } from "../store-error.js";

const NOT_SENT =
  /enableOfflineQueue|Connection is in (?:subscriber|monitor)|ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN/;

const CUT_OFF =
  /Connection is closed|Socket timeout|max retries per request|ECONNRESET|EPIPE|Command timed out|ClusterAllFailedError/;

/** By the words with which Redis begins when it answers and refuses: what that means, and what to do next. */
export const REDIS_REFUSALS: readonly {
  readonly words: readonly string[];
  readonly is: string;
  readonly next: string;
}[] = [
  {
    words: ["WRONGPASS", "NOAUTH", "ERR AUTH"],
    is: "it does not know this login",
    next: "Check user and password in REDIS_URL.",
  },
  {
    words: ["ERR DB index", "ERR invalid DB index"],
    is: "it has no such database",
    next: "Name a database in REDIS_URL that Redis has (`databases` in its configuration), or none.",
  },
  {
    words: ["NOPERM"],
    is: "the user may not do this",
    next: "Give the user of REDIS_URL all commands on the bot's keys.",
  },
  {
    words: ["OOM"],
    is: "its memory is full",
    next: "Give Redis more memory (maxmemory); nothing that is stored is lost.",
  },
  {
    words: ["MISCONF"],
    is: "it cannot save what it holds",
    next: "Redis cannot write its disk: look at its log and its free space.",
  },
  {
    words: ["READONLY"],
    is: "it takes no writes",
    next: "It is a replica: point REDIS_URL to the master, or use Sentinel so that the bot finds it.",
  },
  {
    words: ["NOREPLICAS"],
    is: "too few replicas are connected to it",
    next: "Redis misses replicas (min-replicas-to-write): start them, or let it ask for fewer.",
  },
  {
    words: ["CLUSTERDOWN"],
    is: "the Cluster is not whole",
    next: "Nodes of the Redis Cluster are missing: look at CLUSTER INFO. The bot goes on when a replica has taken over.",
  },
  {
    words: ["CROSSSLOT", "MOVED", "ASK", "TRYAGAIN"],
    is: "it is a node of a Cluster and does not hold these keys",
    next: "For a Redis Cluster set REDIS_CLUSTER=true; if it is set, its slots are being moved: try again shortly.",
  },
  {
    words: ["LOADING", "MASTERDOWN"],
    is: "it is not ready yet",
    next: "It may be starting or failing over: try again shortly, and look at Redis' log if it stays.",
  },
  {
    words: ["BUSY", "UNKILLABLE"],
    is: "a script of somebody has run in it for too long",
    next: "Look with SLOWLOG and CLIENT LIST whose it is, and end it with SCRIPT KILL.",
  },
  {
    words: ["WRONGTYPE"],
    is: "something else stands under a key of the bot",
    next: "Somebody changed keys under REDIS_PREFIX by hand: look in Redis which one is of another type, and take it away (docs/queue.md).",
  },
  {
    words: ["NOSCRIPT", "EXECABORT", "ERR unknown command"],
    is: "it does not know what the bot asks of it",
    next: "Look whether REDIS_URL names a Redis 6.2 or newer, or Valkey, and no proxy that lacks commands.",
  },
];

/** Of a word that is in none of these rows. */
export const OTHER_REFUSAL = {
  is: "for a reason that the bot does not know",
  next: "Look at the log of the bot and of Redis. It is tried again by itself where something waits for it.",
} as const;

/** Redis 6 puts what a script ran into behind words of its own: `ERR Error running script (…): @user_script:1: -OOM …`. */
const REFUSED = new RegExp(
  `^(?:ERR Error running script .*?-)?(${REDIS_REFUSALS.flatMap(({ words }) => words).join("|")})\\b`,
  "s",
);

/** Of a Cluster; the last error says nothing about the tries before it. */
const NO_NODE = "Too many Cluster redirections. Last error: ";

const NOT_QUEUED = "Nothing was queued.";

/** What ioredis threw, as a `StoreError`; errors of other kinds, such as BullMQ's own, are returned as they are. */
export function redisError(thrown: unknown, address: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof StoreError) return thrown;
  const error = withoutRepeated(thrown);
  const said = saidBy(error);
  const refusal = refusalOf(said);
  const advice = REDIS_REFUSALS.find(({ words }) => refusal !== null && words.includes(refusal));
  if (advice !== undefined) {
    return refused(address, refusal ?? "", advice, error);
  }
  if (said.startsWith(NO_NODE)) {
    return noAnswer(
      `No node of the Redis Cluster at ${address} took it: ${said.slice(NO_NODE.length)}.`,
      error,
    );
  }
  if (NOT_SENT.test(said)) return unreachable(address, undefined, error);
  if (CUT_OFF.test(`${error.name} ${said}`)) {
    return noAnswer(`The connection to Redis at ${address} broke before it answered.`, error);
  }
  return error;
}

/** Whatever else Redis answered with: its own words are for the log. */
export function refusedOtherwise(error: unknown, address: string): unknown {
  if (!(error instanceof Error && error instanceof ReplyError)) return error;
  const word = /^[A-Z]+\b/.exec(saidBy(error))?.[0] ?? "ERR";
  return refused(address, word, OTHER_REFUSAL, error);
}

function refused(
  address: string,
  word: string,
  { is, next }: { readonly is: string; readonly next: string },
  cause: Error,
): StoreError {
  const what = `Redis at ${address} refuses: ${word} (${is}).`;
  return new StoreError("refused", { what, notDone: NOT_QUEUED, next }, cause);
}

/** The word with which Redis refuses, such as `OOM`; `null` when it does not. */
export function refusalOf(said: string): string | null {
  return REFUSED.exec(said)?.[1] ?? null;
}

/** Redis is away and nothing was sent. */
export function unreachable(address: string, why?: string, cause?: unknown): StoreError {
  const what = `Redis at ${address} is not reachable${why ? `: ${why.replace(/\.$/, "")}` : ""}.`;
  const next = "Start it, or check REDIS_URL and the network; the bot connects again by itself.";
  const plain = cause instanceof Error ? withoutRepeated(cause) : cause;
  return new StoreError("unreachable", { what, notDone: NOT_QUEUED, next }, plain);
}

/** The words of the innermost failure: a cluster client wraps those of its nodes. */
export function saidBy(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return saidBy(error.errors[0]);
  if ("lastNodeError" in error && error.lastNodeError instanceof Error) return saidBy(error.lastNodeError);
  return error.message.replace(REPEATED, "");
}

/** What Redis repeats of a command that it does not know; of `AUTH` that is the password. */
const REPEATED = /,? with args beginning with:.*/s;

function withoutRepeated(error: Error): Error {
  return REPEATED.test(error.message) ? new Error(error.message.replace(REPEATED, "")) : error;
}
