import { setTimeout as delay } from "node:timers/promises";
import { type IQueueBackend, PostgresConnection, PostgresQueueBackend, type QueueBaseOptions } from "bullmq";
import { groupBy } from "../../../maintenance/group-by.js";
import type { PglitePool } from "./pglite-pool.js";

const LONGEST_PAUSE_MS = 200;

/**
 * BullMQ's PostgreSQL backend over PGlite, with two changes.
 *
 * A worker behind a concurrency limit is told at once that a job waits, may not take it, and asks again without end. One
 * worker doing that takes a whole core, so the second and later fruitless rounds wait a little. Whoever finishes the
 * running job takes the next one itself, so nothing is picked up later.
 *
 * The jobs of several states are read in one statement, as on Redis: read one state after another, a job that goes from
 * one to the next in between is in none of them, and an open maintenance would not be there.
 */
class EmbeddedBackend extends PostgresQueueBackend {
  #fruitless = 0;
  readonly #pool: PglitePool;
  readonly #queue: string;

  constructor(pool: PglitePool, queue: string, options: QueueBaseOptions<unknown>) {
    super(new PostgresConnection(pool), queue, { ...options, connection: pool });
    this.#pool = pool;
    this.#queue = queue;
  }

  override async getRanges(
    ...[types, start = 0, end = -1, asc = false]: Parameters<IQueueBackend["getRanges"]>
  ): ReturnType<IQueueBackend["getRanges"]> {
    const { rows } = await this.#pool.query<{ type: string; id: string }>(RANGES, [
      this.#queue,
      types,
      start,
      end,
      asc,
    ]);
    const ids = groupBy(rows, ({ type }) => type);
    return types.map((type) => (ids.get(type) ?? []).map(({ id }) => id) as [string]);
  }

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

/** Ids of jobs in several states at one moment, those of a state in the order that BullMQ gives them. */
const RANGES = `
  SELECT states.type, jobs.id
  FROM unnest($2::text[]) AS states(type),
    LATERAL get_range($1, states.type, $3, $4, $5) WITH ORDINALITY AS jobs(id, place)
  ORDER BY jobs.place`;

/** The backend of one queue or worker. */
export function embeddedBackend(
  pool: PglitePool,
  name: string,
  options: QueueBaseOptions<unknown>,
): IQueueBackend {
  return new EmbeddedBackend(pool, name, options);
}
