import { setTimeout as delay } from "node:timers/promises";
import { type IQueueBackend, PostgresConnection, PostgresQueueBackend, type QueueBaseOptions } from "bullmq";
import type { PglitePool } from "./pglite-pool.js";

const LONGEST_PAUSE_MS = 200;

/**
 * BullMQ's PostgreSQL backend over PGlite, with one change: a worker behind a concurrency limit is told at once that a
 * job waits, may not take it, and asks again without end. One worker doing that takes a whole core, so the second and
 * later fruitless rounds wait a little. Whoever finishes the running job takes the next one itself, so nothing is
 * picked up later.
 */
class EmbeddedBackend extends PostgresQueueBackend {
  #fruitless = 0;

  override async moveToActive(token: string, name?: string): ReturnType<IQueueBackend["moveToActive"]> {
    const next = await super.moveToActive(token, name);
    this.#fruitless = next[0] ? 0 : this.#fruitless + 1;
    return next;
  }

  override async waitForJob(blockTimeout: number): ReturnType<IQueueBackend["waitForJob"]> {
    const marker = await super.waitForJob(blockTimeout);
    if (marker === null) this.#fruitless = 0;
    else if (this.#fruitless > 1) await delay(Math.min(2 ** this.#fruitless, LONGEST_PAUSE_MS));
    return marker;
  }
}

/** The backend of one queue or worker. */
export function embeddedBackend(
  pool: PglitePool,
  name: string,
  options: QueueBaseOptions<unknown>,
): IQueueBackend {
  return new EmbeddedBackend(new PostgresConnection(pool), name, { ...options, connection: pool });
}
