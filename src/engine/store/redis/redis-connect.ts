import { within } from "../../../base/within.js";
import type { RedisConfig } from "../../../config/config.js";
import { StoreError } from "../store-error.js";
import type { RedisClient } from "./redis-clients.js";
import { redisError, refusalOf, saidBy, unreachable } from "./redis-errors.js";
import { lookAtWires } from "./redis-wire.js";

const START_LIMIT_MS = 5_000;

const NOT_OPENED = "The store was not opened.";

/**
 * Connects or says why not: ioredis would go on trying for ever.
 *
 * @throws StoreError `unreachable`, `refused`.
 */
export async function connectRedis(client: RedisClient, address: string): Promise<void> {
  let why: string | undefined;
  const note = (error: unknown): void => {
    if (error instanceof Error) why = saidBy(error);
  };
  client.on("error", note);
  try {
    await within(START_LIMIT_MS, client.connect(), () => {
      throw new Error("no answer");
    });
    // A client whose database is refused would go on with another one.
    if (why !== undefined && refusalOf(why) !== null) throw new Error(why);
  } catch (error) {
    note(why === undefined ? error : undefined);
    const known = redisError(new Error(why), address);
    throw known instanceof StoreError && known.code === "refused" ? known : unreachable(address, why, error);
  } finally {
    client.off("error", note);
  }
}

/** Why the store cannot be opened: in the words of Redis, or else by what its wires show. */
export async function whyNotOpen(
  error: unknown,
  settings: RedisConfig,
  address: string,
): Promise<StoreError> {
  const known = redisError(error, address);
  const isKnown = known instanceof StoreError;
  if (isKnown && known.code !== "unreachable" && known.code !== "no_answer") return known;
  const found = await lookAtWires(settings);
  if (found !== null) return new StoreError("refused", { ...found, notDone: NOT_OPENED }, error);
  if (isKnown) return known;
  const said = known instanceof Error ? saidBy(known) : String(known);
  return new StoreError(
    "refused",
    {
      what: `What answers at ${address} is no Redis that the bot can use: ${said.replace(/\.$/, "")}.`,
      notDone: NOT_OPENED,
      next: "Look whether REDIS_URL names the Redis that is meant, and at the rights of its user.",
    },
    known,
  );
}
