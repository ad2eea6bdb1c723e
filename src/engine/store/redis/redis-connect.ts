import { within } from "../../../base/within.js";
import { StoreError } from "../store-error.js";
import type { RedisClient } from "./redis-clients.js";
import { redisError, saidBy, unreachable } from "./redis-errors.js";

const START_LIMIT_MS = 5_000;

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
  } catch (error) {
    note(why === undefined ? error : undefined);
    const known = redisError(new Error(why), address);
    throw known instanceof StoreError && known.code === "refused" ? known : unreachable(address, why, error);
  } finally {
    client.off("error", note);
  }
}
