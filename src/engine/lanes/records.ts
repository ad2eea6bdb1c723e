import { inTurns } from "../../base/in-turns.js";
import type { Logger } from "../../base/logger.js";
import { decodeMaintenance, MAINTENANCE_ID, type Maintenance } from "../../maintenance/record/record.js";
import {
  mendUnreadable,
  type Stored,
  type Unreadable,
  whichUnreadable,
} from "../../maintenance/record/unreadable.js";
import type { Kept } from "../../maintenance/show/history.js";
import { notReadOf } from "../store/bound.js";
import { type Store, type StoreJob, type StoreQueue, wake } from "../store/store.js";
import { controlQueueName, MAINTENANCE_JOB } from "./jobs.js";
import { openRefusals } from "./refusals.js";

/** As many of the newest finished maintenances are asked whether a window was ever seen: it proves that the bot sees windows. */
export const PROOFS = 100;

/** Finished records are read and decoded so many at a time: one may be large, and nobody else is served meanwhile. */
const PAGE = 5;

const UNREADABLE = "the record of a maintenance cannot be read, and nothing is done for it";

/** The control queue of one cluster as the place where its records live: reading them, and waking their jobs. */
export interface Records {
  readonly queue: StoreQueue;
  /**
   * The record of a maintenance, open, finished or refused; `null` if there is none.
   *
   * @throws UnreadableRecordError
   */
  find(id: string): Promise<Maintenance | null>;
  /**
   * The record with its job, for the one who writes.
   *
   * @throws UnreadableRecordError
   */
  job(id: string): Promise<{ job: StoreJob; record: Maintenance } | null>;
  /** The record of a maintenance's job; `null` if it cannot be read, which the log tells once. */
  read(job: StoreJob): Maintenance | null;
  /** All that have not ended, the oldest first, and those that cannot be read and may not have. */
  open(): Promise<Stored>;
  /** The newest that have ended, newest first, without those that never began: the history. */
  finished(most: number): Promise<Stored>;
  /** The newest that ended before they began, newest first. */
  refused(most: number): Promise<Stored>;
  /** Whether a drain of this id ended before it began. */
  isRefused(id: string): Promise<boolean>;
  /** Keeps the record of one that ended before it began (`refusals.ts`). Its job is to be removed then. */
  keepRefused(record: Maintenance): Promise<void>;
  /** How many are kept, and how far back they reach. */
  kept(): Promise<Kept>;
  /** Lets the tick of a maintenance run now instead of at its time; nothing happens if it waits or runs already. */
  wake(id: string): Promise<void>;
  wakeAll(): Promise<void>;
}

/**
 * The record of a maintenance cannot be read: a newer version wrote it and was rolled back since, or it is too large, or somebody
 * changed it by hand. Guessing at it could take the wrong machines down.
 */
export class UnreadableRecordError extends Error {
  override readonly name = "UnreadableRecordError";
  readonly unreadable: Unreadable;
  readonly what: string;
  readonly next: string;

  constructor(unreadable: Unreadable, cause?: unknown) {
    const [what, next] = [whichUnreadable([unreadable]), mendUnreadable([unreadable])];
    super(`${what} Nothing is done for it. ${next}`, { cause });
    this.unreadable = unreadable;
    this.what = what;
    this.next = next;
  }
}

/**
 * The queue has a global concurrency of 1, which makes the one that writes the only one (invariant 8).
 *
 * @param logger told once of each record that cannot be read: it is passed over, so that it does not keep the others
 * from going on.
 */
export function openRecords(store: Store, cluster: string, logger: Logger): Records {
  const queue = store.queue(controlQueueName(cluster), { oneAtATime: true });
  const refusals = openRefusals(store, cluster);
  const told = new Set<string>();

  async function jobs(...states: ("active" | "waiting" | "prioritized" | "delayed" | "failed")[]) {
    const found = await queue.getJobs(states);
    // A job that goes while the list is read stands in it as a gap.
    return found.filter((job) => job !== undefined && isMaintenance(job));
  }

  async function job(id: string) {
    const found = (await queue.getJob(id)) ?? (await refusals.job(id));
    if (found === null || !isMaintenance(found)) return null;
    return { job: found, record: decoded(found) };
  }

  function readOrSay(one: StoreJob): Maintenance | Unreadable {
    try {
      return decoded(one);
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      const { id } = error.unreadable;
      if (!told.has(id)) logger.error({ err: error, maintenance: id, cluster }, UNREADABLE);
      told.add(id);
      return error.unreadable;
    }
  }

  /** Decoding a record takes a millisecond and more: a piece for each. */
  function* readEach(jobs: readonly StoreJob[]): Generator<void, Stored, void> {
    const records: Maintenance[] = [];
    const unreadable: Unreadable[] = [];
    for (const one of jobs) {
      const read = readOrSay(one);
      if ("version" in read) records.push(read);
      else unreadable.push(read);
      yield;
    }
    return { records, unreadable };
  }

  /** A page at a time. What ends meanwhile shifts the pages, so an id counts once. */
  async function newest(
    most: number,
    page: (from: number, to: number) => Promise<readonly StoreJob[]>,
  ): Promise<Stored> {
    const found = new Map<string, Maintenance>();
    const unreadable = new Map<string, Unreadable>();
    for (let from = 0; from < most; from += PAGE) {
      const jobs = await page(from, Math.min(from + PAGE, most) - 1);
      const read = await inTurns(readEach(jobs.filter(isMaintenance)));
      for (const record of read.records) found.set(record.id, record);
      for (const one of read.unreadable) unreadable.set(one.id, one);
      if (jobs.length === 0) break;
    }
    return {
      records: [...found.values()].sort((a, b) => (b.end?.atMs ?? 0) - (a.end?.atMs ?? 0)),
      unreadable: [...unreadable.values()],
    };
  }

  // Decisions are removed when they are done, so what is left are maintenances. A job that goes while the list is read is a gap.
  const completed = async (from: number, to: number, oldestFirst = false) =>
    (await queue.getJobs(["completed"], from, to, oldestFirst)).filter((one) => one !== undefined);

  return {
    queue,
    job,
    read(one) {
      const read = readOrSay(one);
      return "version" in read ? read : null;
    },
    async find(id) {
      return (await job(id))?.record ?? null;
    },
    async open() {
      const { records, unreadable } = await inTurns(
        readEach(await jobs("active", "waiting", "prioritized", "delayed", "failed")),
      );
      return { records: records.filter((record) => record.end === null).sort(byAge), unreadable };
    },
    finished: (most) => newest(most, completed),
    refused: (most) => newest(most, refusals.jobs),
    async isRefused(id) {
      return (await refusals.job(id)) !== null;
    },
    keepRefused: refusals.keep,
    async kept() {
      const [counts, refused, [oldest]] = await Promise.all([
        queue.getJobCounts("completed"),
        refusals.count(),
        completed(0, 0, true),
      ]);
      return { cluster, finished: counts.completed ?? 0, refused, sinceMs: oldest?.finishedOn ?? null };
    },
    async wake(id) {
      const found = await queue.getJob(id);
      if (found !== undefined) await wake(found);
    },
    async wakeAll() {
      for (const one of await jobs("failed")) {
        try {
          await one.retry("failed");
        } catch (error) {
          // Another worker that starts at the same time has done it.
          logger.warn({ err: error, job: one.id, cluster }, "a failed job was not taken up again here");
        }
      }
      for (const one of await jobs("delayed")) await wake(one);
    },
  };
}

/** Lists of jobs come in the order in which they wait, which changes with every tick. */
function byAge(a: Maintenance, b: Maintenance): number {
  return a.requestedAtMs - b.requestedAtMs || a.id.localeCompare(b.id);
}

/** The maintenance of an id in whichever cluster: ids are used across all of them. */
export async function findAnywhere(
  clusters: ReadonlyMap<string, Records>,
  id: string,
): Promise<Maintenance | null> {
  for (const records of clusters.values()) {
    const found = await records.find(id);
    if (found !== null) return found;
  }
  return null;
}

/** What lies under a maintenance's id and is no job has no name. */
function isMaintenance({ name, id }: StoreJob): boolean {
  return name === MAINTENANCE_JOB || (name === undefined && MAINTENANCE_ID.test(id ?? ""));
}

/** @throws UnreadableRecordError */
function decoded(job: StoreJob): Maintenance {
  const id = job.id ?? "";
  const notRead = notReadOf(job.data);
  if (notRead !== null) throw new UnreadableRecordError({ id, ...notRead });
  try {
    return decodeMaintenance(job.data);
  } catch (error) {
    throw new UnreadableRecordError(
      { id, why: isOfABot(job.data) ? "not_understood" : "broken", bytes: null },
      error,
    );
  }
}

/** Each version of the bot writes which version its record is of. */
function isOfABot(data: unknown): boolean {
  return typeof data === "object" && data !== null && "version" in data && typeof data.version === "number";
}
